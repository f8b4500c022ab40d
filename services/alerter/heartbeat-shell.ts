// Calls an address every minute while all is well, so that whoever watches it learns when squall has died. Silence is the alarm:
// it is not called while squall is unwell, and a call that fails is not repeated before the next minute.

import type { HttpClient } from "../../shared/adapters/http/http-client.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import { redactedExcerpt } from "./redaction.ts";
import type { Secret } from "../../shared/domain/secret.ts";
import type { TellingEvent } from "./telling-event.ts";

export interface HeartbeatOptions {
  /** http or https; GET. Whoever knows it can pretend to be squall. */
  readonly url: Secret;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Undefined: another process knows, and calls. */
  readonly isHealthy: () => boolean | undefined;
  readonly userAgent: string;
  readonly say: (event: TellingEvent) => void;
  readonly everyMs?: number;
  /** Each call comes up to so much later than its minute, so that all squalls of the world do not call at once. */
  readonly jitterMs?: number;
  readonly timeoutMs?: number;
}

export interface HeartbeatCounters {
  called: number;
  failed: number;
  /** Minutes in which it was not called, since squall was not well. */
  withheld: number;
}

export interface Heartbeat {
  readonly counters: Readonly<HeartbeatCounters>;
  start(): void;
  /** Gives up a call that is out. */
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;
const JITTER_MS = 5_000;
const TIMEOUT_MS = 10_000;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  return new HeartbeatLoop(options);
}

class HeartbeatLoop implements Heartbeat {
  readonly counters: HeartbeatCounters = { called: 0, failed: 0, withheld: 0 };
  private readonly options: HeartbeatOptions;
  private readonly stopping = new AbortController();
  private cancelTimer: () => void = () => undefined;
  private out: Promise<void> = Promise.resolve();
  private failuresInRow = 0;
  private isWithheld = false;

  constructor(options: HeartbeatOptions) {
    this.options = options;
  }

  start(): void {
    this.schedule(this.options.clock.nowMs());
  }

  async stop(): Promise<void> {
    this.cancelTimer();
    this.stopping.abort();
    await this.out;
  }

  /** `beatMs`: the minute's own time, without jitter. */
  private schedule(beatMs: number): void {
    const { clock, random, everyMs = EVERY_MS, jitterMs = JITTER_MS } = this.options;
    const delayMs = Math.min(Math.max(0, beatMs - clock.nowMs()), everyMs) + random() * jitterMs;
    this.cancelTimer = clock.after(delayMs, () => {
      this.out = this.beat();
      // After a pause of the machine, or a clock that was set, the minutes begin anew.
      const nextMs = beatMs + everyMs;
      this.schedule(Math.abs(nextMs - clock.nowMs()) > everyMs ? clock.nowMs() + everyMs : nextMs);
    });
  }

  private async beat(): Promise<void> {
    const { url, http, userAgent, say, timeoutMs = TIMEOUT_MS } = this.options;
    if (!this.mayBeat()) return;
    this.counters.called += 1;
    const address = url.reveal();
    const answer = await http.send({
      method: "GET",
      url: address,
      headers: { "user-agent": userAgent },
      timeoutMs,
      forbidPrivate: false,
      signal: this.stopping.signal,
    });
    if (this.stopping.signal.aborted) return;
    if (answer.answered && answer.status >= 200 && answer.status < 300) {
      if (this.failuresInRow > 0) say({ event: "heartbeat-recovered", failures: this.failuresInRow });
      this.failuresInRow = 0;
      return;
    }
    this.counters.failed += 1;
    this.failuresInRow += 1;
    if (this.failuresInRow > 1) return;
    const reason = answer.answered ? `status ${answer.status}` : answer.reason;
    const detail = answer.answered ? redactedExcerpt(answer.excerpt, [address]) : answer.code;
    say({ event: "heartbeat-failing", reason, detail });
  }

  private mayBeat(): boolean {
    const { isHealthy, say } = this.options;
    const isWell = isHealthy();
    if (isWell === undefined) return false;
    if (!isWell) this.counters.withheld += 1;
    if (isWell === this.isWithheld) say({ event: isWell ? "heartbeat-resumed" : "heartbeat-withheld" });
    this.isWithheld = !isWell;
    return isWell;
  }
}
