import { describe, expect, test } from "vitest";
import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import { StateValueError } from "../../shared/domain/state-value.ts";
import type { ThreadWindow, WindowScope } from "../../shared/domain/thread-window.ts";
import { KeptWindows } from "./kept-windows.ts";

/** A whole minute. */
const NOW = Date.UTC(2016, 10, 14, 9, 0);
const HOUR_MS = 60 * MINUTE_MS;

function windowOf(scope: WindowScope, key: string, minutesAgo: number, replyAlls = 1): ThreadWindow {
  const windowStart = NOW - minutesAgo * MINUTE_MS;
  const times = { windowStart, windowEnd: windowStart + MINUTE_MS, final: false };
  const counts = { replyAlls, distinctRepliers: replyAlls, automatic: 0, messages: 1, recipients: 9, deliveries: 9 };
  return { v: 1, site: "nhs", scope, key, ...times, ...counts, audience: 9, score: 1 };
}

/** A squall that is killed and started again on the same state. */
class Lives {
  nowMs = NOW;
  readonly stored = new Map<string, Buffer>();
  shown: ThreadWindow[] = [];
  kept: KeptWindows;
  private readonly windowsMax: number;

  constructor(windowsMax = 1_000) {
    this.windowsMax = windowsMax;
    this.kept = this.born();
  }

  add(...windows: readonly ThreadWindow[]): void {
    for (const window of windows) this.kept.add(window);
  }

  /** How many entries were written. */
  flush(): number {
    let written = 0;
    this.kept.changes((key, value) => {
      written += 1;
      if (value === undefined) this.stored.delete(key);
      else this.stored.set(key, Buffer.from(value));
    });
    return written;
  }

  /** What the page shows then, minute by minute. */
  restart(): string[] {
    this.shown = [];
    this.kept = this.born();
    for (const [key, value] of [...this.stored].toReversed()) this.kept.restore(key, value);
    this.kept.restored();
    return this.shown
      .map(({ key, windowStart, replyAlls }) => `${key} ${(NOW - windowStart) / MINUTE_MS} ${replyAlls}`)
      .toSorted();
  }

  private born(): KeptWindows {
    const options = { nowMs: () => this.nowMs, onRestored: (window: ThreadWindow) => void this.shown.push(window) };
    return new KeptWindows({ ...options, windowsMax: this.windowsMax });
  }
}

describe("windows of the last hour", () => {
  test("survive restarts: sites, and threads and lists once they were answered, by their last word", () => {
    const lives = new Lives();
    lives.add(windowOf("site", "nhs", 3, 0), windowOf("thread", "quiet", 3, 0), windowOf("list", "all@x", 3));
    lives.flush();
    lives.add(windowOf("list", "all@x", 3, 4), windowOf("list", "all@x", 2, 0));
    expect(lives.flush()).toBe(2);
    expect(lives.restart()).toEqual(["all@x 2 0", "all@x 3 4", "nhs 3 0"]);
    lives.add(windowOf("list", "all@x", 3, 5), windowOf("list", "all@x", 1, 0));
    lives.flush();
    expect(lives.restart()).toEqual(["all@x 1 0", "all@x 2 0", "all@x 3 5", "nhs 3 0"]);
  });

  test("nothing new writes nothing", () => {
    const lives = new Lives();
    lives.add(windowOf("site", "nhs", 1));
    expect([lives.flush(), lives.flush()]).toEqual([1, 0]);
  });

  test("are forgotten after it, and what is older is not kept", () => {
    const lives = new Lives();
    lives.add(windowOf("site", "nhs", 59), windowOf("site", "nhs", 60), windowOf("site", "nhs", 1));
    lives.flush();
    expect(lives.restart()).toEqual(["nhs 1 1", "nhs 59 1"]);
    lives.nowMs = NOW + MINUTE_MS;
    lives.flush();
    expect(lives.restart()).toEqual(["nhs 1 1"]);
    lives.nowMs = NOW + 2 * HOUR_MS;
    lives.flush();
    expect(lives.stored.size).toBe(0);
  });

  test("are bounded: the eldest minute goes, what finds no room is not kept, and both are counted", () => {
    const lives = new Lives(3);
    lives.add(windowOf("thread", "a", 5), windowOf("thread", "b", 5), windowOf("thread", "a", 4));
    lives.flush();
    lives.add(windowOf("thread", "c", 3), windowOf("thread", "d", 9));
    lives.flush();
    expect(lives.restart()).toEqual(["a 4 1", "c 3 1", "d 9 1"]);
    lives.add(windowOf("thread", "e", 10));
    lives.flush();
    expect(lives.restart()).toEqual(["a 4 1", "c 3 1", "d 9 1"]);
  });

  test("count what was given up, each window once", () => {
    const lives = new Lives(2);
    lives.add(windowOf("thread", "a", 5), windowOf("thread", "b", 5), windowOf("thread", "c", 4));
    expect(lives.kept.dropped).toBe(2);
    lives.add(windowOf("thread", "d", 3));
    for (const final of [false, false, true]) lives.add({ ...windowOf("thread", "e", 10), final });
    expect(lives.kept.dropped).toBe(3);
  });

  test("an entry that is none is refused", () => {
    expect(() => new Lives().kept.restore("hour/1", Buffer.from("{"))).toThrow(StateValueError);
  });
});
