import { describe, expect, test } from "vitest";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { keptTerminal } from "../../../test/e2e/replay-here.ts";
import { stormAlert } from "../../../test/support/storm-alert.ts";
import { ConsoleState } from "../../console/console-state.ts";
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

  test("say no less than an alert has said, though the windows behind it come later; the page says the same then", () => {
    const { screen: shown, lines } = screen();
    const { evidence, ...alert } = stormAlert();
    const said = { ...evidence, audience: 840_000, replyAlls: 6, deliveriesSoFar: 5_100_000, score: 19 };
    const windows = [
      windowOf(0, { deliveries: 5_000_000, replyAlls: 5 }),
      windowOf(0, { scope: "thread", key: "t", list: "all@nhs.example", score: 15.8, replyAlls: 5 }),
    ];
    const state = new ConsoleState();
    for (const window of windows) {
      shown.take(window);
      state.addWindow(window);
    }
    const told = {
      ...alert,
      site: "site",
      list: "all@nhs.example",
      startedAt: AT,
      detectedAt: AT + 20_000,
      evidence: said,
    };
    shown.hear(told);
    shown.hear({ ...told, evidence: { ...said, audience: 25, replyAlls: 900 } });
    state.addAlert(told);
    shown.show(AT + 20_000);
    expect(lines()[1]).toBe("08:29:20           6    19.0      5,100,000               0 ");
    const [storm] = state.view({
      nowMs: AT + 20_000,
      timeZone: "UTC",
      health: [],
      isKnown: true,
      stormsShown: 1,
    }).storms;
    expect(storm).toMatchObject({ replyAlls: 6, deliveries: 5_100_000, score: 19 });
    // A later window has more.
    shown.take(windowOf(0, { deliveries: 6_000_000, replyAlls: 7 }));
    shown.show(AT + 30_000);
    expect(lines()[2]).toMatch(/^08:29:30 +7 +19\.0 +6,000,000 +90,000 /u);
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
