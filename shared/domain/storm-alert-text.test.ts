import { stripVTControlCharacters } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasUnprintable } from "./printable-text.ts";
import { stormAlertText } from "./storm-alert-text.ts";
import type { StormAlert } from "./storm-alert.ts";

const plain = { timeZone: "Europe/London", color: false, width: 100 };
const at = (hours: number, minutes: number, seconds: number): number => Date.UTC(2016, 10, 14, hours, minutes, seconds);

const opened: StormAlert = {
  v: 1,
  type: "storm.opened",
  stormId: "q7Zk0hS1mJx0bq4n2WcGTA",
  revision: 1,
  site: "nhs",
  scope: "thread",
  scopes: ["thread"],
  threadKey: "1@croydon.example",
  list: "all-staff@nhs.example",
  subject: "Test",
  starter: "it@croydon.example",
  severity: "critical",
  startedAt: at(8, 29, 0),
  detectedAt: at(8, 31, 12),
  reasons: ["cascade", "pace"],
  evidence: {
    replyAlls: 3,
    distinctRepliers: 3,
    autoReplies: 2,
    audience: 840_000,
    repliesPerMinute: 0.6,
    deliveriesPerMinute: 12_000,
    deliveriesSoFar: 24_000,
    growthFactor: 3,
    score: 10.0243,
    steps: [
      {
        at: at(8, 31, 12),
        secondsSinceLast: 41,
        person: "anna@leeds.example",
        timing: 3.6,
        newcomer: 2.14,
        pause: -0.4,
        score: 10.0243,
      },
    ],
    firstMessageId: "1@croydon.example",
    messageIds: ["1@croydon.example"],
  },
  forecast: { minutes: 15, atLeast: 3_336_000 },
  advice: [
    {
      system: "postfix",
      text: "Delete the copies that are still queued on mx1.",
      command: "printf '%s\\n' 3tHqKz5Yz1z9Cx | postsuper -d -",
    },
    { system: "exim", text: "No command can be given for this address.", command: "" },
  ],
};

describe("the whole text", () => {
  test("a storm that opens", () => {
    expect(stormAlertText(opened, plain)).toBe(
      `storm.opened  CRITICAL  all-staff@nhs.example  08:31:12  3 reply-alls in 2 min, 840,000 recipients each

What happens
  list           all-staff@nhs.example
  subject        Test
  started by     it@croydon.example, 08:29:00 on 14 November 2016 (Europe/London)
  audience       840,000 recipients of every mail
  reply-alls     3 by 3 people, 0.6 a minute in the last 5 min; 2 automatic reply-alls apart
  deliveries     24,000 by 08:31, 12,000 a minute in the last 5 min
  still to come  at least 3,336,000 more: accepted, not yet delivered

What to do now
  postfix: Delete the copies that are still queued on mx1.
printf '%s\\n' 3tHqKz5Yz1z9Cx | postsuper -d -

  exim: No command can be given for this address.

Why squall says so
  cascade: people who had never written to this list answer faster than any talk: each answer draws
    the next
  pace: the answers come faster than ordinary talk, whoever writes them
  score 10.0: ordinary talk looks like this about once in 23,000 threads
    08:31:12 anna@leeds.example, 41 s after the last: +3.6; never wrote to this list: +2.1; expected
      in the pause: -0.4; score 10.0

Ids
  storm          q7Zk0hS1mJx0bq4n2WcGTA revision 1
  thread         1@croydon.example
  first mail     <1@croydon.example>
`,
    );
  });

  test("a storm that is over", () => {
    const evidence = { ...opened.evidence, replyAlls: 345, distinctRepliers: 301, deliveriesSoFar: 289_800_000 };
    const over: StormAlert = { ...opened, type: "storm.resolved", revision: 9, resolvedAt: at(10, 15, 0), evidence };
    expect(stormAlertText(over, plain)).toBe(
      `storm.resolved  CRITICAL  all-staff@nhs.example  10:15:00  calm again after 1 h 46 min: 345 reply-alls, 289,800,000 deliveries

What happened
  list           all-staff@nhs.example
  subject        Test
  started by     it@croydon.example, 08:29:00 on 14 November 2016 (Europe/London)
  audience       840,000 recipients of every mail
  reply-alls     345 by 301 people; 2 automatic reply-alls apart
  deliveries     289,800,000

Ids
  storm          q7Zk0hS1mJx0bq4n2WcGTA revision 9
  thread         1@croydon.example
  first mail     <1@croydon.example>
`,
    );
  });
});

