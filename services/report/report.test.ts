// The two forms of the report, whatever stands in the log.

import { readFileSync } from "node:fs";
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { hasUnprintable } from "../../shared/domain/printable-text.ts";
import { reportPage } from "./html/report-page.ts";
import { REPORT_STYLE } from "./html/report-style.ts";
import { incidentFromAccount } from "./incident-from-account.ts";
import { reportMarkdown } from "./markdown/report-markdown.ts";
import type { ReportDocument } from "./report-document.ts";
import { incidentReport, type ReportReading } from "./report.ts";
import { account, at, type MessageRow, opening } from "../../test/support/storm-account.ts";

const READING: ReportReading = {
  timeZone: "Europe/London",
  withPeople: true,
  from: at(-9),
  until: at(120),
  lines: 1000,
  recognised: 900,
  mails: 50,
  messages: 40,
  fanOutMessages: 7,
  threads: 3,
  watches: 0,
  notShown: 0,
  nearest: [],
  faults: [],
};
const ROWS: readonly MessageRow[] = [
  { minute: 0, delivered: { 0: 2500 } },
  { minute: 1, delivered: { 1: 2500 } },
  { minute: 2, delivered: { 3: 2500 } },
  { minute: 4, delivered: { 4: 2500 } },
];

/** One storm with a text in every place where a log has a say. */
function reportWith(text: string, change: Partial<ReportReading> = {}): ReportDocument {
  const named = { list: text, subject: text, starter: text, threadKey: text, site: text };
  const rows = ROWS.map((row) => ({ ...row, person: text, lists: [text], threadKey: text }));
  const told = opening(2, named);
  const step = { at: at(1), secondsSinceLast: 60, timing: 3, newcomer: 0, pause: 0, score: 3, person: text };
  const alert = { ...told, evidence: { ...told.evidence, steps: [step] } };
  const storm = account(rows, { ...named, lists: [{ address: text, audience: 2500 }] });
  const alerts = { opening: alert, alerts: { shown: [alert], more: 0 } };
  return incidentReport([incidentFromAccount(storm, alerts)], { ...READING, ...change });
}

function calmWith(text: string): ReportDocument {
  const nearest = { threadKey: text, list: text, subject: text, startedAt: at(0), replyAlls: 2, audience: 300 };
  return incidentReport([], { ...READING, nearest: [{ ...nearest, closeness: 0.4, why: "2 people" }], faults: [text] });
}

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='x",
  "</style><script>",
  "]]>&lt;b&gt;&amp;",
  "a|b|c\n# heading\n- item\n\n```\n| - |\r\n> quote",
  "**bold** _it_ `code` ~~no~~ [link](javascript:x) ![i](http://192.0.2.1/x) $x$",
  "https://192.0.2.1/steal www.example.org mailto:bob@example.org @all #12",
  "\u202Egnp.exe\u2066 \u200B\u0000\u001B[31m\u0085\u2028",
];
const hostile = oneof(
  constantFrom(...HOSTILE),
  string({ unit: "binary" }),
  array(constantFrom(...HOSTILE.flatMap((text) => text.split(""))), { maxLength: 60 }).map((all) => all.join("")),
);
const RUNS = { seed: 20_161_114, numRuns: 150 };

