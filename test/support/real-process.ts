// A real server as a process of ours: may be killed, frozen and waited for, and never outlives the test run.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";

// Ends the server with the process that started it, however that ends: a broker left behind would hold memory for ever.
const SETPRIV = "/usr/bin/setpriv";
const LOG_TAIL_CHARACTERS = 4000;

export interface ProcessPlan {
  readonly program: string;
  readonly args: readonly string[];
  /** All that it says is appended there. */
  readonly logFile: string;
  /** Default: ours. */
  readonly env?: NodeJS.ProcessEnv;
}

export class RealProcess {
  readonly #child: ChildProcess;
  readonly #plan: ProcessPlan;
  readonly #killOnExit = (): void => void this.#child.kill("SIGKILL");

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
    const command = [...(existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL"] : []), plan.program, ...plan.args];
    const [program = "", ...args] = command;
    const log = openSync(plan.logFile, "a");
    this.#child = spawn(program, args, {
      stdio: ["ignore", log, log],
      ...(plan.env === undefined ? {} : { env: plan.env }),
    });
    closeSync(log);
    process.once("exit", this.#killOnExit);
    this.#child.once("exit", () => void process.off("exit", this.#killOnExit));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Throws with the end of its log when it has ended. */
  expectRunning(): void {
    if (!this.hasEnded()) return;
    throw new Error(`${this.#plan.program} ended: ${this.log().slice(-LOG_TAIL_CHARACTERS)}`);
  }

  log(): string {
    return readFileSync(this.#plan.logFile, "utf8");
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves when it is gone, with its exit code; null for one that a signal ended. */
  async ended(): Promise<number | null> {
    if (!this.hasEnded()) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  /** SIGKILL, also for one that is frozen or has ended; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.hasEnded()) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}
