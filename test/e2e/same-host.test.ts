// A host that takes a mail from itself and hands it on to itself once more: every reader counts once.

import { expect, test } from "vitest";
import { temporaryFolder, writeLog } from "./log-lines.ts";
import { replayHere } from "./replay-here.ts";

const folder = temporaryFolder();
const FIRST_AT = Date.UTC(2016, 10, 14, 8, 29);
const AUDIENCE = 3000;
const REPLIES = 6;
const GAP_MS = 40_000;

interface Opened {
  readonly type: string;
  readonly list?: string;
  readonly evidence: { readonly audience: number; readonly replyAlls: number };
  readonly detectedAt: string;
}

/** Takes the mail in, on the host itself. */
type Submission = (id: string, person: string) => string;

const submissions: readonly (readonly [string, Submission])[] = [
  ["by sendmail", (id, person) => `pickup[11]: ${id}: uid=1000 from=<${person}>`],
  [
    "by webmail",
    (id, person) => `smtpd[12]: ${id}: client=localhost[127.0.0.1], sasl_method=LOGIN, sasl_username=${person}`,
  ],
  [
    "from another machine",
    (id, person) => `submission/smtpd[13]: ${id}: client=pc[192.0.2.7], sasl_method=LOGIN, sasl_username=${person}`,
  ],
];

const TIMES = "delay=0.5, delays=0.1/0/0.2/0.2, dsn=2.0.0";

interface Route {
  readonly list: string;
  readonly submit: Submission;
  readonly chunks: number;
}

/** Through a filter on loopback that gives all recipients back in one queue id, or through a list manager that gives chunks, then a filter. */
function linesOf(number: number, { list, submit, chunks }: Route): string[] {
  const at = FIRST_AT + number * GAP_MS;
  const person = `person${number}@example.org`;
  const messageId = `message-id=<${number}@example.org>`;
  const lines: string[] = [];
  const write = (ms: number, text: string): void => {
    lines.push(`${new Date(at + ms).toISOString()} mx1 postfix/${text}`);
  };
  const enter = (id: string, ms: number, nrcpt: number): void => {
    write(ms, `cleanup[21]: ${id}: ${messageId}`);
    write(ms, `qmgr[22]: ${id}: from=<${person}>, size=900, nrcpt=${nrcpt} (queue active)`);
  };
  const leave = (id: string, ms: number, nrcpt: number, next: string | undefined): void => {
    const relay = next === undefined ? "mx.example.net[198.51.100.7]:25" : "127.0.0.1[127.0.0.1]:10024";
    const said =
      next === undefined
        ? "250 2.0.0 Ok"
        : `250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ${next}`;
    for (let reader = 0; reader < nrcpt; reader += 1) {
      write(
        ms,
        `smtp[23]: ${id}: to=<reader${reader}@example.net>, orig_to=<${list}>, relay=${relay}, ${TIMES}, status=sent (${said})`,
      );
    }
    write(ms, `qmgr[22]: ${id}: removed`);
  };
  const idOf = (step: number, chunk: number): string =>
    (0x10_0000 + number * 4096 + step * 256 + chunk).toString(16).toUpperCase();
  const first = idOf(0, 0);
  const nrcpt = AUDIENCE / chunks;
  write(0, submit(first, person));
  if (chunks === 1) enter(first, 0, AUDIENCE);
  else {
    enter(first, 0, 1);
    write(
      100,
      `local[24]: ${first}: to=<${list}>, relay=local, ${TIMES}, status=sent (delivered to command: /usr/lib/mailman post)`,
    );
    write(100, `qmgr[22]: ${first}: removed`);
  }
  if (chunks === 1) leave(first, 200, nrcpt, idOf(2, 0));
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const [before, after] = [idOf(1, chunk), idOf(2, chunk)];
    if (chunks > 1) {
      write(300, `smtpd[12]: ${before}: client=localhost[127.0.0.1]`);
      enter(before, 300, nrcpt);
      leave(before, 400, nrcpt, after);
    }
    write(500, `smtpd[12]: ${after}: client=localhost[127.0.0.1]`);
    enter(after, 500, nrcpt);
    leave(after, 600, nrcpt, undefined);
  }
  return lines;
}

/** The filter's log names readers beside the list: they sort behind the one and before the other. */
const lists = ["all-staff@example.org", "staff@example.org"];

test.each(
  submissions.flatMap(([name, submit]) =>
    lists.flatMap((list) => [1, 6].map((chunks) => [name, chunks, list, submit] as const)),
  ),
)("%s, in %i, to %s", async (_name, chunks, list, submit) => {
  const route = { list, submit, chunks };
  const lines = Array.from({ length: 1 + REPLIES }, (_, number) => linesOf(number, route)).flat();
  const { out, err } = await replayHere([writeLog(folder, "same-host.log", lines)]);
  const alerts = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Opened);
  const opened = alerts.filter(({ type }) => type === "storm.opened");
  expect(opened).toHaveLength(1);
  expect(opened[0]?.list).toBe(list);
  expect(opened[0]?.evidence.audience).toBe(AUDIENCE);
  expect(err).not.toContain("mails named more lists");
  expect(alerts.at(-1)?.evidence.replyAlls).toBe(REPLIES);
});
