// test/testdata/threads -> who wrote when, in answer to what, on five real mailing lists. Shapes only; its README says what is in it.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";

const DATA = new URL("../testdata/threads/tuning.ndjson.gz", import.meta.url);

export interface ListMessage {
  /** 0 to 4. */
  readonly list: number;
  /** Its line within its list, from 0. */
  readonly ordinal: number;
  /** ms since the epoch, whole seconds: when the list's server took it in. */
  readonly at: number;
  /** Ordinal within the list. */
  readonly person: number;
  /** Ordinal within the list. */
  readonly thread: number;
  /** Ordinal within the list of the message it answers; undefined where that is not known. */
  readonly parent: number | undefined;
  /** The first of its thread. */
  readonly isFirst: boolean;
}

const ordinal = z.int().min(0);
const lineSchema = z.strictObject({ l: ordinal, t: ordinal, p: ordinal, th: ordinal, irt: z.int().min(-1) });

/** All messages, in order of time; those of one second by list, then as they stand. Throws on a line that is not as documented. */
export function readListMessages(): ListMessage[] {
  const text = gunzipSync(readFileSync(DATA)).toString("utf8");
  const perList = new Map<number, { messages: number; threads: number }>();
  const messages = text
    .trimEnd()
    .split("\n")
    .map((line): ListMessage => {
      const { l: list, t, p: person, th: thread, irt } = lineSchema.parse(JSON.parse(line));
      const known = perList.get(list) ?? { messages: 0, threads: 0 };
      const isFirst = thread === known.threads;
      perList.set(list, { messages: known.messages + 1, threads: known.threads + (isFirst ? 1 : 0) });
      const parent = irt === -1 ? undefined : irt;
      return { list, ordinal: known.messages, at: t * 1000, person, thread, parent, isFirst };
    });
  return messages.sort((a, b) => a.at - b.at || a.list - b.list || a.ordinal - b.ordinal);
}