/** The page without the texts: its elements with their attributes' names. */
const elementsOf = (page: string): string[] =>
  Array.from(page.matchAll(/<(\/?[a-z0-9]+)((?:\s[^<>]*)?)>/gi), ([, name, attributes]) =>
    [name, ...Array.from((attributes ?? "").matchAll(/([a-z-]+)="[^"]*"/gi), ([, attribute]) => attribute)].join(" "),
  );

describe("no text of a log becomes a part of the report", () => {
  const harmless = [reportWith("harmless"), calmWith("harmless")];

  test("HTML has the same elements whatever the texts are, and none that acts", () => {
    const expected = harmless.map((report) => elementsOf(reportPage(report)));
    expect(expected.flat().join("\n")).not.toMatch(
      /^(?:script|img|iframe|object|link|form)\b|\bon[a-z]+|\bstyle\b(?!\n)/mu,
    );
    assert(
      property(hostile, (text) => {
        const pages = [reportWith(text), calmWith(text)].map(reportPage);
        expect(pages.map(elementsOf)).toEqual(expected);
        for (const page of pages) {
          expect(page.split("\n").some(hasUnprintable)).toBe(false);
          expect(page.replace(/<style>[^<]*<\/style>/u, "")).not.toMatch(/(?:href|src)="(?!#)/u);
        }
      }),
      RUNS,
    );
  });

  test("Markdown has the same lines and cells, and nothing in it is markup, a link or HTML", () => {
    const skeleton = (report: ReportDocument): string[] =>
      reportMarkdown(report)
        .split("\n")
        .map((line) => `${/^(?:#+ |- |\||\*)?/u.exec(line)?.[0] ?? ""}${line.match(/(?<!\\)\|/gu)?.length ?? 0}`);
    const expected = harmless.map(skeleton);
    assert(
      property(hostile, (text) => {
        const reports = [reportWith(text), calmWith(text)];
        expect(reports.map(skeleton)).toEqual(expected);
        for (const markdown of reports.map(reportMarkdown)) {
          const withoutCode = markdown.replaceAll(/\\[\\`]/gu, "").replaceAll(/`[^`\s|<>]+`/gu, "");
          expect(withoutCode).not.toMatch(/[<>]|(?<!\\)[`[\]~$]|@|:\/\/|www\.|#\d/iu);
          expect(markdown).not.toMatch(/&(?!(?:amp|lt|gt);)/u);
          expect(markdown.split("\n").some(hasUnprintable)).toBe(false);
        }
      }),
      RUNS,
    );
  });
});

describe("a report without people", () => {
  const reading = { ...READING, withPeople: false };
  const forms = (report: ReportDocument): string[] => [reportPage(report), reportMarkdown(report)];

  test("names nobody and quotes nobody, wherever the log has a say; its list stands", () => {
    const texts = ["subject", "starter", "thread", "person", "message", "answer"].map((name) => `${name}-of-the-log`);
    const [subject = "", starter = "", threadKey = "", person = "", messageId = "", answerer = ""] = texts;
    const told = opening(2, { subject, starter, threadKey });
    const step = { at: at(1), secondsSinceLast: 60, timing: 3, newcomer: 0, pause: 0, score: 3, person };
    const evidence = { ...told.evidence, steps: [step], firstMessageId: messageId, messageIds: [messageId] };
    const alert = { ...told, evidence };
    const rows = ROWS.map((row, index) => ({ ...row, threadKey, person: index === 2 ? answerer : person }));
    const alerts = { opening: alert, alerts: { shown: [alert], more: 0 } };
    const nearest = { threadKey, subject, list: "near@example.org", startedAt: at(0), replyAlls: 2, audience: 300 };
    const calm = { ...READING, nearest: [{ ...nearest, closeness: 0.4, why: "2 people" }] };
    const { list: _list, ...unnamed } = account(rows, { starter, subject, threadKey });
    for (const storm of [account(rows, { starter, subject, threadKey }), unnamed]) {
      const incident = incidentFromAccount(storm, alerts);
      for (const form of forms(incidentReport([incident], READING))) expect(form).toContain(person);
      for (const form of forms(incidentReport([incident], reading))) {
        expect(texts.filter((text) => form.includes(text))).toEqual([]);
        expect(form).toContain("all@example.org");
        expect(form).toContain("People have numbers");
      }
    }
    for (const form of forms(incidentReport([], calm))) expect(form).toContain(subject);
    for (const form of forms(incidentReport([], { ...calm, withPeople: false }))) {
      expect(texts.filter((text) => form.includes(text))).toEqual([]);
      expect(form).toContain("near@example.org");
    }
  });

  test("numbers people in order of time, the starter first, the same everywhere", () => {
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const rows = ["zoe", "yan", "xia", "yan"].map((person, minute) => ({ minute, person }));
    const storm = incidentFromAccount(account(rows, { starter: "zoe" }), alerts);
    const report = reportMarkdown(incidentReport([storm], reading));
    expect(report).toContain("first mail, by person 1, to");
    expect(report).toContain("first answer to all, by person 2 |");
    expect(report).toContain("| person 2 | 08:30:00 | 2 |\n| person 3 | 08:31:00 | 1 |\n");
  });
});

describe("the page", () => {
  const page = reportPage(reportWith("all@example.org"));

  test("lets nothing in but its own style sheet", () => {
    expect(/Content-Security-Policy" content="([^"]+)"/u.exec(page)?.[1]).toMatch(
      /^default-src &#39;none&#39;; style-src &#39;sha256-[\w+/]{43}=&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;$/u,
    );
  });

  test("has a title and words for every plot, and names nothing twice", () => {
    const ids = Array.from(page.matchAll(/ id="([^"]+)"/gu), ([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = Array.from(
      page.matchAll(/aria-labelledby="([^"]+)"/gu),
      ([, names]) => names?.split(" ") ?? [],
    ).flat();
    expect(named.length).toBe(12);
    expect(named.filter((name) => !ids.includes(name))).toEqual([]);
  });

  test("has the colours of the live page", () => {
    const live = readFileSync(new URL("../console/page/style.css", import.meta.url), "utf8");
    const coloursOf = (css: string): Map<string, string>[] =>
      [...css.matchAll(/:root \{([^}]*)\}/gu)]
        .slice(0, 2)
        .map(
          ([, block = ""]) =>
            new Map(Array.from(block.matchAll(/(--[a-z]+): (#\w+);/gu), ([, name = "", value = ""]) => [name, value])),
        );
    const [light, dark] = coloursOf(live);
    const ours = coloursOf(REPORT_STYLE);
    const names = [
      "--ground",
      "--panel",
      "--text",
      "--faint",
      "--line",
      "--calm",
      "--watch",
      "--replies",
      "--deliveries",
    ];
    for (const [index, theirs] of [light, dark].entries()) {
      expect(names.map((name) => ours[index]?.get(name))).toEqual(names.map((name) => theirs?.get(name)));
    }
  });
});

describe("what it says", () => {
  const text = (report: ReportDocument): string => reportMarkdown(report);

  test("of a storm that goes on, that figures are at least so large", () => {
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 3 } };
    const { calmAt: _calmAt, ...open } = account(ROWS);
    const report = text(incidentReport([incidentFromAccount(open, alerts, { notKept: 2 })], READING));
    expect(report).toContain("from 08:29, still going at the end of the log (Europe/London): so far 3 people answered");
    expect(report).toContain("at least 2,500 deliveries (25 % so far) would have been averted");
    expect(report).toContain("had it been stopped ten minutes later, none so far, since no mail came after that.");
    expect(report).toContain("| averted | 25 % so far | at least 2,500 deliveries,");
    expect(report).toContain("3 later alerts of squall left out");
    expect(report).toContain("Left out of all figures: 2 mails of it that could not be kept.");
  });

  test("of a storm over midnight, on which days", () => {
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const rows = [...ROWS, { minute: 1000, delivered: { 1000: 2500 } }];
    const report = text(incidentReport([incidentFromAccount(account(rows, { calmAt: at(1030) }), alerts)], READING));
    expect(report).toContain(
      "`all@example.org`, from 23 Nov 2026, 08:29 to 24 Nov 2026, 01:09 (Europe/London): 4 people",
    );
    expect(report).toContain("Reply-alls every 5 min");
    expect(report).toContain("| **23 Nov, 08:30** | **3** |");
  });

  test.each<[string, MessageRow, number]>([
    ["the last delivery", { minute: 905, delivered: { 905: 2400, 951: 100 } }, 904],
    ["a delivery behind the rows", { minute: 905, delivered: { 905: 2499, 3000: 1 } }, 904],
    ["the end of its last minute", { minute: 930 }, 904],
    ["a stop ten minutes after the alert", { minute: 905 }, 923],
  ])("of a storm that %s alone puts past midnight, on which days too", (_name, row, alertMinute) => {
    const told = opening(alertMinute);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const before = ROWS.map(({ minute }) => ({ minute: minute + 900 }));
    const storm = account([...before, row], { startedAt: at(900), calmAt: at(930) });
    const reading = { ...READING, until: at(2000) };
    const report = text(incidentReport([incidentFromAccount(storm, alerts)], reading)).replace(/^Read: .*$/mu, "");
    expect(report.match(/\b2[3-5] Nov(?: 2026)?, \d\d:\d\d/gu)?.length).toBeGreaterThan(10);
    expect(report.match(/.*(?<!\bNov(?: 2026)?, |:)\b\d\d:\d\d/gu)).toBe(null);
  });

  test("of each stop, what became of every delivery: by then, still, averted", () => {
    const told = opening(2.5);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const rows = [...ROWS, { minute: 20, delivered: { 20: 40, 21: 2460 } }];
    const report = text(incidentReport([incidentFromAccount(account(rows), alerts)], READING));
    expect(report).toContain("| **5,000** | **2,500** | **5,000** | **40 %** |");
    expect(report).toContain(
      "| 10 minutes after squall's alert | 08:41:30 | 12 min 30 s | 3 | 10,000 | 0 | 2,500 | 20 % |",
    );
    expect(report).toContain("Each row adds up to all 12,500 deliveries.");
    expect(report).not.toContain("Deliveries are known by the minute.");
  });

  test("of a stop within the first minute, that nobody knows how many came before it", () => {
    const told = opening(0.5);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const report = text(incidentReport([incidentFromAccount(account(ROWS), alerts)], READING));
    expect(report).toContain("| **0 to 2,500** | **0 to 2,500** | **7,500** | **75 %** |");
    expect(report).toContain("30 s after the first mail, after at most 2,500 deliveries.");
    expect(report).toContain("Deliveries are known by the minute.");
  });

  test("of what squall told, until when it had counted; and that it was calm for a while", () => {
    const told = opening(2.5);
    const evidence = { ...told.evidence, deliveriesSoFar: 5000 };
    const more = [
      opening(3.5, { type: "storm.updated", evidence }),
      opening(33, { type: "storm.resolved", resolvedAt: at(33) }),
      opening(60, { type: "storm.resolved", resolvedAt: at(60) }),
    ];
    const alerts = { opening: told, alerts: { shown: [told, ...more], more: 0 } };
    const report = text(incidentReport([incidentFromAccount(account(ROWS), alerts)], READING));
    expect(report).toMatch(/^\| 08:32:30 \| squall tells that it goes on, .*, 5,000 deliveries by 08:32 \|$/mu);
    expect(report.match(/^.*\bcalm\b.*\|$/gmu)).toEqual([
      "| 09:02:00 | squall tells that it is calm; it went on later |",
      "| 09:29:00 | calm: nobody new has answered for a while |",
    ]);
  });

  test.each<[string, MessageRow[], string, string]>([
    ["nothing", [], "| 09:29:00 | calm: nobody new has answered for a while |", "counts too, for 2 h;"],
    [
      "two answers",
      [{ minute: 60.1 }, { minute: 75 }],
      "| 09:29:00 | calm: nobody new has answered for a while; 2 reply-alls came after that |\n| 09:44:00 | the last reply-all |",
      "counts too (2 reply-alls), for 2 h;",
    ],
    [
      "a word of who began it",
      [{ minute: 75, role: "other" }],
      "| 09:29:00 | calm: nobody new has answered for a while; 1 mail came after that |",
      "counts too, for 2 h;",
    ],
  ])("of %s after its calm, that it came, and that it counts", (_name, late, row, note) => {
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const report = text(incidentReport([incidentFromAccount(account([...ROWS, ...late]), alerts)], READING));
    expect(report).toContain(row);
    expect(report).toContain(`It counts as calm from 09:29 on. What came in its threads after that ${note}`);
  });

  test.each([
    [
      "before squall's alert",
      13,
      ["Microsoft 365's default rule", "squall's alert", "10 minutes after squall's alert"],
    ],
    ["between the two", 5, ["squall's alert", "Microsoft 365's default rule", "10 minutes after squall's alert"]],
    ["never", undefined, ["squall's alert", "10 minutes after squall's alert", "Microsoft 365's default rule"]],
  ])("of stops, in order of time: Microsoft's rule acts %s", (_name, alertMinute, names) => {
    const told = opening(alertMinute ?? 2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const minutes = alertMinute === undefined ? [1, 2, 3, 30] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30];
    const storm = incidentFromAccount(account([0, ...minutes].map((minute) => ({ minute }))), alerts);
    const report = text(incidentReport([storm], READING));
    const stops = report
      .split("\n")
      .flatMap((line) => /^\| \**(.*?)\** \| .*\b(?:never|min)\b.*%\**/u.exec(line)?.[1] ?? []);
    expect(stops).toEqual(names);
  });

  test("of answers that Microsoft's rule does not count, that it counts others", () => {
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const replies = Array.from({ length: 12 }, (_, index) => ({
      minute: index,
      ...(index === 1 ? { threadKey: "2@example.org", answersThread: false } : {}),
    }));
    const report = text(incidentReport([incidentFromAccount(account(replies), alerts)], READING));
    expect(report).toContain("at 08:40:00, at the tenth reply-all it counts.");
    expect(report).toMatch(/^\| Microsoft 365's default rule .*\| 08:40:00 \| 11 min \| 11 \|/mu);
  });

  test("of a stop after the end of the log, nothing; of one after the last mail, that none came later", () => {
    const told = opening(2);
    const incident = incidentFromAccount(account(ROWS), { opening: told, alerts: { shown: [told], more: 0 } });
    const ended = text(incidentReport([incident], { ...READING, until: at(11.9) }));
    expect(text(incidentReport([incident], { ...READING, until: at(4.5) }))).toContain(
      "| 08:33:30 | the last delivery of its mails, by the minute |",
    );
    expect(ended).toContain("| 10 minutes after squall's alert | after the end of the log |  |  |  |  |  |  |");
    expect(ended).toContain("would have been averted; ten minutes later is after the end of the log.");
    const whole = text(incidentReport([incident], { ...READING, until: at(12) }));
    expect(whole).toContain(
      "| 10 minutes after squall's alert (no mail came later) | 08:41:00 | 12 min | 3 | 10,000 | 0 | 0 | 0 % |",
    );
    expect(whole).toContain("had it been stopped ten minutes later, none, since no mail came after that.");
  });

  test("of a log without deliveries, how many were addressed", () => {
    const rows = ROWS.map(({ minute }) => ({ minute }));
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const report = text(incidentReport([incidentFromAccount(account(rows), alerts)], READING));
    expect(report).toContain("3 people answered to all, 4 mails addressed 10,000 times to 2,500 recipients.");
    const other = incidentFromAccount(account(rows, { audience: 2600 }), alerts);
    const both = text(incidentReport([other, other], READING));
    expect(both).toContain("| 3 | 0 | 25 % |");
    expect(both).toContain("| people it reaches | 2,600 | as squall knows it; the largest mail had 2,500 recipients |");
    expect(report).toContain(
      "1 mail to 2,500 recipients (25 %) would not have gone out; the log tells of no deliveries",
    );
    expect(report).not.toContain("Deliveries a minute");
  });

  test("of machines, that nobody answered", () => {
    const rows = ROWS.map((row, index) => (index === 0 ? row : { ...row, role: "automatic" as const }));
    const told = opening(2, { reasons: ["automatic"] });
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const report = text(incidentReport([incidentFromAccount(account(rows), alerts)], READING));
    expect(report).toContain("to 08:33 (Europe/London): 3 automatic mails, 10,000 deliveries");
    expect(report).toContain("would have alerted after 2 automatic mails");
    expect(report).not.toContain("## Who answered");
  });

  test("of several storms, first which there were", () => {
    const told = opening(2);
    const alerts = { opening: told, alerts: { shown: [told], more: 0 } };
    const incidents = ["a@example.org", "b@example.org"].map((list) =>
      incidentFromAccount(account(ROWS, { list }), alerts),
    );
    const report = incidentReport(incidents, { ...READING, notShown: 1 });
    expect(report.title).toBe("2 reply-all storms");
    const [contents] = report.blocks;
    expect(contents).toMatchObject({
      kind: "table",
      rows: [
        { cells: ["a@example.org", "23 Nov 2026, 08:29", "3", "10,000", "25 %"], target: "storm-1" },
        { cells: ["b@example.org", "23 Nov 2026, 08:29", "3", "10,000", "25 %"], target: "storm-2" },
      ],
      notes: ["1 smaller storm left out."],
    });
    const page = reportPage(report);
    for (const target of ["storm-1", "storm-2"]) {
      expect(page).toContain(`<a href="#${target}">`);
      expect(page).toContain(`<h2 id="${target}"`);
    }
  });

  test.each<[string, Partial<ReportReading>, string]>([
    ["no storm", {}, "squall found no reply-all storm in 40 messages."],
    ["nothing that it could read", { recognised: 0, threads: 0 }, "so this says nothing about the mail"],
    ["no mail to many", { threads: 0 }, "No mail reached 20 people or more."],
    ["nothing near", {}, "No thread was answered to all."],
    ["watches", { watches: 2 }, "It watched 2 threads or lists for a while."],
    ["a file that broke", { faults: ["Not read to its end: mail.log."] }, "Not read to its end: mail.log."],
    ["no stamp", { from: undefined, until: undefined }, "Read: 1,000 lines, none with a time."],
    ["days", { until: at(2 * 1440) }, "23 Nov 2026, 08:20 to 25 Nov 2026, 08:29"],
  ])("of a log with %s", (_name, change, words) => {
    const report = incidentReport([], { ...READING, ...change });
    expect([report.title, report.mood]).toEqual(["No reply-all storm", "calm"]);
    expect(text(report)).toContain(words);
  });

  test("of what came nearest, how far it was from a storm", () => {
    expect(text(calmWith("Lunch"))).toContain("| Lunch | Lunch | 23 Nov 2026, 08:29 | 300 | 2 | 40 % | 2 people |");
  });
});
