// The inputs of one replay: each file once, looked into and closed again, with the year that its first stamps do not name.
// Files are opened when their turn comes; what can be read only once stays open.

import { fileIdentity } from "../../../shared/adapters/files/file-identity.ts";
import type { InputFile, OpenOptions } from "../../../shared/adapters/files/input-file.ts";
import { CHUNK_BYTES, openInput } from "../../../shared/adapters/files/input-file.ts";
import type { MonthDay } from "../../ingest/calendar-day.ts";
import { yearsOfFirstStamps } from "../../ingest/stamp-years.ts";
import { firstMonthDay } from "./first-stamp.ts";

const PEEK_BYTES = 65_536;
const STANDARD_INPUT = "-";

export interface ReplayInput {
  readonly name: string;
  /** Bytes on disk; undefined for a pipe. */
  readonly sizeBytes: number | undefined;
  /** Year of the first stamp, where it names none. */
  readonly year: number;
  /** The first bytes, which are read again when it is opened; undefined for what is open already. */
  readonly head: Buffer | undefined;
  /** To be called once. Throws InputError when the file has gone since it was looked into. */
  readonly open: () => InputFile;
}

export interface OpenedInputs {
  readonly inputs: readonly ReplayInput[];
  /** Names of files that are the same as one before them. */
  readonly duplicates: readonly { readonly name: string; readonly sameAs: string }[];
}

export interface InputOptions {
  readonly paths: readonly string[];
  /** Year of the earliest stamp without one, when the operator names it. */
  readonly year: number | undefined;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly openFile?: (path: string, options: OpenOptions) => InputFile;
}

interface Peeked {
  readonly input: Omit<ReplayInput, "year">;
  readonly monthDay: MonthDay | undefined;
}

interface Path {
  readonly path: string;
  /** Can be read again: a regular file. */
  readonly isFile: boolean;
}

/** Paths without those that name a file already named: by device and inode, or by size, head and tail. */
async function withoutDuplicates(
  paths: readonly string[],
): Promise<{ paths: Path[]; duplicates: { name: string; sameAs: string }[] }> {
  const seen = new Map<string, string>();
  const kept: Path[] = [];
  const duplicates: { name: string; sameAs: string }[] = [];
  for (const path of paths) {
    const identities = path === STANDARD_INPUT ? ["standard input"] : await fileIdentity(path);
    const sameAs = identities.map((identity) => seen.get(identity)).find((name) => name !== undefined);
    if (sameAs !== undefined) {
      duplicates.push({ name: path, sameAs });
      continue;
    }
    for (const identity of identities) seen.set(identity, path);
    kept.push({ path, isFile: path !== STANDARD_INPUT && identities.length > 0 });
  }
  return { paths: kept, duplicates };
}

/** Looks into all of them, or keeps none. Throws InputError for the first that cannot be opened. */
export async function openInputs(options: InputOptions): Promise<OpenedInputs> {
  const { paths, duplicates } = await withoutDuplicates(options.paths);
  const peek = peeker(options);
  const peeked: Peeked[] = [];
  try {
    for (const path of paths) peeked.push(await peek(path));
  } catch (error) {
    await closeUnopened(peeked.map(({ input }) => input));
    throw error;
  }
  const stamped = peeked.flatMap(({ monthDay }) => (monthDay === undefined ? [] : [monthDay]));
  const years = yearsOfFirstStamps(stamped, options.nowMs);
  const shift = options.year === undefined ? 0 : options.year - Math.min(...years);
  let next = 0;
  const inputs = peeked.map(({ input, monthDay }) => {
    const year = monthDay === undefined ? new Date(options.nowMs).getUTCFullYear() : (years[next++] ?? 0) + shift;
    return { ...input, year };
  });
  return { inputs, duplicates };
}

/** Lets go of those that are open though their turn never came. */
export async function closeUnopened(inputs: readonly Pick<ReplayInput, "head" | "open">[]): Promise<void> {
  for (const { head, open } of inputs) if (head === undefined) await open().close();
}

/** Plain files share one buffer: a chunk is done with before the next one is read, of whichever input. */
function peeker({ signal, openFile = openInput }: InputOptions): (path: Path) => Promise<Peeked> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const small = Buffer.allocUnsafe(PEEK_BYTES);
  return async ({ path, isFile }) => {
    const file = openFile(path, { signal, buffer: isFile ? small : chunk });
    const { name, sizeBytes } = file;
    let first: Buffer | undefined;
    try {
      first = await file.read();
    } catch (error) {
      await file.close();
      return { input: unreadable(file, error), monthDay: undefined };
    }
    const monthDay = first === undefined ? undefined : firstMonthDay(first);
    if (!isFile) return { input: { name, sizeBytes, head: undefined, open: () => resumed(file, first) }, monthDay };
    await file.close();
    const head = Buffer.from(first?.subarray(0, PEEK_BYTES) ?? []);
    return { input: { name, sizeBytes, head, open: () => openFile(path, { signal, buffer: chunk }) }, monthDay };
  };
}

/** Like one that cannot be read to its end: told when its turn comes, and the others are read. */
function unreadable({ name, sizeBytes }: InputFile, error: unknown): Omit<ReplayInput, "year"> {
  const open = (): never => {
    throw error;
  };
  return { name, sizeBytes, head: Buffer.alloc(0), open };
}

/** An input of which the first chunk was read already. */
function resumed(file: InputFile, first: Buffer | undefined): InputFile {
  let pending = first;
  return {
    ...file,
    async read() {
      const chunk = pending ?? (await file.read());
      pending = undefined;
      return chunk;
    },
  };
}
