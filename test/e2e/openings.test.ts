// Raw log lines in, the moment a storm opens out: through the whole of `squall replay`, with default settings.

import { describe, expect, test } from "vitest";
import { collect } from "../support/simulated-log.ts";
import { linesOf, temporaryFolder, writeLog } from "./log-lines.ts";
import type { WrittenMail } from "./postfix-writer.ts";
import { replyHeaders, writtenLog } from "./postfix-writer.ts";
import { replayHere } from "./replay-here.ts";

const folder = temporaryFolder();
const LIST = "all-staff@example.org";
const FIRST_ID = "first.1@example.org";
const FIRST_AT = Date.UTC(2016, 10, 14, 8, 29);

interface Opening {
  readonly type: string;
  readonly scope: string;
  readonly list?: string;
  readonly severity: string;
  readonly reasons: readonly string[];
  readonly detectedAt: string;
  readonly evidence: { readonly replyAlls: number; readonly audience: number; readonly distinctRepliers: number };
}

async function alertsOf(lines: readonly string[]): Promise<Opening[]> {
  const { code, out } = await replayHere([writeLog(folder, "written.log", lines)]);
  expect(code).toBe(0);
  const told = out.split("\n").filter((line) => line !== "");
  return told.map((line) => JSON.parse(line) as Opening);
}

const opened = (alerts: readonly Opening[]): Opening[] => alerts.filter(({ type }) => type === "storm.opened");

interface Storm {
  readonly audience: number;
  /** Seconds between one mail and the next. */
  readonly gaps: readonly number[];
  readonly headers: boolean;
  readonly subject?: (reply: number) => string;
}

/** A first mail and a reply after each gap, each by somebody else. */
function stormMails({ audience, gaps, headers, subject }: Storm): WrittenMail[] {
  let at = FIRST_AT;
  const first = { From: "<starter@example.org>", Subject: "Test" };
  const mails: WrittenMail[] = [
    {
      at,
      messageId: FIRST_ID,
      list: LIST,
      audience,
      login: "starter@example.org",
      ...(headers ? { headers: first } : {}),
    },
  ];
  for (const [n, gap] of gaps.entries()) {
    at += gap * 1000;
    const login = `person${n + 1}@example.org`;
    const written = replyHeaders(login, subject?.(n + 1) ?? "Re: Test", FIRST_ID);
    const reply = { at, messageId: `reply.${n + 1}@example.org`, list: LIST, audience, login };
    mails.push(headers ? { ...reply, headers: written } : reply);
  }
  return mails;
}

const every = (seconds: number, replies: number): number[] => Array.from({ length: replies }, () => seconds);

describe("a list without history opens at the latest", () => {
  test("of 840,000, answers at the pace of the NHS: at its 3rd reply-all", async () => {
    const [opening, ...more] = opened(
      await alertsOf(writtenLog(stormMails({ audience: 840_000, gaps: [95, 70, 41, 33, 30, 20], headers: true }))),
    );
    expect(opening).toMatchObject({ list: LIST, severity: "critical", evidence: { audience: 840_000 } });
    expect(opening?.evidence.replyAlls).toBe(3);
    expect(opening?.reasons).toEqual(["pace"]);
    expect(more).toEqual([]);
  });

  test("of 25,000, a reply every 220 s: at its 5th", async () => {
    const alerts = await alertsOf(writtenLog(stormMails({ audience: 25_000, gaps: every(220, 9), headers: true })));
    expect(opened(alerts).map(({ evidence }) => evidence.replyAlls)).toEqual([5]);
    // A first mail to that many on a list that nobody has written to yet is worth a look before any reply.
    expect(alerts[0]).toMatchObject({ type: "storm.watch", reasons: ["open-list"], evidence: { replyAlls: 0 } });
  });

  test.each([
    ["no header lines at all, logins only", { headers: false }],
    ["header lines that tie nothing, the subject kept", { headers: true, untied: true }],
    [
      "header lines that tie nothing, the subject changed every time",
      { headers: true, untied: true, subject: (n: number) => `Thought ${n} of mine` },
    ],
  ])(
    "of 25,000, a reply a minute, %s: at its 4th",
    async (_name, { untied, ...how }: { headers: boolean; untied?: boolean; subject?: (n: number) => string }) => {
      const mails = stormMails({ audience: 25_000, gaps: every(60, 8), ...how });
      const [opening, ...more] = opened(await alertsOf(writtenLog(untied === true ? mails.map(withoutThread) : mails)));
      expect(opening?.list).toBe(LIST);
      expect(opening?.evidence.replyAlls).toBeLessThanOrEqual(4);
      expect(more).toEqual([]);
    },
  );
});

