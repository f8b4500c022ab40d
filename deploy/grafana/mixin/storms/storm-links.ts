// Links of the dashboard of storms: to itself with one list or one thread chosen.

import type { DynamicConfigValue } from "@grafana/grafana-foundation-sdk/dashboard";
import { leadsTo } from "../panels.ts";

export const STORMS_UID = "squall-storms";

/** Time and variables as they are, but for the one that is chosen. An address may hold a `+`, so it is encoded. */
function choosing(variable: string, value: string, kept: readonly string[]): string {
  const others = kept.map((name) => `\${${name}:queryparam}`).join("&");
  return `/d/${STORMS_UID}?\${__url_time_range}&${others}&var-${variable}=${value}`;
}

export const toList: DynamicConfigValue = leadsTo(
  "This list",
  choosing("list", "${__value.raw:percentencode}", ["datasource", "site", "thread"]),
);

export const toThread: DynamicConfigValue = leadsTo(
  "This thread",
  choosing("thread", "${__value.raw:percentencode}", ["datasource", "site", "list"]),
);
