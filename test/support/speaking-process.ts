// A script of ours as a process that says lines, and that may be killed.

import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface SpeakingProcess {
  readonly pid: number;
  /** Lines of its standard output. */
  readonly says: readonly string[];
  readonly tell: (line: string) => void;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** `within`: a program and its arguments that run it. */
export function speakingProcess(
  script: string,
  args: readonly string[],
  within: readonly string[] = [],
): SpeakingProcess {
  const [program = "", ...rest] = [...within, process.execPath, script, ...args];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, rest, {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = new Promise<void>((resolve) => {
    child.on("exit", () => {
      resolve();
    });
  });
  const says: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => says.push(line));
  return {
    pid: child.pid ?? 0,
    says,
    tell: (line) => void child.stdin.write(`${line}\n`),
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
