// `squall standalone` as a process that goes on: started, killed, told to end; what it said so far.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pollUntil } from "./poll.ts";

const SQUALL = join(import.meta.dirname, "../../services/squall/squall.js");
const PATIENCE_MS = 60_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

export class LiveSquall {
  out = "";
  err = "";
  private readonly child: ChildProcess;
  private readonly ended: Promise<Ended>;
  private readonly args: readonly string[];

  /** `squall`: of another release. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, squall = SQUALL) {
    this.args = args;
    this.child = spawn(process.execPath, [squall, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      // Its port would be everybody's.
      env: { PATH: process.env["PATH"], SQUALL_CONSOLE_ADDRESS: "off", ...env },
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    // A process that was killed no longer reads.
    this.child.stdin?.on("error", () => undefined);
    this.ended = once(this.child, "close").then(([code, signal]: unknown[]) => ({
      code: typeof code === "number" ? code : null,
      signal: typeof signal === "string" ? signal : null,
    }));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get stdin(): ChildProcess["stdin"] {
    return this.child.stdin;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Waits until it has said a text on standard error. */
  async says(text: string): Promise<void> {
    const said = (): boolean => {
      if (this.err.includes(text)) return true;
      if (this.hasEnded) throw new Error(`squall ${this.args.join(" ")} ended before it said ${text}:\n${this.err}`);
      return false;
    };
    await pollUntil(said, { deadlineMs: PATIENCE_MS, what: `squall to say "${text}"` });
  }

  async signal(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  /** Waits until it ends by itself. */
  end(): Promise<Ended> {
    return this.ended;
  }

  /** Standard output has no reader any more, as behind `| head -1`. */
  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  /** A signal that it is to survive. */
  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