describe("what each type says", () => {
  const watch: StormAlert = { ...opened, type: "storm.watch", severity: "watch", reasons: ["near"] };
  const updated: StormAlert = {
    ...opened,
    type: "storm.updated",
    evidence: { ...opened.evidence, replyAlls: 12, growthFactor: 4 },
  };
  const firstLine = (alert: StormAlert): string => stormAlertText(alert, plain).split("\n")[0] ?? "";

  test.each<[string, StormAlert, string]>([
    ["opened", opened, "storm.opened  CRITICAL  all-staff@nhs.example  08:31:12  3 reply-alls in 2 min, 840,000"],
    ["updated", updated, "storm.updated  CRITICAL  all-staff@nhs.example  08:31:12  12 reply-alls in 2 min, 840,000"],
    ["watch", watch, "storm.watch  WATCH  all-staff@nhs.example  08:31:12  3 reply-alls in 2 min"],
    [
      "a first mail to an open list",
      { ...watch, reasons: ["open-list"], evidence: { ...opened.evidence, replyAlls: 0, autoReplies: 0 } },
      "storm.watch  WATCH  all-staff@nhs.example  08:31:12  a mail to 840,000 recipients",
    ],
    [
      "machines answering",
      { ...opened, reasons: ["automatic"], evidence: { ...opened.evidence, replyAlls: 0, autoReplies: 21 } },
      "storm.opened  CRITICAL  all-staff@nhs.example  08:31:12  21 automatic reply-alls in 2 min",
    ],
  ])("%s", (_name, alert, begin) => {
    expect(firstLine(alert).startsWith(begin)).toBe(true);
  });

  test.each(["storm.watch", "storm.opened", "storm.updated", "storm.resolved"] as const)(
    "%s says no word twice, of a site that is called site neither, and no number as -0",
    (type) => {
      const evidence = { ...opened.evidence, score: -0.01, repliesPerMinute: -0.01 };
      const text = stormAlertText({ ...opened, type, site: "site", resolvedAt: opened.detectedAt, evidence }, plain);
      expect(text).not.toMatch(/\b([a-z]+) \1\b/iu);
      expect(text).not.toMatch(/-0(?:\.0+)?(?![.\d])/u);
    },
  );

  test("a thread without a list is named by its subject, else by its key", () => {
    const { list: _list, ...without } = opened;
    expect(firstLine(without)).toContain("  Test  ");
    const { subject: _subject, starter: _starter, ...bare } = without;
    expect(firstLine(bare)).toContain("  1@croydon.example  ");
    expect(stormAlertText(bare, plain)).toContain("started by     somebody unknown, 08:29:00");
  });

  test("deliveries are said to be counted up to the last minute that ended, on the reader's clock", () => {
    const late = { ...opened, detectedAt: at(8, 33, 59) + 999 };
    expect(stormAlertText(late, plain)).toContain("24,000 by 08:33, ");
    expect(stormAlertText({ ...opened, detectedAt: at(8, 33, 0) }, plain)).toContain("24,000 by 08:33, ");
    expect(stormAlertText(late, { ...plain, timeZone: "Asia/Kathmandu" })).toContain("24,000 by 14:18, ");
  });

  test("watch, updated and resolved are shorter than opened and give no commands", () => {
    for (const alert of [watch, updated, { ...opened, type: "storm.resolved" as const }]) {
      const text = stormAlertText(alert, plain);
      expect(text.length).toBeLessThan(stormAlertText(opened, plain).length);
      expect(text).not.toContain("postsuper");
    }
    expect(stormAlertText(updated, plain)).toContain(
      "0.6 a minute in the last 5 min; in 15 min 4 times those of the 15 before",
    );
  });
});

