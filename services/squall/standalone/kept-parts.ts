// What of a running standalone is kept: its parts, each with the keys that are its own.

import { SILENCE_PREFIX, type Silences } from "../../alerter/silences.ts";
import type { Telling } from "../../alerter/telling-shell.ts";
import { ALERT_PREFIX } from "../../console/kept-alerts.ts";
import { WINDOW_PREFIX } from "../../console/kept-windows.ts";
import { DetectorEntries } from "../../detector/state/detector-entries.ts";
import type { LivePipeline } from "../pipeline/live-pipeline.ts";
import type { KeptPage } from "./kept-page.ts";
import { isDetectorKey, type KeptPart, KeptState } from "./kept-state.ts";
import type { LiveInputs } from "./live-inputs.ts";

export interface KeptParts {
  readonly pipeline: LivePipeline;
  readonly telling: Telling;
  readonly silences: Silences;
  readonly inputs: LiveInputs;
  readonly page: KeptPage;
}

/** From now on what changes in them is noted. To be called before anything is fed. */
export function keptStateOf({ pipeline, telling, silences, inputs, page }: KeptParts): KeptState {
  const live = pipeline.keepState();
  const entries = new DetectorEntries(pipeline.stages.detector);
  return new KeptState([
    live,
    inputs.patterns,
    part(isDetectorKey, entries),
    part(isOf("outbox/"), telling),
    part(isOf(SILENCE_PREFIX), silences),
    part(isOf(ALERT_PREFIX), page.alerts),
    part(isOf(WINDOW_PREFIX), page.windows),
    inputs,
  ]);
}

function isOf(prefix: string): (key: string) => boolean {
  return (key) => key.startsWith(prefix);
}

/** A part with the keys that are its own. */
function part(owns: KeptPart["owns"], kept: Omit<KeptPart, "owns">): KeptPart {
  return {
    owns,
    changes: (put) => {
      kept.changes(put);
    },
    restore: (key, value) => {
      kept.restore(key, value);
    },
    restored: () => {
      kept.restored();
    },
  };
}
