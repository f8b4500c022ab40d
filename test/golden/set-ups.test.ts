// What a real Postfix logged of one storm in each set-up (test/set-ups, npm run record:set-ups) -> the alerts, held beside the logs.
// After a wanted change: vitest run test/golden/set-ups.test.ts --update, then read the difference.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { MEMBERS, SEED, SET_UPS } from "../set-ups/all-set-ups.ts";
import { stormConversation, type Truth } from "../set-ups/conversation.ts";
import { expectStorm } from "../set-ups/expected-storm.ts";
import type { SetUp } from "../set-ups/set-up.ts";
import { LOGGED_HEADERS } from "../support/real-postfix-config.ts";
import { temporaryFolder, writeLog } from "../e2e/log-lines.ts";
import { replayHere } from "../e2e/replay-here.ts";

const folder = temporaryFolder();
const FOLDER = join(import.meta.dirname, "../testdata/set-ups");

const logs = SET_UPS.flatMap((setUp) => ["", "-no-headers"].map((kind) => [`${setUp.name}${kind}`, setUp] as const));

function truthOf({ answers, tag }: SetUp): Truth {
  return stormConversation({ seed: SEED, members: MEMBERS, answers, tag, ordinaryMinutes: 1 }).truth;
}

test("each set-up is recorded with header lines and without, and nothing else", () => {
  const recorded = readdirSync(FOLDER).filter((name) => name.endsWith(".log.zst"));
  expect(recorded.toSorted()).toEqual(logs.map(([name]) => `${name}.log.zst`).toSorted());
});

const told = new Map<string, string>();

describe.each(logs)("%s", (name, setUp) => {
  const path = join(FOLDER, `${name}.log.zst`);

  test("gives one storm, the right list, each reply-all and the reach", async () => {
    const alerts = await expectStorm(path, truthOf(setUp));
    told.set(name, alerts.map(inShort).join(""));
  });

  test("names nobody who is real", () => {
    const log = zstdDecompressSync(readFileSync(path)).toString("latin1");
    expect(log.match(/\/tmp\/|\/home\/|\/var\//)).toBeNull();
    const addresses = new Set(
      Array.from(log.matchAll(/\[(\d+)\.(\d+)\.(\d+)\.\d+\]/g), ([, a, b, c]) => `${a}.${b}.${c}`),
    );
    const real = Array.from(addresses).filter((net) => !/^(?:10\.|127\.0\.0|192\.0\.2|198\.51\.100)/.test(net));
    expect(real).toEqual([]);
    const domains = new Set(Array.from(log.matchAll(/@([\w.-]+\.\w+)>/g), ([, domain = ""]) => domain));
    expect(Array.from(domains).filter((domain) => !/(?:^|\.)example\.(?:org|net)$/.test(domain))).toEqual([]);
  });
});

test("all alerts are those of their golden", async () => {
  const all = logs.map(([name]) => `${name}\n${told.get(name) ?? ""}`).join("\n");
  await expect(all).toMatchFileSnapshot(join(FOLDER, "alerts.golden.txt"));
});

describe("held for another three hours by the moderator", () => {
  const HELD_MS = 3 * 3_600_000;
  test.each<[string, number, number]>([
    ["virtual-alias", 15, 12],
    ["virtual-alias-no-headers", 15, 0],
    ["list-manager", 15, 12],
    // By now the first hop is forgotten, and the second names neither the list nor a person.
    ["list-manager-no-headers", 14, 0],
  ])("%s: %i messages to the list, %i of them tied to its thread", async (name, messages, replyAlls) => {
    const [, setUp] = logs.find(([known]) => known === name) ?? [];
    if (setUp === undefined) throw new Error("no such set-up");
    const from = stampOf(truthOf(setUp).releasedAt);
    const lines = zstdDecompressSync(readFileSync(join(FOLDER, `${name}.log.zst`)))
      .toString("latin1")
      .split("\n");
    const later = lines.map((line) =>
      line.slice(0, STAMP_CHARS) < from
        ? line
        : stampOf(Date.parse(`2016 ${line.slice(0, STAMP_CHARS)} UTC`) + HELD_MS) + line.slice(STAMP_CHARS),
    );
    const { err } = await replayHere([writeLog(folder, `${name}.log`, later.slice(0, -1))]);
    expect(err).toMatch(
      new RegExp(
        `all-staff@lists\\.example\\.org: audience [23],\\d+, ${messages} messages, ${replyAlls} of them reply-alls`,
      ),
    );
  });
});

test("the README and the page on set-ups show the header lines that were logged", () => {
  const root = join(import.meta.dirname, "../..");
  for (const page of ["README.md", "docs/postfix-set-ups.md"]) {
    expect(readFileSync(join(root, page), "utf8")).toContain(LOGGED_HEADERS);
  }
});

const STAMP_CHARS = "Nov 14 08:29:00".length;

function stampOf(at: number): string {
  return `Nov 14 ${new Date(at).toISOString().slice(11, 19)}`;
}

/** One line an alert: when, what, by which rule, and what was counted. */
function inShort({ type, severity, scopes, detectedAt, resolvedAt, reasons, evidence }: StormAlert): string {
  const at = new Date(resolvedAt ?? detectedAt).toISOString().slice(11, 19);
  const { replyAlls, distinctRepliers, autoReplies, audience, deliveriesSoFar } = evidence;
  return `  ${at} ${type} ${severity}, ${scopes.join(" and ")}, ${reasons.join(" ")}: ${replyAlls} reply-alls by ${distinctRepliers} people, ${autoReplies} automatic, audience ${audience}, ${deliveriesSoFar} deliveries\n`;
}
