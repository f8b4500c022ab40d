// The read-only API: paths -> parts of the view. Published as openapi.json, which a test holds against what is answered.

import openapi from "./openapi.json" with { type: "json" };
import { STORMS_SHOWN } from "./console-state.ts";
import type { ConsoleView, HealthView } from "./console-view.ts";

const ROOT = "api/v1/";
export const STREAM_PATH = `${ROOT}events`;
const STORM = `${ROOT}storms/`;

const PARTS: Readonly<Record<string, (view: ConsoleView) => unknown>> = {
  view: (view) => view,
  state: ({ v, at, timeZone, state, headline, detail, health }) => {
    return { v, at, timeZone, state, headline, detail, health: worstOf(health) };
  },
  storms: ({ storms }) => storms,
  rates: ({ rates }) => rates,
  threads: ({ threads }) => threads,
  lists: ({ lists }) => lists,
  alerts: ({ alerts }) => alerts,
  health: ({ health }) => health,
};

function worstOf(health: readonly HealthView[]): HealthView["state"] {
  const has = (state: HealthView["state"]): boolean => health.some((part) => part.state === state);
  return has("down") ? "down" : has("slow") ? "slow" : "well";
}

/** What stands under a path; undefined: nothing does. `view` is asked for where it is needed. */
export function resourceOf(path: string, view: (stormsShown: number) => ConsoleView): unknown {
  if (path === `${ROOT}openapi.json`) return openapi;
  if (path.startsWith(STORM)) return stormOf(path.slice(STORM.length), view(Number.POSITIVE_INFINITY));
  if (!path.startsWith(ROOT)) return undefined;
  const name = path.slice(ROOT.length);
  const shown = name === "storms" ? Number.POSITIVE_INFINITY : STORMS_SHOWN;
  return Object.hasOwn(PARTS, name) ? PARTS[name]?.(view(shown)) : undefined;
}

function stormOf(name: string, { storms }: ConsoleView): unknown {
  return storms.find(({ stormId }) => encodeURIComponent(stormId) === name || stormId === name);
}
