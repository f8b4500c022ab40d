// A command that runs: what it has said so far, and its exit code when it ends.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** What is run: a program with its arguments, and all its variables. */
export interface Command {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class RunningCommand {
  out = "";
  err = "";
  readonly child: ChildProcess;
  /** Null for one that a signal ended. */
  readonly ended: Promise<number | null>;

  constructor({ words, env }: Command) {
    const [program = "", ...args] = words;
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    this.ended = once(this.child, "close").then(() => this.child.exitCode);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Standard output, and standard error behind it. */
  get said(): string {
    return `${this.out}${this.err}`;
  }
}
