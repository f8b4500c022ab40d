// The real `squall` command as a process of its own: arguments and standard input in, exit code and what it wrote out.

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");
const SQUALL = join(ROOT, "services/squall/squall.js");
/** Preloaded into the process: at its end tells the largest resident set, in kilobytes, on descriptor 3. */
const PEAK_MEMORY = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));',
)}`;

/** No run takes so long: it hangs. */
const STUCK_MS = 80_000;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** Largest resident set, bytes. */
  readonly peakBytes: number;
}

export interface ProcessOptions {
  /** Chunks to write into a pipe, or the path of a file to be standard input; default: nothing (/dev/null). */
  readonly input?: Iterable<Buffer> | Buffer | string;
  /** The pipe into it stays open behind the input. */
  readonly keepOpen?: boolean;
  /** Stop reading its standard output, as `head` does. */
  readonly closeOutputAfterBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called once, when the process has said this on standard output or error. */
  readonly when?: { readonly says: string; readonly call: (pid: number) => void };
}

/**
 * For runs that hold nothing: the engine's nursery, left to itself, grows by up to 48 MB when it pleases. Where much lives for a while a small
 * nursery sends it on to where it is collected late: leave that to the default.
 */
export const STEADY_NURSERY = { NODE_OPTIONS: "--max-semi-space-size=4" };

/** Runs the command to its end. */
export async function squall(args: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  const { env, when, keepOpen = false, closeOutputAfterBytes = Number.POSITIVE_INFINITY } = options;
  const input = Buffer.isBuffer(options.input) ? [options.input] : options.input;
  const file = typeof input === "string" ? openSync(input, "r") : undefined;
  const child = spawn(process.execPath, ["--import", PEAK_MEMORY, SQUALL, ...args], {
    stdio: [file ?? (input === undefined ? "ignore" : "pipe"), "pipe", "pipe", "pipe"],
    timeout: STUCK_MS,
    killSignal: "SIGKILL",
    env: { PATH: process.env["PATH"], ...env },
  });
  if (file !== undefined) closeSync(file);
  const said: [Buffer[], Buffer[], Buffer[]] = [[], [], []];
  let isSaid = false;
  const listen = (chunk: Buffer, kept: Buffer[]): void => {
    kept.push(chunk);
    if (when === undefined || isSaid || !Buffer.concat(kept).includes(when.says)) return;
    isSaid = true;
    when.call(child.pid ?? 0);
  };
  let outBytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    listen(chunk, said[0]);
    outBytes += chunk.length;
    if (outBytes >= closeOutputAfterBytes) child.stdout?.destroy();
  });
  child.stderr?.on("data", (chunk: Buffer) => listen(chunk, said[1]));
  child.stdio[3]?.on("data", (chunk: Buffer) => void said[2].push(chunk));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal });
    });
  });
  if (child.stdin !== null && input !== undefined && typeof input !== "string") {
    await writeAll(child.stdin, input);
    if (!keepOpen) child.stdin.end();
  }
  const { code, signal } = await ended;
  const [out, err, peak] = said.map((chunks) => Buffer.concat(chunks).toString());
  return { code, signal, out: out ?? "", err: err ?? "", peakBytes: Number(peak) * 1024 };
}

/** At the pace of the reader; stops when the reader has gone. */
async function writeAll(stream: NodeJS.WritableStream, chunks: Iterable<Buffer>): Promise<void> {
  let isGone = false;
  stream.on("error", () => {
    isGone = true;
  });
  for (const chunk of chunks) {
    if (isGone) return;
    await new Promise<void>((resolve) => {
      stream.write(chunk, () => {
        resolve();
      });
    });
  }
}

/** Cuts bytes into pieces of the sizes, taken in turn. */
export function* cutInto(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
