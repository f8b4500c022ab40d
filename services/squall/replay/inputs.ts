// The inputs of one replay: opened, each file once, with the year that their first stamps do not name.

import type { InputFile } from "../../../shared/adapters/files/input-file.ts";
import { fileIdentity, openInput } from "../../../shared/adapters/files/input-file.ts";
import type { MonthDay } from "../../ingest/syslog-stamp.ts";
import { monthDayAt, yearsOfFirstStamps } from "../../ingest/syslog-stamp.ts";

const NEWLINE = 10;
/** How far into an input its first stamp is looked for. */
const PEEK_LINES = 200;

export interface ReplayInput {
  readonly file: InputFile;
  /** First chunk, already read. */
  readonly first: Buffer | undefined;
  readonly year: number;
}

export interface OpenedInputs {
  readonly inputs: readonly ReplayInput[];
  /** Names of files that are the same as one before them. */
  readonly duplicates: readonly { readonly name: string; readonly sameAs: string }[];
}

/** Paths without those that name a file already named: by device and inode, or by size, head and tail. */
async function withoutDuplicates(
  paths: readonly string[],
): Promise<{ paths: string[]; duplicates: { name: string; sameAs: string }[] }> {
  const seen = new Map<string, string>();
  const kept: string[] = [];
  const duplicates: { name: string; sameAs: string }[] = [];
  for (const path of paths) {
    const identities = path === "-" ? ["standard input"] : await fileIdentity(path);
    const sameAs = identities.map((identity) => seen.get(identity)).find((name) => name !== undefined);
    if (sameAs !== undefined) {
      duplicates.push({ name: path, sameAs });
      continue;
    }
    for (const identity of identities) seen.set(identity, path);
    kept.push(path);
  }
  return { paths: kept, duplicates };
}

/** Month and day of the first RFC 3164 stamp of a chunk. */
export function firstMonthDay(chunk: Buffer): MonthDay | undefined {
  let start = 0;
  for (let line = 0; line < PEEK_LINES && start < chunk.length; line += 1) {
    const found = monthDayAt(chunk, start);
    if (found !== undefined) return found;
    const newline = chunk.indexOf(NEWLINE, start);
    if (newline < 0) return undefined;
    start = newline + 1;
  }
  return undefined;
}

/** Opens all of them or none. Throws InputError for the first that cannot be opened. */
export async function openInputs(options: {
  readonly paths: readonly string[];
  /** Year of the earliest stamp without one, when the operator names it. */
  readonly year: number | undefined;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}): Promise<OpenedInputs> {
  const { paths, duplicates } = await withoutDuplicates(options.paths);
  const opened: { file: InputFile; first: Buffer | undefined; monthDay: MonthDay | undefined }[] = [];
  try {
    for (const path of paths) {
      const file = await openInput(path, options.signal);
      // A chunk is valid until the next read, and the first is only parsed when its turn comes: nothing reads before.
      const first = await file.read();
      opened.push({ file, first, monthDay: first === undefined ? undefined : firstMonthDay(first) });
    }
  } catch (error) {
    for (const { file } of opened) await file.close();
    throw error;
  }
  const stamped = opened.flatMap(({ monthDay }) => (monthDay === undefined ? [] : [monthDay]));
  const years = yearsOfFirstStamps(stamped, options.nowMs);
  const shift = options.year === undefined ? 0 : options.year - Math.min(...years);
  let next = 0;
  const inputs = opened.map(({ file, first, monthDay }) => {
    const year = monthDay === undefined ? new Date(options.nowMs).getUTCFullYear() : (years[next++] ?? 0) + shift;
    return { file, first, year };
  });
  return { inputs, duplicates };
}
