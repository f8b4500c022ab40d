// Runs a program of the machine to its end -> its code and what it said.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface Said {
  /** Null: it was ended from outside, or for want of time. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** For its standard input; empty when left out. */
  readonly input?: string;
  /** All of its variables; ours when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly deadlineMs?: number;
}

const CALL_MS = 60_000;
const TEXT_BYTES_MAX = 64 * 1024 * 1024;

/** Resolves however it ends. */
export async function saidBy(program: string, args: readonly string[], options: RunOptions = {}): Promise<Said> {
  const { input = "", env, deadlineMs: timeout = CALL_MS } = options;
  const limits = { timeout, maxBuffer: TEXT_BYTES_MAX };
  const running = promisify(execFile)(program, args, env === undefined ? limits : { ...limits, env });
  // One that does not read its input may be gone before it is written.
  running.child.stdin?.on("error", () => {}).end(input);
  try {
    const { stdout, stderr } = await running;
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || !("stdout" in error) || !("stderr" in error)) throw error;
    const code = typeof error.code === "number" ? error.code : null;
    return { code, out: String(error.stdout), err: String(error.stderr) };
  }
}

/** What it says on standard output. Rejects, with what it says on standard error, when it ends otherwise than well. */
export async function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, out, err } = await saidBy(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 2).join(" ")} ended with ${code}: ${err}`);
  return out;
}
