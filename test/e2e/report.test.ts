// The incident report of a replay: a golden of a small storm, what the command refuses before it reads, and the page of a large one in a
// real Chromium, on every screen and on paper.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { replayCommand } from "../../services/squall/commands/replay-command.ts";
import { reportFiles } from "../../services/squall/option-values.ts";
import { simulate } from "../../services/squall/simulate/simulation.ts";
import { axeFindings, openPage, SCREENS, startChromium } from "../support/real-chromium.ts";
import { temporaryFolder, writeLog } from "./log-lines.ts";
import { keptTerminal, replayHere } from "./replay-here.ts";
import { ROOT, squall } from "./squall-process.ts";

vi.setConfig({ testTimeout: 60_000 });
const folder = temporaryFolder();
const SMALL = join(ROOT, "test/testdata/postfix/small-storm.log");
const GOLDEN = join(ROOT, "test/testdata/postfix/small-storm.report.md");
const inFolder = (name: string): string => join(folder, name);
const MINUTE = 60_000;
/** The smallest with 2,500 recipients, and as long as it takes to storm. */
const SCALE = 0.003;
const UNTIL_SECONDS = 3600;
/** What is wider than the paper. */
const TOO_WIDE = `Array.from(document.querySelectorAll("main *"), (each) => each.getBoundingClientRect().right)
  .filter((right) => right > document.documentElement.clientWidth + 1)`;

const STARTED_AT = Date.UTC(2016, 10, 14, 8, 29);

/** MailEvents of a storm: a first mail and a reply a minute by others; each is delivered within its minute. */
function mails(list: string, replies: number, startedAt = STARTED_AT): string[] {
  return Array.from({ length: replies + 1 }, (_, index) => {
    const at = startedAt + index * MINUTE;
    return JSON.stringify({
      v: 1,
      at: new Date(at).toISOString(),
      messageId: `${index}.${list}`,
      from: `person${index}@example.org`,
      subject: index === 0 ? "Test" : "RE: Test",
      recipients: 5000,
      lists: [list],
      hints: index === 0 ? { references: [] } : { references: [`0.${list}`] },
      minutes: [{ start: new Date(at).toISOString(), delivered: 4000, deferred: 0, bounced: 0 }],
    });
  });
}

test("the Markdown of a small storm", async () => {
  const path = inFolder("small.md");
  const { code } = await replayHere([SMALL], { report: [path] });
  expect(code).toBe(0);
  await expect(readFileSync(path, "utf8")).toMatchFileSnapshot(GOLDEN);
});

test("the alerts are the same with a report, and the report is the same twice", async () => {
  const [one, other] = [inFolder("one.html"), inFolder("other.html")];
  const { out } = await replayHere([SMALL], { report: [one] });
  expect(out).toBe((await replayHere([SMALL], { report: [other] })).out);
  expect(out).toBe((await replayHere([SMALL])).out);
  expect(readFileSync(one, "utf8")).toBe(readFileSync(other, "utf8"));
});

test("a subject stands in it where subjects are allowed", async () => {
  const [path, config] = [inFolder("subjects.md"), inFolder("squall.yaml")];
  writeFileSync(config, "subjects: false\n");
  await replayHere([SMALL], { report: [path], config });
  expect(readFileSync(GOLDEN, "utf8")).toContain('subject "test"');
  expect(readFileSync(path, "utf8")).not.toContain("subject");
});

