// Logs of sound lines that name ever new things: mails that are never finished, hosts, lists, threads, a clock that
// is months ahead. The bounds are set low, so that a log of a few seconds goes far beyond them; memory stays flat from there.

import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./log-lines.ts";
import { squall } from "./squall-process.ts";

const MB = 1_000_000;
const PEAK_BYTES_MAX = 450 * MB;
/** What the collector leaves lying about differs from run to run; twice the lines held would be more. */
const PEAK_GROWTH_BYTES_MAX = 64 * MB;
/** Where there is room the collector waits, and peaks of one run and the next are 50 MB apart: given little, what is held is what shows. */
const ENV = { NODE_OPTIONS: "--max-old-space-size=192" };
const SLOW_MS = 120_000;
const START_AT = Date.UTC(2016, 10, 14);
const DAY_MS = 86_400_000;

const folder = temporaryFolder();
const config = join(folder, "bounds.yaml");
const BOUNDS = {
  messagesMax: 5_000,
  fanOutsMax: 1_000,
  queueIdsMax: 5_000,
  threadsMax: 500,
  threadIdsMax: 5_000,
  listsMax: 200,
  knownPersonsMax: 5_000,
  loginsMax: 1_000,
  stormsMax: 50,
  windowsMax: 2_000,
};
const bounds = Object.entries(BOUNDS).map(([name, value]) => `    ${name}: ${value}\n`);
writeFileSync(config, `detector:\n  bounds:\n${bounds.join("")}`);

interface Said {
  readonly at: number;
  readonly host?: string;
  readonly text: string;
}

interface Mail {
  readonly at: number;
  readonly host?: string;
  readonly list?: string;
  readonly login?: string;
  readonly recipients: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const queueId = (n: number): string => (0x10_0000_0000 + n * 7_919).toString(16).toUpperCase();

/** A mail from its first line to its last. */
function mail(
  n: number,
  { at, host = "mx1", list = "all@example.org", login = "anna@example.org", ...rest }: Mail,
): Said[] {
  const id = queueId(n);
  const envelope = `from pc[192.0.2.7]; from=<${login}> to=<${list}> proto=ESMTP helo=<pc>`;
  const headers = Object.entries(rest.headers ?? {});
  const delivery = `to=<reader${n % 100}@example.org>, orig_to=<${list}>, relay=store[198.51.100.1]:24, delay=1, delays=0/0/0/1`;
  return [
    `smtpd[201]: ${id}: client=pc[192.0.2.7], sasl_method=PLAIN, sasl_username=${login}`,
    `cleanup[301]: ${id}: message-id=<${n}@example.org>`,
    ...headers.map(([name, value]) => `cleanup[301]: ${id}: info: header ${name}: ${value} ${envelope}`),
    `qmgr[101]: ${id}: from=<${login}>, size=2143, nrcpt=${rest.recipients} (queue active)`,
    `lmtp[401]: ${id}: ${delivery}, dsn=2.0.0, status=sent (250 2.0.0 Ok)`,
    `qmgr[101]: ${id}: removed`,
  ].map((text) => ({ at, host, text }));
}

const unfinished = (n: number, at: number, host = "mx1"): Said => ({
  at,
  host,
  text: `smtpd[201]: ${queueId(n)}: client=pc[192.0.2.7]`,
});

/** Writes the lines of things 0, 1, 2 … and what `squall replay` took for them at most, bytes. */
async function peakOf(name: string, count: number, said: (n: number) => readonly Said[]): Promise<number> {
  const file = join(folder, name);
  writeFileSync(file, "");
  for (let n = 0; n < count;) {
    let text = "";
    for (; n < count && text.length < 256 * 1024; n += 1) {
      for (const line of said(n))
        text += `${new Date(line.at).toISOString()} ${line.host ?? "mx1"} postfix/${line.text}\n`;
    }
    appendFileSync(file, text);
  }
  const { code, err, peakBytes } = await squall(["replay", "--config", config, file], { env: ENV });
  expect({ code, rejected: /rejected [a-z-]+:.*/.exec(err)?.[0] }).toEqual({ code: 0, rejected: undefined });
  return peakBytes;
}

describe("memory stays flat on sound lines", () => {
  test.each<[string, number, (n: number) => readonly Said[]]>([
    ["mails that are never finished", 100_000, (n) => [unfinished(n, START_AT + n * 50)]],
    [
      "mails of thousands of hosts",
      20_000,
      (n) => mail(n, { at: START_AT + n * 50, host: `mx${n % 5_000}`, recipients: 1 }),
    ],
    [
      "a new list with every mail",
      25_000,
      (n) => mail(n, { at: START_AT + n * 1_000, list: `list${n}@example.org`, recipients: 25 }),
    ],
    [
      "a new thread with every mail",
      25_000,
      (n) => mail(n, { at: START_AT + n * 1_000, recipients: 25, headers: { Subject: `Question ${n}` } }),
    ],
    [
      "a host that is months ahead of another",
      200_000,
      (n) => [unfinished(n, START_AT + n * 1_000), unfinished(n, START_AT + 90 * DAY_MS + n * 1_000, "mx2")],
    ],
  ])("%s", { timeout: SLOW_MS }, async (name, count, said) => {
    const small = await peakOf(name, count, said);
    const large = await peakOf(name, count * 2, said);
    expect(large).toBeLessThan(PEAK_BYTES_MAX);
    expect(large - small).toBeLessThan(PEAK_GROWTH_BYTES_MAX);
  });
});
