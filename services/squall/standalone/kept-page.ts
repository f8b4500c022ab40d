// What the live page shows of before a restart: alerts, and the windows of the last hour.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { defaultConsoleBounds } from "../../console/console-state.ts";
import { KeptAlerts } from "../../console/kept-alerts.ts";
import { KeptWindows } from "../../console/kept-windows.ts";

export interface KeptPageOptions {
  /** Our clock. */
  readonly nowMs: () => number;
  /** Of a former run, and to be shown by the page. */
  readonly onKeptAlert: (alert: StormAlert) => void;
  readonly onKeptWindow: (window: ThreadWindow) => void;
}

export class KeptPage {
  readonly alerts: KeptAlerts;
  readonly windows: KeptWindows;

  constructor({ nowMs, onKeptAlert, onKeptWindow }: KeptPageOptions) {
    this.alerts = new KeptAlerts(defaultConsoleBounds.alertsMax, onKeptAlert);
    this.windows = new KeptWindows({
      nowMs,
      onRestored: onKeptWindow,
      windowsMax: defaultConsoleBounds.keptWindowsMax,
    });
  }
}
