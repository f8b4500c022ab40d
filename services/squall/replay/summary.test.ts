import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { WrittenMail } from "../../../test/e2e/postfix-writer.ts";
import { writtenLog } from "../../../test/e2e/postfix-writer.ts";
import { replayHere } from "../../../test/e2e/replay-here.ts";
import { ROOT } from "../../../test/e2e/squall-process.ts";
import { loadConfiguration } from "../configuration.ts";
import { lossLines } from "./losses.ts";
import type { ReplayResult } from "./replay.ts";
import { replay } from "./replay.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-summary-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SMALL_STORM = join(ROOT, "test/testdata/postfix/small-storm.log");

let logs = 0;

/** The summary of a log, as lines. */
async function summaryOf(lines: readonly string[]): Promise<string[]> {
  logs += 1;
  const path = join(folder, `${logs}.log`);
  writeFileSync(path, lines.length === 0 ? "" : `${lines.join("\n")}\n`);
  return (await replayHere([path], { minSeverity: "warning" })).err.trimEnd().split("\n");
}

const AT = Date.UTC(2016, 10, 14, 9);
const toList = { list: "ward-7@example.org", audience: 40, deliveries: 40 };
const quiet: readonly WrittenMail[] = [
  { at: AT, messageId: "1@example.org", login: "anna@example.org", ...toList },
  { at: AT + 600_000, messageId: "2@example.org", login: "bert@example.org", ...toList },
  {
    at: AT + 700_000,
    messageId: "3@example.org",
    login: "anna@example.org",
    list: "bert@example.org",
    audience: 1,
    deliveries: 1,
  },
];
const withHeaders = quiet.map((mail, n) => ({
  ...mail,
  headers: {
    From: `<${mail.login ?? ""}>`,
    Subject: n === 0 ? "Rota" : "Re: Rota",
    ...(n === 0 ? {} : { "In-Reply-To": "<1@example.org>" }),
  },
}));

const EVENTS = ["anna", "bert", "cleo"]
  .map((name, n) =>
    JSON.stringify({
      v: 1,
      at: `2016-11-14T09:0${n}:00Z`,
      messageId: `${n}@example.org`,
      from: `${name}@example.org`,
      recipients: 40,
      lists: ["ward-7@example.org"],
    }),
  )
  .join("\n");

describe("the summary", () => {
  test("of a quiet log: what was read, which lists there are, what is missing", async () => {
    const rubbish = [
      "Lorem ipsum",
      "2016-11-14T09:30:00.000Z mx1 sshd[1]: Accepted publickey",
      "2016-11-14T09:31:00.000Z mx1 postfix/smtpd[2]: connect from a[192.0.2.1]",
    ];
    expect((await summaryOf([...writtenLog(quiet), ...rubbish])).join("\n")).toMatchInlineSnapshot(`
      "
      read       93 lines (19.8 kB) in 0.0 s, 0 a second
                 log time 2016-11-14 09:00:00 to 2016-11-14 09:31:00 (UTC), 31 min
                 90 recognised, 2 of other programs or of no interest, 1 rejected
                 rejected not-recognised: 1 line, of no known format
      mail       3 mails accepted, 3 messages, 2 of them to 20 people or more, in 2 threads
      storms     none, 0 watches
      lists      ward-7@example.org: audience 40, 2 messages, 0 of them reply-alls tied to a thread, without history
      nearest    no thread was answered to all
      headers    0 % of 2 messages to 20 people or more have header lines in the log, 0 % name their thread
                 Without them threads are known only by their list, and people only by login or envelope sender. To log them, add to
                 main.cf:
      header_checks = pcre:/etc/postfix/squall_header_checks
      mime_header_checks =
      nested_header_checks =
                 /etc/postfix/squall_header_checks:
      /^(From|Reply-To|Subject|In-Reply-To|References|Thread-Index|Auto-Submitted|List-Id|Precedence|X-Autoreply|X-Autorespond):/ INFO
                 then: postfix reload   (Debian needs the package postfix-pcre)"
    `);
  });

  test("of a log with header lines names subjects and gives no advice on them", async () => {
    const summary = await summaryOf(writtenLog(withHeaders));
    expect(summary.slice(5).join("\n")).toMatchInlineSnapshot(`
      "storms     none, 0 watches
      lists      ward-7@example.org: audience 40, 2 messages, 1 of them a reply-all tied to a thread, without history
      nearest    1. 0 % of the way: "Rota" on ward-7@example.org, 2016-11-14 09:00:00
                    1 person in an hour answered all; a storm needs at least 3
      headers    100 % of 2 messages to 20 people or more have header lines in the log, 50 % name their thread"
    `);
  });

  test("of a thread that was too small to page says what that would have taken", async () => {
    const wide = { list: "ward-7@example.org", audience: 1_200, deliveries: 30 };
    const mails = ["anna", "bert", "cleo", "dora"].map((name, n) => ({
      at: AT + n * 40_000,
      messageId: `${n + 1}@example.org`,
      login: `${name}@example.org`,
      headers: { From: `<${name}@example.org>`, Subject: "Rota", "In-Reply-To": n === 0 ? "" : "<1@example.org>" },
      ...wide,
    }));
    expect((await summaryOf(writtenLog(mails))).join("\n")).toMatch(
      /nearest {4}1\. \d+ % of the way: "Rota" .*\n.*at 1,200 recipients that is 7,200 of the 10,000 deliveries that page/,
    );
  });

  test("of a log in which no message reached many says that headers were not judged", async () => {
    const summary = await summaryOf(writtenLog(quiet.slice(2)));
    expect(summary).toContain("headers    not judged: no message reached 20 people");
    expect(summary.join("\n")).not.toContain("nearest");
  });

  test("of a storm log", async () => {
    const { err } = await replayHere([SMALL_STORM]);
    await expect(err).toMatchFileSnapshot(join(ROOT, "test/testdata/postfix/small-storm.summary.txt"));
  });

  test("of alerts below the chosen severity says that they are there", async () => {
    const { err } = await replayHere([SMALL_STORM], { minSeverity: "critical" });
    expect(err).toMatch(/^ {11}2 alerts below the chosen severity not shown \(--min-severity watch shows all\)$/m);
  });

  test("of an empty log, and of one that is no mail log", async () => {
    expect(await summaryOf([])).toContain("           The input is empty.");
    const foreign = await summaryOf(["Lorem ipsum", "dolor sit amet"]);
    expect(foreign).toContain(
      "           No line of a mail log that squall knows was found. It reads Postfix logs (syslog files, journalctl -o short-iso",
    );
    expect(foreign).toContain("           rejected not-recognised: 2 lines, of no known format");
  });

  test("of an input that the chosen format knows nothing of says that the choice may be why", async () => {
    const path = join(folder, "events.ndjson");
    writeFileSync(path, EVENTS);
    const { err } = await replayHere([path], { format: "postfix" });
    expect(err).toContain(
      "           --format postfix may be why: without it squall tells each input's format by itself.\n",
    );
    expect((await replayHere([path], { format: "postfix", quiet: true })).err).toBe(
      "squall: no line of a mail log that squall knows was found (--format postfix may be why)\n",
    );
    expect((await replayHere([path], { format: "mail-events" })).err).not.toContain("--format");
    expect((await replayHere([path])).err).not.toContain("--format");
  });

  test("is left out when it is not wanted", async () => {
    expect((await replayHere([SMALL_STORM], { quiet: true })).err).toBe("");
  });
});

