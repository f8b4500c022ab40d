import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { GroundTruth } from "./ground-truth.ts";
import { simulate, type SimulationOptions } from "./simulation.ts";
import { collect } from "../../../test/support/simulated-log.ts";
import type { ScenarioName } from "./scenarios.ts";

const SMALL: SimulationOptions = { scenario: "nhs-2016", seed: 11, scale: 0.0001 };

function hashOf(options: SimulationOptions): string {
  const hash = createHash("sha256");
  for (const chunk of simulate(options).chunks()) hash.update(chunk);
  return hash.digest("hex");
}

describe("one seed, one log", () => {
  test.each(["nhs-2016", "ordinary-day"] as const)("%s: the same bytes again, others from another seed", (scenario) => {
    const options = { ...SMALL, scenario, until: 7200 };
    expect(hashOf(options)).toBe(hashOf(options));
    expect(hashOf(options)).not.toBe(hashOf({ ...options, seed: 12 }));
  });

  test("a longer log begins with the shorter one", () => {
    const long = collect({ ...SMALL, until: 3000 }).log;
    const short = collect({ ...SMALL, until: 2400 }).log;
    expect(short.length).toBeGreaterThan(100_000);
    expect(long.subarray(0, short.length).equals(short)).toBe(true);
  });

  test("classic stamps are the same times without year, zone and fractions", () => {
    const classic = collect({ ...SMALL, until: 120, stamp: "rfc3164" })
      .log.toString("latin1")
      .trimEnd()
      .split("\n");
    const full = collect({ ...SMALL, until: 120 })
      .log.toString("latin1")
      .trimEnd()
      .split("\n");
    expect(classic).toEqual(full.map((line) => `Nov 14 ${line.slice(11, 19)}${line.slice(32)}`));
  });

  test("a list manager sends the mail again, under its message id, to every member", () => {
    const { log, truth } = collect({ scenario: "ordinary-day", seed: 3, scale: 0.01, until: 11 * 3600 });
    const text = log.toString("latin1");
    const id =
      /: (\S+): to=<dev@lists\.nhs\.example>, relay=127\.0\.0\.1\[127\.0\.0\.1\]:8024, /.exec(text)?.[1] ?? "-";
    const messageId = new RegExp(`: ${id}: message-id=<(.*)>`).exec(text)?.[1] ?? "-";
    const copies = text.split("\n").flatMap((line) => {
      const [, copy] = /: (\S+): message-id=<(.*)>$/.exec(line) ?? [];
      return copy !== undefined && copy !== id && line.endsWith(`<${messageId}>`) ? [copy] : [];
    });
    const sent = copies.map((copy) =>
      Number(new RegExp(`: ${copy}: from=<dev-bounces@.*nrcpt=(\\d+) `).exec(text)?.[1]),
    );
    expect(sent.reduce((sum, each) => sum + each, 0)).toBe(
      truth.lists.find((list) => list.address.startsWith("dev@"))?.members,
    );
    expect(text).toContain("info: header List-Id: <dev.lists.nhs.example> from localhost[127.0.0.1]");
  });

  test("stamps and header lines change how it is written, not what happens", () => {
    const plain = collect(SMALL).truth;
    expect(collect({ ...SMALL, stamp: "rfc3164" }).truth).toEqual(plain);
    const bare = collect({ ...SMALL, headers: false });
    expect(bare.truth.storms).toEqual(plain.storms);
    expect(bare.log.includes("info: header")).toBe(false);
  });
});