test("without people it names nobody of the log, in both forms; the list stands", async () => {
  const paths = [inFolder("nobody.html"), inFolder("nobody.md")];
  await replayHere([SMALL], { report: paths, reportWithoutPeople: true });
  const log = readFileSync(SMALL, "utf8");
  const list = "northmere-it-users@nhs.example";
  const found = [
    ...Array.from(log.matchAll(/[\w.+-]+@[\w.-]+\w/gu), ([address]) => address),
    ...Array.from(log.matchAll(/sasl_username=([^,\s]+)/gu), ([, login = ""]) => login),
    ...Array.from(log.matchAll(/header From: "([^"]+)"/gu), ([, name = ""]) => name),
    ...Array.from(log.matchAll(/message-id=<([^>]+)>/gu), ([, id = ""]) => id),
  ];
  const names = [...new Set(found)].filter((name) => name !== list);
  const parts = new Set(names.flatMap((name) => [name, name.split("@")[0] ?? name]));
  const usual = readFileSync(GOLDEN, "utf8");
  // The starter and 21 who answered by address and its first part, and the thread.
  expect([...parts].filter((name) => usual.includes(name)).length).toBeGreaterThanOrEqual(46);
  for (const path of paths) {
    const report = readFileSync(path, "utf8").replace(/<style>[^<]*<\/style>/u, "");
    expect([...parts].filter((name) => report.includes(name))).toEqual([]);
    expect(report).toContain(list);
    expect(report).not.toMatch(/subject "|\btest\b/u);
  }
});

test("without people it does not say either what an input that broke is called", async () => {
  const path = inFolder("broken.md");
  const input = inFolder("annas-mail.log.gz");
  writeFileSync(input, gzipSync(readFileSync(SMALL)).subarray(0, 9000));
  const { code } = await replayHere([SMALL, input], { report: [path], reportWithoutPeople: true });
  expect(code).toBe(1);
  expect(readFileSync(path, "utf8")).toContain("Not read to the end: 1 input.");
  expect(readFileSync(path, "utf8")).not.toContain("annas");
});

test("each file is written, and said, with how many storms are in it", async () => {
  const [one, two, three] = [inFolder("1.html"), inFolder("2.md"), inFolder("3.HTML")];
  const { err } = await replayHere([SMALL], { report: [one, two, three, one] });
  expect(err.split("\n").filter((line) => line.includes("written to"))).toEqual(
    [one, two, three].map((path) => `report     written to ${path}: 1 storm`),
  );
  expect([one, two, three].map((path) => readFileSync(path, "utf8").slice(0, 9))).toEqual([
    "<!doctype",
    "# Reply-a",
    "<!doctype",
  ]);
  const calm = writeLog(folder, "calm-too.ndjson", mails("a@example.org", 2));
  expect((await replayHere([calm], { report: [one] })).err).toContain(`report     written to ${one}: no storm\n`);
  expect((await replayHere([calm], { report: [one], quiet: true })).err).toBe("");
});

test("several storms: a section each, the greatest first; one that goes on counts at least", async () => {
  const path = inFolder("several.md");
  const later = STARTED_AT + 300 * MINUTE;
  const lines = [...mails("a@example.org", 12), ...mails("b@example.org", 20, later)];
  await replayHere([writeLog(folder, "several.ndjson", lines)], { report: [path] });
  const report = readFileSync(path, "utf8");
  expect(report).toMatch(/^# 2 reply-all storms$/mu);
  const sections = Array.from(report.matchAll(/^## (.*)$/gmu), ([, title]) => title);
  expect(sections).toEqual(["Storm on `b@example.org`", "Storm on `a@example.org`"]);
  expect(report).toContain("| `b@example.org` | 14 Nov 2016, 13:29 | 20 | 84,000 |");
  expect(report).toContain("from 13:29, still going at the end of the log (UTC): so far 20 people answered to all");
  expect(report).toContain(
    "from 08:29 to 08:41 (UTC): 12 people answered to all, 52,000 deliveries to 5,000 recipients",
  );
});

test("no storm: what was read, and how far the busiest thread was from one", async () => {
  const path = inFolder("calm.md");
  await replayHere([writeLog(folder, "calm.ndjson", mails("a@example.org", 2))], { report: [path] });
  const report = readFileSync(path, "utf8");
  expect(report).toContain("squall found no reply-all storm in 3 messages.");
  expect(report).toMatch(
    /^\| Test \| `a@example\.org` \| 14 Nov 2016, 08:29 \| 5,000 \| 2 \| \d+ % \| 2 people in an hour/mu,
  );
});

test("a reading that was interrupted says so, and tells what it found until then", async () => {
  const path = inFolder("interrupted.md");
  const input = writeLog(folder, "interrupted.ndjson", mails("a@example.org", 12));
  const terminal = keptTerminal({ signal: AbortSignal.abort("SIGINT") });
  const flags = { format: "auto", output: "text", minSeverity: "warning", report: reportFiles(path) } as const;
  expect(await replayCommand([input], flags, terminal)).toBe(130);
  expect(readFileSync(path, "utf8")).toContain(
    "The reading was interrupted: only a part of the log is in this report.",
  );
});

describe("what cannot be written is said before anything is read", () => {
  test.each([
    ["another ending", "report.pdf", "Its name must end in .html or .md."],
    ["no folder", "none/report.html", "none/report.html: no such folder"],
    ["a folder", ".", "Its name must end in .html or .md."],
  ])("%s", async (_name, name, words) => {
    const { code, err, out } = await squall(["replay", "--report", `${folder}/${name}`, "no-such.log"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("--report <file>");
    expect(err).toContain(words);
    expect(err).not.toContain("no-such.log");
  });

  test("no people in no report", async () => {
    const { code, err } = await squall(["replay", "--report-without-people", "no-such.log"]);
    expect([code, err.split("\n")[0]]).toEqual([2, "error: --report-without-people goes with --report"]);
  });

  test("an input in its place", async () => {
    const input = writeLog(folder, "input.md", mails("a@example.org", 1));
    const before = readFileSync(input, "utf8");
    await expect(replayHere([input], { report: [input] })).rejects.toThrow("is one of the inputs");
    expect(readFileSync(input, "utf8")).toBe(before);
  });
});

describe("the storm of 2016 as a page and on paper", () => {
  const [page, markdown] = [inFolder("nhs.html"), inFolder("nhs.md")];
  let browser: Browser | undefined;
  afterAll(async () => {
    await browser?.close();
  });
  beforeAll(async () => {
    const { code, err } = await squall(["replay", "-q", "--report", page, "--report", markdown, "-"], {
      input: simulate({ scenario: "nhs-2016", seed: 1, scale: SCALE, until: UNTIL_SECONDS }).chunks(),
    });
    if (code !== 0 || err !== "") throw new Error(`the replay ended with ${code}: ${err}`);
  });

  test("both files say when squall would have alerted, Microsoft's rule acted, and what a stop would have averted", () => {
    const report = readFileSync(markdown, "utf8");
    expect(report).toMatch(/squall would have alerted at the \w+ answer, at 08:3\d:\d\d/u);
    expect(report).toMatch(/Microsoft 365's default rule would have acted .* at the tenth reply-all/u);
    expect(report).toMatch(
      /at squall's alert, (?:at least )?[\d,]+ deliveries \(9\d(?:\.\d)? %(?: so far)?\) would have been averted/u,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test.for(Object.entries(SCREENS))(
    "axe finds nothing, nothing is asked for, nothing overhangs: %s",
    async ([name, screen], context) => {
      browser ??= await startChromium(context);
      const { page: shown, complaints } = await openPage(browser, pathToFileURL(page).href, screen);
      expect(await shown.locator("figure.plot > svg:visible").count()).toBe(3);
      expect(await shown.locator(`figure.plot > svg.${name === "phone" ? "narrow" : "wide"}:visible`).count()).toBe(3);
      expect(await shown.title()).toMatch(/^Reply-all storm: .* – squall incident report$/u);
      expect(Number(await shown.evaluate("document.documentElement.scrollWidth - innerWidth"))).toBeLessThanOrEqual(0);
      expect(await axeFindings(shown)).toEqual([]);
      expect(complaints).toEqual([]);
      await shown.close();
    },
  );

  test.for(["A4", "Letter"])(
    "printed on %s it has a few pages, and no table is wider than the paper",
    async (format, context) => {
      browser ??= await startChromium(context);
      const { page: shown, complaints } = await openPage(browser, pathToFileURL(page).href);
      const pdf = (await shown.pdf({ format })).toString("latin1");
      const pages = pdf.match(/\/Type\s*\/Page\b/gu)?.length ?? 0;
      expect(pages).toBeGreaterThan(2);
      expect(pages).toBeLessThan(12);
      await shown.emulateMedia({ media: "print" });
      await shown.setViewportSize({ width: 680, height: 900 });
      expect(await shown.evaluate(TOO_WIDE)).toEqual([]);
      expect(complaints).toEqual([]);
      await shown.close();
    },
  );
});
