import { describe, expect, test } from "vitest";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { keptTerminal } from "../../../test/e2e/replay-here.ts";
import { DemoScreen } from "./demo-screen.ts";

const MINUTE_MS = 60_000;
const AT = Date.UTC(2016, 10, 14, 8, 29);

function windowOf(minute: number, counts: Partial<ThreadWindow>): ThreadWindow {
  const windowStart = AT + minute * MINUTE_MS;
  return {
    v: 1,
    site: "site",
    scope: "list",
    key: "all@nhs.example",
    windowStart,
    windowEnd: windowStart + MINUTE_MS,
    final: false,
    replyAlls: 0,
    distinctRepliers: 0,
    automatic: 0,
    messages: 0,
    recipients: 0,
    deliveries: 0,
    audience: 840_000,
    score: 0,
    ...counts,
  };
}

function screen(color = false): { screen: DemoScreen; lines: () => string[] } {
  const terminal = keptTerminal({ color });
  return { screen: new DemoScreen(terminal, "Europe/London"), lines: () => terminal.heard().out.split("\n") };
}

describe("the rows", () => {
  test("come every ten seconds of the log, with a heading: reply-alls, deliveries, deliveries a second", () => {
    const { screen: shown, lines } = screen();
    shown.show(AT);
    shown.take(windowOf(0, { deliveries: 600_000 }));
    shown.show(AT + 9_999);
    shown.show(AT + 10_000);
    // A window is told again with more in it; lists that are no storm's do not count.
    shown.take(windowOf(0, { deliveries: 1_200_000, replyAlls: 2 }));
    shown.take(windowOf(0, { deliveries: 900, audience: 25, key: "team@nhs.example" }));
    shown.take(windowOf(0, { deliveries: 1_200_000, scope: "site" }));
    shown.show(AT + 20_000);
    expect(lines()).toEqual([
      "time       reply-alls   score     deliveries        a second",
      "08:29:00           0     0.0              0               0 ",
      "08:29:10           0     0.0        600,000          60,000 ██████████",
      "08:29:20           2     0.0      1,200,000          60,000 ██████████",
      "",
    ]);
  });

  test("have a bar that ends at its full width", () => {
    const { screen: shown, lines } = screen();
    shown.show(AT);
    shown.take(windowOf(0, { deliveries: 9_000_000 }));
    shown.show(AT + 10_000);
    expect(lines()[2]).toMatch(/ 900,000 █{20}$/);
  });

  test("are coloured only where colours are wanted", () => {
    const plain = screen();
    const coloured = screen(true);
    for (const { screen: shown } of [plain, coloured]) {
      shown.show(AT);
      shown.take(windowOf(0, { deliveries: 600_000 }));
      shown.show(AT + 10_000);
    }
    expect(plain.lines().join("\n")).not.toContain("\u001b");
    expect(coloured.lines()[2]).toContain("\u001b[31m██████████\u001b[0m");
  });

  test("have their heading again after 24 of them", () => {
    const { screen: shown, lines } = screen();
    for (let row = 0; row < 25; row += 1) shown.show(AT + row * 10_000);
    expect(lines().filter((line) => line.startsWith("time"))).toHaveLength(2);
  });
});

test("the closing words sum up what was made and what is queued", () => {
  const { screen: shown } = screen();
  shown.take(windowOf(0, { deliveries: 840_000 }));
  shown.take(windowOf(1, { deliveries: 160_000, replyAlls: 3 }));
  expect(shown.closing()).toContain("3 reply-alls so far, 1,000,000 deliveries made and 2,360,000 queued.");
});
