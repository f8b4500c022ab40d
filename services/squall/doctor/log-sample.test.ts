import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../test/e2e/squall-process.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { defaultSquallConfig } from "../squall-defaults.ts";
import { sampleOf } from "./log-sample.ts";
import type { LogSample } from "./log-sample.ts";
import { formatFinding, headerFinding } from "./sample-check.ts";

const EXCHANGE = join(ROOT, "test/testdata/exchange");
const NOW = Date.UTC(2026, 10, 26, 12);

function sample(
  bytes: Buffer,
  { head = bytes, format = "auto" }: { head?: Buffer; format?: FormatName | "auto" } = {},
): LogSample {
  return sampleOf({ head, tail: bytes }, { format, timezone: "UTC", config: defaultSquallConfig, nowMs: NOW });
}

function postfixLog(name: string): Buffer {
  return readFileSync(join(ROOT, "test/testdata/postfix", name));
}

function shown(bytes: Buffer, options: { head?: Buffer; format?: FormatName | "auto" } = {}): string[] {
  const found = sample(bytes, options);
  return [formatFinding("x", found, options.format ?? "auto"), ...headerFinding("x", found)].map(
    ({ level, text }) => `${level}: ${text}`,
  );
}

test("Postfix with header lines", () => {
  const found = sample(postfixLog("small-storm.log"));
  expect(found).toMatchObject({
    format: "postfix",
    isWithoutZone: false,
    newestMs: Date.UTC(2016, 10, 14, 9, 59, 54, 907),
  });
  expect(found.mailsWithHeaders).toBe(found.mails);
  expect(shown(postfixLog("small-storm.log"))).toEqual([
    "ok: postfix: 100 % of the last 689 lines understood, 95 % tell of mail",
    "ok: header lines: 100 % of 63 mails have them",
  ]);
});

test("Postfix without header lines: the lines to add stand there as they are to be written", () => {
  const bytes = Buffer.from(
    postfixLog("small-storm.log")
      .toString()
      .split("\n")
      .filter((line) => !line.includes(": info: header "))
      .join("\n"),
  );
  const [finding] = headerFinding("x", sample(bytes));
  expect(finding).toMatchObject({ level: "warn", text: "header lines: 0 % of 63 mails have them" });
  expect(finding?.mend).toContain("header_checks = pcre:/etc/postfix/squall_header_checks");
  expect(finding?.mend?.some((line) => line.startsWith("/^(From|"))).toBe(true);
});

test("Exchange, from the middle of a file whose first lines say what its columns are", () => {
  const name = readdirSync(EXCHANGE).find((file) => file.endsWith(".log")) ?? "";
  const whole = readFileSync(join(EXCHANGE, name));
  const middle = whole.indexOf("\n", whole.length / 2) + 1;
  expect(sample(whole.subarray(middle), { head: whole }).format).toBe("exchange");
  expect(shown(whole.subarray(middle), { head: whole })[0]).toMatch(/^ok: exchange: 100 %/u);
});

test("MailEvents have hints, or none", () => {
  const events = [1, 2, 3, 4, 5, 6].map((n) =>
    JSON.stringify({
      v: 1,
      at: `2026-11-26T09:0${n}:00Z`,
      messageId: `${n}@example.org`,
      from: "anna@example.org",
      recipients: 30,
    }),
  );
  const found = sample(Buffer.from(`${events.join("\n")}\n`));
  expect(found).toMatchObject({ format: "mail-events", mails: 6, mailsWithHeaders: 0 });
  expect(headerFinding("x", found)[0]?.mend?.join(" ")).toContain("mail-event.schema.json");
});

test.each<[string, string, FormatName | "auto", string]>([
  [
    "another program's log",
    "Nov 26 11:00:00 mx sshd[1]: Accepted\n",
    "auto",
    "warn: none of the last 1 lines tells of mail; they are of other programs",
  ],
  ["no log at all", "hello\nworld\n", "auto", "fail: none of the last 2 lines tells of mail"],
  [
    "the wrong format",
    "Nov 26 11:00:00 mx postfix/qmgr[1]: 4XyZ1234zzz: removed\n",
    "exchange",
    "fail: none of the last 1 lines is of the format exchange",
  ],
])("%s", (_what, text, format, want) => {
  expect(shown(Buffer.from(text), { format })).toEqual([want]);
});

test("many rejected lines are told by their reasons; stamps without a zone are seen", () => {
  const good = "Nov 26 11:00:00 mx postfix/qmgr[1]: 4XyZ1234zzz: removed\n";
  const found = sample(Buffer.from(`${good.repeat(3)}Nov 31 11:00:00 mx postfix/qmgr[1]: 4XyZ1234zzz: removed\n`));
  expect(found).toMatchObject({ isWithoutZone: true, newestMs: Date.UTC(2026, 10, 26, 11) });
  expect(formatFinding("x", found, "auto")).toMatchObject({
    level: "warn",
    text: "postfix: 75 % of the last 4 lines understood, 75 % tell of mail",
    mend: ["Rejected: bad-stamp 1. See them: squall replay --dead-letter rejected.ndjson FILE"],
  });
});