/** They begin at the margin, to be pasted. */
const SETTINGS = [
  "header_checks = pcre:/etc/postfix/squall_header_checks",
  "mime_header_checks =",
  "nested_header_checks =",
  "/^(From|Reply-To|Subject|In-Reply-To|References|Thread-Index|Auto-Submitted|List-Id|Precedence|X-Autoreply|X-Autorespond):/ INFO",
];

describe("how to log header lines is told", () => {
  test.each([
    ["when no mail has any", writtenLog(quiet), true],
    ["not when mails have them", writtenLog(withHeaders), false],
    ["not when one of many has them", writtenLog([...withHeaders.slice(0, 1), ...quiet.slice(1)]), false],
    ["not when no mail reached many", writtenLog(quiet.slice(2)), false],
    ["not of an empty log", [], false],
    ["not of rubbish", ["Lorem ipsum"], false],
  ])("%s", async (_name, lines, told) => {
    const summary = await summaryOf(lines);
    expect(SETTINGS.map((setting) => summary.includes(setting))).toEqual(SETTINGS.map(() => told));
  });
});

describe("of MailEvents", () => {
  test("without hints says which fields to give, and nothing of Postfix", async () => {
    const summary = await summaryOf(EVENTS.split("\n"));
    expect(summary.slice(-3).join("\n")).toMatchInlineSnapshot(`
      "headers    0 % of 3 messages to 20 people or more have hints or a subject, 0 % name their thread
                 Without them threads are known only by their list. Give each MailEvent its hints (references, inReplyTo) or its
                 subject: see the schema mail-event.schema.json."
    `);
    expect(SETTINGS.filter((setting) => summary.includes(setting))).toEqual([]);
  });

  test("with a subject gives no advice", async () => {
    const summary = await summaryOf(EVENTS.replaceAll(',"from"', ',"subject":"Re: Rota","from"').split("\n"));
    expect(summary.at(-1)).toBe(
      "headers    100 % of 3 messages to 20 people or more have hints or a subject, 0 % name their thread",
    );
  });
});

describe("what was lost", () => {
  test("is told by name, the ordinary left out", async () => {
    const { assembler, survey } = await emptyResult();
    const result = {
      assembler: { ...assembler, incomplete: 1_234, evictedForRoom: 3, releasedEarly: 4 },
      survey: { ...survey, counters: { ...survey.counters, events: 99, messagesForgotten: 50, listsEvicted: 5 } },
    };
    expect(lossLines(result)).toEqual([
      "dropped    1,234 queue ids were never seen to be accepted (refused mail, or mail from before the log begins)",
      "           7 mails were let go early for want of room (more queued at once than the limit)",
      "           5 lists were forgotten early for want of room and have no history again",
    ]);
  });

  test("is not mentioned when nothing was", async () => {
    expect(lossLines(await emptyResult())).toEqual([]);
  });
});

/** Of a replay that was given nothing. */
async function emptyResult(): Promise<ReplayResult> {
  return replay({
    inputs: [],
    format: "auto",
    config: await loadConfiguration({ emitWindows: false }, {}),
    signal: new AbortController().signal,
    nowMs: () => 0,
    onAlert: () => undefined,
    onWindow: () => undefined,
    onRejected: () => undefined,
    onProgress: () => undefined,
  });
}
