import { beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../../../test/support/simulated-log.ts";
import type { GroundTruth } from "../ground-truth.ts";
import { simulate } from "../simulation.ts";

/** 1,680 members: a group that forks. */
const STORM = { scenario: "nhs-2016", seed: 5, scale: 0.002, format: "exchange", until: 2700 } as const;

type Row = Readonly<Record<string, string>>;

/** Commas inside quotes do not part fields. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map((match) =>
    (match[1] ?? match[2] ?? "").replaceAll('""', '"'),
  );
}

describe("the tracking log", () => {
  let head: string[] = [];
  let rows: Row[] = [];
  let truth: GroundTruth;

  beforeAll(() => {
    const result = collect(STORM);
    truth = result.truth;
    const lines = result.log.toString("latin1").trimEnd().split("\n");
    head = lines.filter((line) => line.startsWith("#"));
    const names = (head.at(-1) ?? "").slice("#Fields: ".length).split(",");
    rows = lines
      .slice(head.length)
      .map((line) => Object.fromEntries(fieldsOf(line).map((value, n) => [names[n] ?? "?", value])));
  });

  const of = (event: string): Row[] => rows.filter((row) => row["event-id"] === event);
  const first = (event: string): Row[] =>
    of(event).filter((row) => row["message-id"] === `<${truth.storms[0]?.firstMessageId}>`);
  const members = (row: Row | undefined): string[] => (row?.["recipient-address"] ?? "").split(";");

  test("begins as version 15 does, with 30 fields that every row has", () => {
    expect(head.map((line) => line.split(":")[0])).toEqual(["#Software", "#Version", "#Log-type", "#Date", "#Fields"]);
    expect(head[1]).toMatch(/^#Version: 15\./);
    expect(head.at(-1)?.split(",").length).toBe(30);
    expect(rows.length + head.length).toBe(truth.lines);
    expect(rows.filter((row) => Object.keys(row).length !== 30)).toEqual([]);
  });

  test("is in order of time, UTC with milliseconds", () => {
    const stamps = rows.map((row) => row["date-time"] ?? "");
    expect(stamps.filter((stamp) => !/^2016-11-14T\d\d:\d\d:\d\d\.\d{3}Z$/.test(stamp))).toEqual([]);
    expect(stamps).toEqual([...stamps].sort());
  });

  test("a mail to a group: taken in, expanded to all members, forked a thousand each, delivered to everybody once", () => {
    const [receive, ...more] = first("RECEIVE");
    expect(more).toEqual([]);
    expect(receive).toMatchObject({
      source: "STOREDRIVER",
      "recipient-address": truth.storms[0]?.list,
      "recipient-count": "1",
    });
    expect(receive?.["source-context"]).toContain("MessageClass:IPM.Note, ");
    const [expand] = first("EXPAND");
    expect(expand).toMatchObject({
      source: "ROUTING",
      "related-recipient-address": truth.storms[0]?.list,
      "recipient-status": "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded",
    });
    expect(members(expand).length).toBe(1680);
    const forks = first("TRANSFER");
    expect(forks.map((row) => members(row).length)).toEqual([1000, 680]);
    expect(new Set(forks.map((row) => row["reference"]))).toEqual(new Set([receive?.["internal-message-id"]]));
    expect(new Set(forks.map((row) => row["internal-message-id"])).size).toBe(2);
    expect(new Set([...forks, ...first("DELIVER")].map((row) => row["network-message-id"]))).toEqual(
      new Set([receive?.["network-message-id"]]),
    );
    expect(first("DELIVER").flatMap(members).sort()).toEqual(members(expand).sort());
  });

  test("has what must not be counted: copies of other servers; and who is out of office is told by the class", () => {
    expect(first("HARECEIVE").length).toBe(1);
    expect(first("HARECEIVE")[0]?.["server-hostname"]).not.toBe(first("RECEIVE")[0]?.["server-hostname"]);
    expect(first("HADISCARD").length).toBe(2);
    const away = of("RECEIVE").filter((row) => row["message-subject"]?.startsWith("Automatic reply: "));
    expect(away.length).toBeGreaterThan(0);
    const classless = away.filter(
      (row) => !row["source-context"]?.includes("MessageClass:IPM.Note.Rules.OofTemplate.Microsoft"),
    );
    expect(classless).toEqual([]);
    expect(away.every((row) => row["return-path"] === "<>")).toBe(true);
  });

  test("counts deliveries as the truth does", () => {
    const sum = (events: readonly string[]): number =>
      rows
        .filter((row) => events.includes(row["event-id"] ?? ""))
        .reduce((total, row) => total + Number(row["recipient-count"]), 0);
    expect(sum(["DELIVER", "SENDEXTERNAL"])).toBe(truth.deliveries.sent);
    expect(sum(["DEFER"])).toBe(truth.deliveries.deferred);
    expect(truth.undelivered).toBeGreaterThanOrEqual(0);
  });
});

test("a recall is known by its class, and so are the reports", () => {
  const text = collect({ scenario: "recall-storm", seed: 1, scale: 0.02, format: "exchange" }).log.toString("latin1");
  expect(text.match(/,RECEIVE,/g)?.length).toBeGreaterThan(50);
  expect(text.match(/MessageClass:IPM\.Outlook\.Recall,[^\n]*STOREDRIVER,RECEIVE/g)?.length).toBe(1);
  expect(text.match(/MessageClass:IPM\.Recall\.Report\.Success,[^\n]*STOREDRIVER,RECEIVE/g)?.length).toBe(50);
});

test("a group of hundred thousands is one row, longer than a chunk is otherwise", () => {
  const simulation = simulate({ scenario: "nhs-2016", seed: 1, scale: 0.1, format: "exchange", until: 29 * 60 + 40 });
  let longest = 0;
  for (const chunk of simulation.chunks()) {
    longest = Math.max(longest, chunk.length);
    expect(chunk.at(-1)).toBe(10);
  }
  expect(longest).toBeGreaterThan(84_000 * 20);
});

test.each([{ setUp: "verp-pool" }, { stamp: "rfc3164" }, { headers: false }] as const)("%o is Postfix's", (wrong) => {
  expect(() => simulate({ ...STORM, ...wrong })).toThrow(RangeError);
});
