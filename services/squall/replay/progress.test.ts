import { describe, expect, test } from "vitest";
import { keptTerminal } from "../../../test/e2e/replay-here.ts";
import type { ReplayProgress } from "./side-by-side.ts";
import { createProgressLine } from "./progress.ts";

const AT = Date.UTC(2016, 10, 14, 8, 29);
const half: ReplayProgress = { bytesRead: 2_100_000_000, bytesTotal: 4_200_000_000, lines: 8_000_000, eventTimeMs: AT };
const nothing: ReplayProgress = { bytesRead: 0, bytesTotal: 0, lines: 0, eventTimeMs: undefined };

describe("the line", () => {
  test.each<[string, ReplayProgress, { elapsedMs: number; storms: number }, string]>([
    [
      "of a file half read",
      half,
      { elapsedMs: 10_000, storms: 0 },
      "50 %  2.1 GB of 4.2 GB  800,000 lines/s  log time 2016-11-14 08:29:00  10 s left",
    ],
    [
      "once storms have opened",
      { ...half, bytesRead: 4_200_000_000 },
      { elapsedMs: 20_000, storms: 2 },
      "100 %  4.2 GB of 4.2 GB  400,000 lines/s  log time 2016-11-14 08:29:00  2 storms",
    ],
    [
      "of a pipe: no share, no time left",
      { ...half, bytesTotal: undefined },
      { elapsedMs: 10_000, storms: 1 },
      "2.1 GB  800,000 lines/s  log time 2016-11-14 08:29:00  1 storm",
    ],
    [
      "before anything was read",
      { ...nothing, bytesTotal: 100 },
      { elapsedMs: 10_000, storms: 0 },
      "0 %  0 B of 100 B  0 lines/s",
    ],
    ["of an empty file", nothing, { elapsedMs: 10_000, storms: 0 }, "0 B  0 lines/s"],
  ])("%s", (_name, progress, { elapsedMs, storms }, words) => {
    let now = AT;
    const terminal = keptTerminal({ nowMs: () => now });
    const line = createProgressLine({ terminal, timeZone: "UTC", storms: () => storms });
    now += elapsedMs;
    line.update(progress);
    expect(terminal.heard().err).toBe(`${words}\n`);
  });
});

describe("on standard error", () => {
  function shown(isTerminal: boolean, width = 100): { at: (ms: number) => void; clear: () => void; err: () => string } {
    let now = AT;
    const terminal = keptTerminal({ errIsTerminal: isTerminal, width, nowMs: () => now });
    const line = createProgressLine({ terminal, timeZone: "UTC", storms: () => 0 });
    return {
      at(ms) {
        now = AT + ms;
        line.update(half);
      },
      clear: line.clear,
      err: () => terminal.heard().err,
    };
  }

  test("of a terminal one line is written over and over, cut at its width, and taken away for other output", () => {
    const screen = shown(true, 20);
    for (const ms of [100, 200, 300, 399, 400]) screen.at(ms);
    expect(screen.err().split("\r")).toEqual(["", "\u001b[K50 %  2.1 GB of 4.2", "\u001b[K50 %  2.1 GB of 4.2"]);
    screen.clear();
    screen.clear();
    expect(screen.err().endsWith("4.2\r\u001b[K")).toBe(true);
  });

  test("elsewhere a plain line is added every ten seconds", () => {
    const file = shown(false);
    for (const ms of [5_000, 9_999, 10_000, 15_000, 20_000]) file.at(ms);
    file.clear();
    const lines = file.err().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[1]).toBe("50 %  2.1 GB of 4.2 GB  400,000 lines/s  log time 2016-11-14 08:29:00  20 s left");
    expect(file.err()).not.toContain("\r");
    expect(file.err()).not.toContain("\u001b");
  });
});
