// StreamProgress: how far one partition of a stage's input has come in event time. It goes to every partition of the next topic, behind
// what was said before it, so that a reader of any of them knows what is still to come. ingest -> assembler -> detector; of detectors the alerter hears whether the whole way goes on.
// What each field may hold is published in stream-progress.schema.json.

import type { DecodeFault } from "./decode-fault.ts";
import { requiredChoice, requiredInteger, requiredText, type TextLimits, timeOf, wireTime } from "./wire-fields.ts";
import { decodeLine, refuse, type WireObject } from "./wire-object.ts";

export interface StreamProgress {
  readonly site: string;
  /** The topic whose partition it is. */
  readonly input: string;
  readonly partition: number;
  /** Partitions of the topic: time passes when all were heard of. */
  readonly of: number;
  /** Event time up to which everything was said, late lines excepted, ms; undefined: nothing is known of it yet. */
  readonly at: number | undefined;
  /**
   * Of a partition that was read to its end: when, by the clock of who read it, it held nothing that was not said, ms. Undefined: there is more
   * to be read. `at` goes on meanwhile as the clock does, though a shipper may still hold older lines: whether those have come, this tells.
   */
  readonly readTo?: number | undefined;
  /**
   * `silent`: it was read to its end and nothing came for some seconds, so that nobody need wait for it, however old what came last was.
   * Without a time: `empty` says that there is nothing to wait for, `unknown` that there is.
   */
  readonly state: "known" | "silent" | "empty" | "unknown";
}

/** How every line of it begins. */
const HEAD = '{"v":1,"kind":"progress",';
const STATES = ["known", "silent", "empty", "unknown"] as const;
const NAME: TextLimits = { max: 255 };
/** As Kafka takes them: the name stands in a key of the state. */
const TOPIC: TextLimits = { max: 249 };
const TOPIC_NAME = /^[A-Za-z0-9._-]+$/u;
const PARTITIONS_MAX = 100_000;

export function isProgressLine(line: string): boolean {
  return line.startsWith(HEAD);
}

/** Writes it as one JSON line without the line break. */
export function encodeStreamProgress({ site, input, partition, of, at, readTo, state }: StreamProgress): string {
  const times = { at: wireTime(at), readTo: wireTime(readTo) };
  return JSON.stringify({ v: 1, kind: "progress", site, input, partition, of, ...times, state });
}

/** Reads one JSON line; anything else is refused with a named reason. */
export function decodeStreamProgress(
  line: string,
): { readonly ok: true; readonly progress: StreamProgress } | DecodeFault {
  const decoded = decodeLine(line, (object): StreamProgress => {
    requiredChoice(object, "kind", ["progress"]);
    const of = requiredInteger(object, "of", { min: 1, max: PARTITIONS_MAX });
    const state = requiredChoice(object, "state", STATES);
    const at = timeOf(object, "at");
    if ((at === undefined) === (state === "known" || state === "silent")) refuse(object, "out-of-range", "at");
    return {
      site: requiredText(object, "site", NAME),
      input: requiredTopic(object),
      partition: requiredInteger(object, "partition", { min: 0, max: of - 1 }),
      of,
      at,
      readTo: timeOf(object, "readTo"),
      state,
    };
  });
  return decoded.ok ? { ok: true, progress: decoded.value } : decoded;
}

function requiredTopic(object: WireObject): string {
  const input = requiredText(object, "input", TOPIC);
  if (!TOPIC_NAME.test(input)) refuse(object, "out-of-range", "input");
  return input;
}
