// What each set-up of Postfix makes of one mail to a list: read from the log as a postmaster would, queue id by queue id.

import { beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../../../test/support/simulated-log.ts";
import { SET_UP_NAMES, type SetUp } from "../set-up.ts";

const LIST = "northmere-it-users@nhs.example";
/** 1,008 members: three chunks of a list manager. The first mail and some answers. */
const STORM = { scenario: "nhs-2016", seed: 5, scale: 0.0012, until: 2100 } as const;

interface Hop {
  readonly host: string;
  readonly id: string;
  readonly lines: readonly string[];
  readonly sender: string;
  readonly nrcpt: number;
  /** Addresses of delivery lines that say sent. */
  readonly sent: readonly string[];
}

interface Told {
  /** Queue ids with the Message-ID of the storm's first mail, in order. */
  readonly hops: readonly Hop[];
  readonly audience: number;
}

function toldBy(setUp: SetUp): Told {
  const { log, truth } = collect({ ...STORM, setUp });
  const [storm] = truth.storms;
  const byId = new Map<string, string[]>();
  for (const line of log.toString("latin1").split("\n")) {
    const [, host = "", id = ""] = /^\S+ (\S+) postfix\/[\w/]+\[\d+\]: (\w{10,16}): /.exec(line) ?? [];
    if (id === "") continue;
    const key = `${host} ${id}`;
    byId.set(key, [...(byId.get(key) ?? []), line]);
  }
  const hops: Hop[] = [];
  for (const [key, lines] of byId) {
    if (!lines.some((line) => line.endsWith(`message-id=<${storm?.firstMessageId}>`))) continue;
    const [host = "", id = ""] = key.split(" ");
    const text = lines.join("\n");
    const [, sender = "", nrcpt = "0"] = /: from=<(.*?)>, size=\d+, nrcpt=(\d+) \(queue active\)/.exec(text) ?? [];
    const sent = [...text.matchAll(/: to=<(.*?)>.*status=sent/g)].map((match) => match[1] ?? "");
    hops.push({ host, id, lines, sender, nrcpt: Number(nrcpt), sent });
  }
  return { hops, audience: storm?.audience ?? 0 };
}

describe.each(SET_UP_NAMES)("%s", (setUp) => {
  let told: Told = { hops: [], audience: 0 };

  beforeAll(() => {
    told = toldBy(setUp);
  });

  test("everybody gets the mail once, but for a few that wait for another attempt or are full", () => {
    const last = told.hops.filter(({ sent }) => sent.every((address) => address !== LIST));
    const readers = last.filter(({ host }) => setUp !== "downstream" || host === "hub01").flatMap(({ sent }) => sent);
    expect(new Set(readers).size).toBe(readers.length);
    expect(readers.length).toBeGreaterThan(told.audience * 0.9);
    expect(readers.length).toBeLessThanOrEqual(told.audience);
  });

  test("the first queue id is the author's, with a login and header lines", () => {
    const [first] = told.hops;
    const text = first?.lines.join("\n") ?? "";
    expect(first?.host).toBe("mta01");
    expect(text).toContain(`sasl_username=${first?.sender}`);
    expect(text).toContain(": info: header Subject: ");
    expect(text).toContain(`to=<${LIST}> proto=ESMTP`);
  });
});

describe("how it is brought to the members", () => {
  test("a virtual alias: one queue id, orig_to on every delivery", () => {
    const { hops, audience } = toldBy("virtual-alias");
    expect(hops.map(({ nrcpt }) => nrcpt)).toEqual([audience]);
    const deliveries = hops[0]?.lines.filter((line) => line.includes(", status=")) ?? [];
    expect(deliveries.filter((line) => !line.includes(`, orig_to=<${LIST}>, relay=`))).toEqual([]);
  });

  test("an alias with :include: and an owner: local(8) forwards it, without login, header lines and orig_to", () => {
    const { hops, audience } = toldBy("include-alias");
    const [first, second, ...more] = hops;
    expect(more).toEqual([]);
    expect(first).toMatchObject({ nrcpt: 1, sent: [LIST] });
    expect(second).toMatchObject({ nrcpt: audience, sender: "owner-northmere-it-users@nhs.example" });
    const forwarded = new RegExp(
      `postfix/local\\[\\d+\\]: \\w+: to=<${LIST}>, relay=local, .*\\(forwarded as ${second?.id}\\)$`,
      "m",
    );
    expect(first?.lines.join("\n")).toMatch(forwarded);
    expect(second?.lines.filter((line) => /client=|info: header|orig_to=/.test(line))).toEqual([]);
  });

  test("a list manager: taken by LMTP, sent again from the loopback, 500 a queue id, with its own return path and List-Id", () => {
    const { hops, audience } = toldBy("list-manager");
    const [first, ...copies] = hops;
    expect(first).toMatchObject({ nrcpt: 1, sent: [LIST] });
    expect(first?.lines.join("\n")).toContain(`to=<${LIST}>, relay=127.0.0.1[127.0.0.1]:8024`);
    expect(copies.map(({ nrcpt }) => nrcpt)).toEqual([500, 500, audience - 1000]);
    for (const { host, sender, lines } of copies) {
      const text = lines.join("\n");
      expect({ host, sender }).toEqual({ host: "mta01", sender: "northmere-it-users-bounces@nhs.example" });
      expect(text).toContain(": client=localhost[127.0.0.1]\n");
      expect(text).toContain(": info: header List-Id: <northmere-it-users.nhs.example> from localhost[127.0.0.1]");
      expect(text).toContain(": info: header Subject: [northmere-it-users] ");
    }
  });

  test("VERP over a pool: a queue id a reader, under a return path that names the reader, on two servers", () => {
    const { hops, audience } = toldBy("verp-pool");
    const copies = hops.slice(1);
    expect(copies.length).toBe(audience);
    expect(new Set(copies.map(({ host }) => host))).toEqual(new Set(["out01", "out02"]));
    const wrong = copies.filter(
      ({ nrcpt, sender, sent }) =>
        nrcpt !== 1 ||
        (sent.length > 0 && sender !== `northmere-it-users-bounces+${sent[0]?.replace("@", "=")}@nhs.example`),
    );
    expect(wrong).toEqual([]);
  });

  test("a second Postfix: the first hands over 50 at a time and says under which id", () => {
    const { hops, audience } = toldBy("downstream");
    const [first, ...taken] = hops;
    expect(first).toMatchObject({ host: "mta01", nrcpt: audience });
    expect(taken.every(({ host, nrcpt }) => host === "hub01" && nrcpt <= 50)).toBe(true);
    expect(taken.reduce((sum, { nrcpt }) => sum + nrcpt, 0)).toBe(first?.sent.length);
    const text = first?.lines.join("\n") ?? "";
    const queuedAs = new Set(
      [...text.matchAll(/relay=hub01\.nhs\.example\[10\.40\.1\.20\]:25, .*queued as (\w+)\)/g)].map(
        (match) => match[1],
      ),
    );
    expect(queuedAs).toEqual(new Set(taken.map(({ id }) => id)));
  });

  test("a moderated list behind an alias waits in the hold queue; behind a list manager with the manager", () => {
    const held = { scenario: "moderated-list", seed: 1, scale: 0.01, until: 7200 } as const;
    const inQueue = collect({ ...held, setUp: "virtual-alias" }).log.toString("latin1");
    const [, id = "-"] = /postsuper\[\d+\]: (\w+): released from hold/.exec(inQueue) ?? [];
    const life = inQueue.split("\n").filter((line) => line.includes(`: ${id}: `));
    const active = life.findIndex((line) => line.endsWith("nrcpt=50 (queue active)"));
    expect(life.findIndex((line) => line.includes("released from hold"))).toBe(active - 1);
    expect(inQueue).toContain(": Recipient address triggers HOLD action; from=<");
    const atManager = collect({ ...held, setUp: "list-manager" }).log.toString("latin1");
    expect(atManager).not.toContain("released from hold");
    expect(
      atManager.match(/T10:5\S+ mta01 postfix\/qmgr\S+ \w+: from=<announcements-bounces@/g)?.length,
    ).toBeGreaterThan(7);
  });
});