describe.each([
  ["nhs-2016", 0.0001],
  ["ordinary-day", 0.01],
] as const)("the log of %s", (scenario: ScenarioName, scale) => {
  let lines: string[] = [];
  let truth: GroundTruth;

  beforeAll(() => {
    const result = collect({ scenario, seed: 5, scale, ...(scenario === "ordinary-day" ? { until: 39_600 } : {}) });
    lines = result.log.toString("latin1").trimEnd().split("\n");
    truth = result.truth;
  });

  test("has the lines it says it has, with stamps that never go back", () => {
    expect(lines.length).toBe(truth.lines);
    const stamps = lines.map((line) => line.slice(0, 26));
    const faults = stamps.filter(
      (stamp, n) => stamp < (stamps[n - 1] ?? "") || !/^2016-11-\d\dT\d\d:\d\d:\d\d\.\d{6}$/.test(stamp),
    );
    expect(faults).toEqual([]);
  });

  test("counts deliveries as the truth does", () => {
    const count = (word: string): number => lines.filter((line) => line.includes(`, status=${word} (`)).length;
    expect({ sent: count("sent"), deferred: count("deferred"), bounced: count("bounced") }).toEqual(truth.deliveries);
    const accepted = new Map<string, number>();
    for (const line of lines) {
      const match = / (\S+): from=<.*>, size=\d+, nrcpt=(\d+) \(queue active\)$/.exec(line);
      if (match) accepted.set(match[1] ?? "", Number(match[2]));
    }
    const recipients = [...accepted.values()].reduce((sum, each) => sum + each, 0);
    // Mails taken in at the very end have no queue manager line yet.
    expect(truth.recipients - recipients).toBeLessThan(2000);
    expect(truth.recipients).toBe(truth.deliveries.sent + truth.deliveries.bounced + truth.undelivered);
    expect(Object.values(truth.traffic).reduce((sum, each) => sum + each, 0)).toBe(truth.mails);
    expect(Math.abs(truth.mails - accepted.size)).toBeLessThan(5);
  });

  test("tells each mail's life in order, and everybody gets it once", () => {
    const removed = livesOf(lines).filter((life) => life.steps.at(-1) === "removed");
    expect(removed.length).toBeGreaterThan(truth.mails / 2);
    const faults = removed.filter(
      (life) =>
        !/^(client |pickup )?(header )*id (header )*active ((delivered |deferred )+(notified )?active )*(delivered |deferred )*(notified )?removed$/.test(
          life.steps.join(" "),
        ),
    );
    expect(faults).toEqual([]);
    expect(removed.filter((life) => life.delivered !== life.recipients)).toEqual([]);
  });

  test("cuts every header line at 200 bytes", () => {
    const values = lines.flatMap(
      (line) => / info: header (.*) from (?:local|\S+\[[\d.]+\]); from=</.exec(line)?.[1] ?? [],
    );
    expect(values.length).toBeGreaterThan(1000);
    expect(Math.max(...values.map((value) => value.length))).toBe(200);
  });
});

describe("bounds", () => {
  test("until stops the log", () => {
    const { log, truth } = collect({ ...SMALL, until: 600 });
    expect(truth.endedAt).toBe("2016-11-14T08:10:00.000Z");
    expect(log.toString("latin1")).not.toContain("T08:10");
    expect(collect({ ...SMALL, until: 0 }).log.length).toBe(0);
  });

  test("chunks are whole lines and no longer than 256 KiB", () => {
    let chunks = 0;
    for (const chunk of simulate({ ...SMALL, scale: 0.001, until: 3600 }).chunks()) {
      chunks += 1;
      expect(chunk.length).toBeLessThanOrEqual(256 * 1024);
      expect(chunk.at(-1)).toBe(10);
    }
    expect(chunks).toBeGreaterThan(10);
  });

  test.each([
    ["scale 0", { scale: 0 }],
    ["scale 2", { scale: 2 }],
    ["a seed of 1.5", { seed: 1.5 }],
    ["a negative until", { until: -1 }],
  ])("%s is refused", (_name, wrong) => {
    expect(() => simulate({ ...SMALL, ...wrong })).toThrow(RangeError);
  });
});

interface Life {
  readonly id: string;
  readonly steps: string[];
  recipients: number;
  delivered: number;
}

/** What the log says of each queue id, runs of one step once. */
function livesOf(lines: readonly string[]): Life[] {
  const open = new Map<string, Life>();
  const lives: Life[] = [];
  for (const line of lines) {
    const match = /^\S+ \S+ postfix\/\S+\[\d+\]: ([0-9A-Za-z]{10,16}): (.*)$/.exec(line);
    if (match === null) continue;
    const [, id = "", text = ""] = match;
    const life = open.get(id) ?? { id, steps: [], recipients: 0, delivered: 0 };
    if (!open.has(id)) lives.push(life);
    open.set(id, life);
    const step = stepOf(text);
    if (life.steps.at(-1) !== step) life.steps.push(step);
    if (step === "active") life.recipients = Number(/nrcpt=(\d+)/.exec(text)?.[1]);
    if (step === "delivered") life.delivered += 1;
    if (step === "removed") open.delete(id);
  }
  return lives;
}

function stepOf(text: string): string {
  if (text.startsWith("client=")) return "client";
  if (text.startsWith("uid=")) return "pickup";
  if (text.startsWith("info: header")) return "header";
  if (text.startsWith("message-id=")) return "id";
  if (text.startsWith("sender non-delivery")) return "notified";
  if (text.endsWith("(queue active)")) return "active";
  if (text.includes("status=deferred")) return "deferred";
  return text === "removed" ? "removed" : "delivered";
}