function withoutThread({ headers = {}, ...mail }: WrittenMail): WrittenMail {
  const { "In-Reply-To": _inReplyTo, References: _references, ...kept } = headers;
  return { ...mail, headers: kept };
}

describe("the simulated NHS storm, its audience of 840,000 in the log, opens at its 3rd reply-all at the latest", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("seed %i", async (seed) => {
    // 84 members are written, the queue manager's line says 840,000: the pace of the answers does not depend on it.
    const { log, truth } = collect({ scenario: "nhs-2016", seed, scale: 0.0001, until: 3000 });
    const lines = linesOf(log).map((line) => line.replace(" nrcpt=84 (queue active)", " nrcpt=840000 (queue active)"));
    const [opening, ...more] = opened(await alertsOf(lines));
    const [storm] = truth.storms;
    expect(opening?.list).toBe(storm?.list);
    expect(opening?.evidence.replyAlls).toBeLessThanOrEqual(3);
    expect(Date.parse(opening?.detectedAt ?? "")).toBeLessThanOrEqual(Date.parse(storm?.replyAllTimes[2] ?? "") + 1000);
    expect(more).toEqual([]);
  });
});

describe("the price gate", () => {
  test.each([
    [300, ["storm.watch"]],
    [25_000, ["storm.watch", "storm.opened"]],
  ])("a list of %i", async (audience, types) => {
    const alerts = await alertsOf(
      writtenLog(stormMails({ audience, gaps: [60, 40, 30, 30, 30, 30, 30, 30], headers: true })),
    );
    expect([...new Set(alerts.map(({ type }) => type))].filter((type) => type !== "storm.updated")).toEqual(types);
  });
});

describe("one sender with 10,000 forged replies opens nothing", () => {
  const flood = (who: (n: number) => Pick<WrittenMail, "login" | "sender" | "headers">): string[] => {
    const first: WrittenMail = {
      at: FIRST_AT,
      messageId: FIRST_ID,
      list: LIST,
      audience: 25_000,
      login: "starter@example.org",
      headers: { From: "<starter@example.org>", Subject: "Test" },
    };
    const forged = Array.from({ length: 10_000 }, (_, n): WrittenMail => ({
      at: FIRST_AT + 60_000 + n * 300,
      messageId: `forged.${n}@example.org`,
      list: LIST,
      audience: 25_000,
      deliveries: 1,
      ...who(n),
    }));
    return writtenLog([first, ...forged]);
  };
  const reply = (n: number): Readonly<Record<string, string>> =>
    replyHeaders(`victim${n}@example.org`, "Re: Test", FIRST_ID);

  test.each([
    ["one login, another From every time", (n: number) => ({ login: "crook@example.org", headers: reply(n) })],
    [
      "no login, one envelope sender, another From every time",
      (n: number) => ({ sender: "crook@elsewhere.example", headers: reply(n) }),
    ],
    [
      "one login, another envelope sender every time, no header lines",
      (n: number) => ({ login: "crook@example.org", sender: `victim${n}@example.org` }),
    ],
    [
      "one login, threads torn: another subject and no references",
      (n: number) => ({
        login: "crook@example.org",
        headers: { From: `<victim${n}@example.org>`, Subject: `Subject ${n}` },
      }),
    ],
  ])("%s", async (_name, who) => {
    expect(opened(await alertsOf(flood(who)))).toEqual([]);
  });
});
