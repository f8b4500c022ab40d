// alerts and StormAccounts, as they come -> Incidents, the greatest first. What is kept is bounded, and what is not is counted.

import type { StormAccount, StormListener, StormMessage } from "../../shared/domain/storm-account.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { Incident } from "./incident.ts";
import { incidentFromAccount } from "./incident-from-account.ts";
import { zoneOffset, type ZoneOffset } from "../../shared/domain/zone-offset.ts";

export interface IncidentBounds {
  readonly incidentsMax: number;
  /** Storms and watches that go on, more than a detector holds. */
  readonly stormsMax: number;
  readonly alertsPerStormMax: number;
  /** Messages kept of storms that hold too many themselves, over all of them. */
  readonly messagesMax: number;
}

const DEFAULT_BOUNDS: IncidentBounds = {
  incidentsMax: 100,
  stormsMax: 5000,
  alertsPerStormMax: 40,
  messagesMax: 50_000,
};

interface Told {
  opening: StormAlert | undefined;
  readonly alerts: StormAlert[];
  more: number;
}

interface Left {
  readonly messages: StormMessage[];
  notKept: number;
}

export class IncidentBook implements StormListener {
  private readonly bounds: IncidentBounds;
  private readonly offsetMs: ZoneOffset;
  private readonly told = new Map<string, Told>();
  private readonly leftBehind = new Map<string, Left>();
  private kept: Incident[] = [];
  private messages = 0;
  /** Smaller storms that had no room. */
  notShown = 0;

  /** `timeZone`: of the report's times, an IANA name. */
  constructor(timeZone: string, bounds: IncidentBounds = DEFAULT_BOUNDS) {
    this.offsetMs = zoneOffset(timeZone);
    this.bounds = bounds;
  }

  alert(alert: StormAlert): void {
    const told = this.toldOf(alert);
    if (told === undefined) return;
    if (alert.type === "storm.opened") told.opening ??= alert;
    // How a storm began says more than how it went on; its end is known from its account.
    if (told.alerts.length < this.bounds.alertsPerStormMax) told.alerts.push({ ...alert, advice: [] });
    else told.more += 1;
  }

  /** Undefined where all is said: the end of a storm may be told after its account. */
  private toldOf({ stormId, type }: StormAlert): Told | undefined {
    const known = this.told.get(stormId);
    if (known !== undefined || type === "storm.resolved") return known;
    const [oldest] = this.told.size >= this.bounds.stormsMax ? this.told.keys() : [];
    if (oldest !== undefined) this.told.delete(oldest);
    const told: Told = { opening: undefined, alerts: [], more: 0 };
    this.told.set(stormId, told);
    return told;
  }

  /** For the detector, as the next. */
  left(stormId: string, message: StormMessage): void {
    const left = this.leftBehind.get(stormId) ?? { messages: [], notKept: 0 };
    this.leftBehind.set(stormId, left);
    if (this.messages >= this.bounds.messagesMax) {
      left.notKept += 1;
      return;
    }
    left.messages.push(message);
    this.messages += 1;
  }

  over(account: StormAccount): void {
    const { messages: before, notKept } = this.leftBehind.get(account.stormId) ?? { messages: [], notKept: 0 };
    const { opening, alerts, more } = this.told.get(account.stormId) ?? { alerts: [], more: 0 };
    this.leftBehind.delete(account.stormId);
    this.told.delete(account.stormId);
    this.messages -= before.length;
    if (!account.opened || opening === undefined) return;
    const messages = [...before, ...account.messages].sort((one, other) => one.at - other.at);
    const told = { opening, alerts: { shown: alerts, more } };
    this.kept.push(incidentFromAccount({ ...account, messages }, told, { notKept, offsetMs: this.offsetMs }));
    if (this.kept.length <= this.bounds.incidentsMax) return;
    this.kept = this.incidents().slice(0, this.bounds.incidentsMax);
    this.notShown += 1;
  }

  /** The greatest first, by deliveries. */
  incidents(): Incident[] {
    return this.kept.toSorted(
      (one, other) =>
        other.delivered - one.delivered || other.recipients - one.recipients || one.startedAt - other.startedAt,
    );
  }
}
