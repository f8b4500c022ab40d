// One command -> how it ended. Without a shell, in a process group of its own, with a text on its standard input; bounded in
// time and in what is kept of its output.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";

export interface Command {
  /** The program and its arguments; the program is looked for on PATH of `env`. */
  readonly argv: readonly string[];
  /** The whole environment that it sees. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. A command that does not read it is none the worse. */
  readonly input: string;
  /** After this its process group gets SIGTERM, and SIGKILL killAfterMs later. */
  readonly timeoutMs: number;
  readonly killAfterMs: number;
  /** The last so many bytes of standard output and standard error together are kept. */
  readonly outputBytesMax: number;
  /** Ends it like the timeout. */
  readonly signal?: AbortSignal;
}

export type CommandEnd =
  | { readonly ended: "exit"; readonly code: number; readonly output: string }
  | { readonly ended: "signal"; readonly signal: string; readonly output: string }
  | { readonly ended: "timeout" | "aborted"; readonly output: string }
  /** `code` is the system's word, such as ENOENT. */
  | { readonly ended: "not-started"; readonly code: string };

/** What a grandchild that keeps the pipes open is waited for, once the command itself has ended. */
const PIPES_MS = 100;

export function runCommand(command: Command): Promise<CommandEnd> {
  const [program = "", ...words] = command.argv;
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(program, words, { detached: true, env: command.env, stdio: ["pipe", "pipe", "pipe"] });
    } catch (error) {
      resolve({ ended: "not-started", code: codeOf(error) });
      return;
    }
    const output = keepOutput(child, command.outputBytesMax);
    const killing = killOnTime(child, command);
    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      killing.clear();
      resolve({ ended: "not-started", code: codeOf(error) });
    });
    child.on("exit", (code, signal) => {
      const why = killing.why();
      killing.clear();
      // Whoever of its group outlived the command that was told to stop.
      if (why !== undefined) killGroup(child, "SIGKILL");
      afterPipes(child, () => {
        if (why !== undefined) resolve({ ended: why, output: output() });
        else if (code === null) resolve({ ended: "signal", signal: signal ?? "", output: output() });
        else resolve({ ended: "exit", code, output: output() });
      });
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(command.input);
  });
}

function killOnTime(
  child: ChildProcess,
  command: Command,
): { why(): "timeout" | "aborted" | undefined; clear(): void } {
  let why: "timeout" | "aborted" | undefined;
  let killer: NodeJS.Timeout | undefined;
  const stop = (reason: "timeout" | "aborted"): void => {
    if (why !== undefined) return;
    why = reason;
    killGroup(child, "SIGTERM");
    killer = setTimeout(() => killGroup(child, "SIGKILL"), command.killAfterMs);
  };
  const abort = (): void => stop("aborted");
  const timer = setTimeout(() => stop("timeout"), command.timeoutMs);
  command.signal?.addEventListener("abort", abort);
  if (command.signal?.aborted === true) abort();
  return {
    why: () => why,
    clear: () => {
      clearTimeout(timer);
      clearTimeout(killer);
      command.signal?.removeEventListener("abort", abort);
    },
  };
}

/** The child leads a group of its own: a negative number means all of it. */
function killGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left.
  }
}

function afterPipes(child: ChildProcess, act: () => void): void {
  let isDone = false;
  const done = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    child.stdout?.destroy();
    child.stderr?.destroy();
    act();
  };
  const timer = setTimeout(done, PIPES_MS);
  child.on("close", done);
}

function keepOutput(child: ChildProcess, bytesMax: number): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const keep = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    while (bytes - (chunks[0]?.length ?? 0) >= bytesMax) bytes -= chunks.shift()?.length ?? 0;
  };
  for (const pipe of [child.stdout, child.stderr]) {
    pipe?.on("data", keep);
    pipe?.on("error", () => undefined);
  }
  return () => {
    const all = Buffer.concat(chunks);
    return all.subarray(Math.max(0, all.length - bytesMax)).toString("utf8");
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
