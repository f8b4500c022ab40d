// The configuration before and after a reload -> which of its parts changed, by the names that they have in the file.

import { isDeepStrictEqual } from "node:util";
import { Secret } from "../../../shared/domain/secret.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";

/** Parts as a file names them; `webhook` counts as `webhooks`, `subjects` and `lists` stand apart from `detector`. */
export type ConfigPart =
  | "site"
  | "timezone"
  | "subjects"
  | "advice"
  | "ingest"
  | "detector"
  | "lists"
  | "inputs"
  | "state"
  | "webhooks"
  | "onAlert"
  | "heartbeat"
  | "metrics";

/** In the order of the file. A new secret is a change, though both are shown as ***. */
export function changedSettings(before: StandaloneConfig, after: StandaloneConfig): ConfigPart[] {
  const [old, next] = [partsOf(before), partsOf(after)];
  return next.filter(([, value], index) => !isDeepStrictEqual(value, old[index]?.[1])).map(([part]) => part);
}

function partsOf(config: StandaloneConfig): (readonly [ConfigPart, unknown])[] {
  const { site, timezone, advice, ingest, inputs, state, webhooks, onAlert, heartbeat, metrics } = config;
  const { listRules, allowSubject, ...detector } = config.detector;
  const parts: (readonly [ConfigPart, unknown])[] = [
    ["site", site],
    ["timezone", timezone],
    ["subjects", allowSubject],
    ["advice", advice],
    ["ingest", ingest],
    ["detector", detector],
    ["lists", listRules],
    ["inputs", inputs],
    ["state", state],
    ["webhooks", webhooks],
    ["onAlert", onAlert],
    ["heartbeat", heartbeat],
    ["metrics", metrics],
  ];
  return parts.map(([part, value]) => [part, revealed(value)]);
}

/** Secrets are compared by what they are; the copy is let go at once. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revealed(inner)]));
}
