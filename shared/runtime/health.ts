// What the loop tells of itself -> is the process alive, and is it ready. No timer: it is worked out when somebody asks.

export interface HealthOptions {
  /** With something to do and no progress for so long, the process is not alive, ms. */
  readonly stuckAfterMs: number;
  /** What must have happened before it is ready: "state restored", "inputs open". */
  readonly conditions: readonly string[];
  /** A clock that only goes forward, ms. */
  readonly nowMs: () => number;
}

export interface HealthAnswer {
  readonly ok: boolean;
  /** One line, for a person. */
  readonly text: string;
}

export class Health {
  private readonly options: HealthOptions;
  private readonly missing: Set<string>;
  private isStopping = false;
  private doing: string | undefined;
  private progressedAtMs: number;

  constructor(options: HealthOptions) {
    this.options = options;
    this.missing = new Set(options.conditions);
    this.progressedAtMs = options.nowMs();
  }

  /** A condition is met. Throws for one that was never named. */
  met(condition: string): void {
    if (!this.options.conditions.includes(condition)) throw new Error(`no such condition: ${condition}`);
    this.missing.delete(condition);
  }

  /** It takes no more work: not ready, though alive. */
  stopping(): void {
    this.isStopping = true;
  }

  /** Begins something that must come to an end: "reading", "writing the state". From here on progress is expected. */
  begin(what: string): void {
    if (this.doing === undefined) this.progressedAtMs = this.options.nowMs();
    this.doing = what;
  }

  /** A step is done, of several. */
  progress(): void {
    this.progressedAtMs = this.options.nowMs();
  }

  /** There is nothing to do. */
  idle(): void {
    this.doing = undefined;
    this.progress();
  }

  alive(): HealthAnswer {
    const stoodMs = this.options.nowMs() - this.progressedAtMs;
    if (this.doing === undefined || stoodMs <= this.options.stuckAfterMs) return { ok: true, text: "ok" };
    return { ok: false, text: `no progress for ${Math.round(stoodMs / 1000)} s while ${this.doing}` };
  }

  ready(): HealthAnswer {
    if (this.isStopping) return { ok: false, text: "stopping" };
    if (this.missing.size > 0) return { ok: false, text: `not yet: ${[...this.missing].join(", ")}` };
    return { ok: true, text: "ready" };
  }
}