test("advice is shown for the systems that are wanted, in the alert's order", () => {
  const shown = stormAlertText(opened, { ...plain, advice: ["exim", "mailman"] });
  expect(shown).toContain("What to do now\n  exim: ");
  expect(shown).not.toContain("postfix");
  expect(stormAlertText(opened, { ...plain, advice: ["mailman"] })).not.toContain("What to do now");
});

describe("what a log can put into it", () => {
  const evil = "\u001B]0;owned\u0007\u001B[2J\u202Ecod.exe\r\nstorm.resolved  fake\u0000\u009B1m";
  const hostile: StormAlert = {
    ...opened,
    list: evil,
    subject: evil,
    starter: evil,
    threadKey: evil,
    stormId: evil,
    evidence: {
      ...opened.evidence,
      firstMessageId: evil,
      steps: opened.evidence.steps.map((step) => ({ ...step, person: evil })),
    },
    advice: [{ system: "postfix", text: evil, command: `rm -rf /tmp/x ${evil}` }],
  };

  test("no control character or bidi override reaches the terminal", () => {
    const text = stormAlertText(hostile, plain);
    for (const line of text.split("\n")) expect(hasUnprintable(line)).toBe(false);
    expect(text.split("\n").filter((line) => line.startsWith("storm.resolved"))).toEqual([]);
  });

  test("a command that was tampered with is left out", () => {
    const text = stormAlertText(hostile, plain);
    expect(text).not.toContain("rm -rf");
    expect(text).toContain("The command is left out");
  });

  test("whatever the texts are, the first line begins with the type and no line is forged", () => {
    const anyText = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(anyText, anyText, (list, subject) => {
        const lines = stormAlertText({ ...opened, list, subject, advice: [] }, plain).split("\n");
        expect(lines[0]?.startsWith("storm.opened  CRITICAL  ")).toBe(true);
        expect(lines).toHaveLength(stormAlertText({ ...opened, advice: [] }, plain).split("\n").length);
      }),
      { seed: 4 },
    );
  });
});

describe("the form", () => {
  test("commands stand alone on their lines, whole, whatever the width", () => {
    const command = `printf '%s\\n' ${"3tHqKz5Yz1z9Cx ".repeat(20)}| postsuper -d -\nsecond --line`;
    const alert: StormAlert = { ...opened, advice: [{ system: "postfix", text: "Two lines.", command }] };
    for (const color of [true, false]) {
      const lines = stormAlertText(alert, { ...plain, color, width: 60 }).split("\n");
      for (const line of command.split("\n")) expect(lines).toContain(line);
    }
  });

  test("prose keeps within the width", () => {
    const lines = stormAlertText({ ...opened, advice: [] }, { ...plain, width: 60 }).split("\n");
    const why = lines.slice(lines.indexOf("Why squall says so"), lines.indexOf("Ids"));
    expect(why.length).toBeGreaterThan(6);
    for (const line of why) expect(line.length).toBeLessThanOrEqual(60);
  });

  test("colour changes no word, and the first line still begins with the type", () => {
    const painted = stormAlertText(opened, { ...plain, color: true });
    expect(painted).toContain("\u001B[1;31mCRITICAL\u001B[0m");
    expect(painted.startsWith("storm.opened  ")).toBe(true);
    expect(stripVTControlCharacters(painted)).toBe(stormAlertText(opened, plain));
    expect(stormAlertText(opened, plain)).not.toContain("\u001B");
  });
});
