// Same input, same output, byte for byte: however the lines are cut, compressed, ordered, piped or given twice.
// Two logs of the simulated NHS storm (small: the gate is lowered so that it opens, grows and ends), one with header lines
// and one without, each with the ordinary mail around it, of two hosts.

import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { loadConfiguration } from "../../services/squall/configuration.ts";
import { collect } from "../support/simulated-log.ts";
import { linesOf, numbersFrom, reordered, shuffled, temporaryFolder, writeLog } from "./log-lines.ts";
import { alertsOfChunks } from "./memory-input.ts";
import { replayHere } from "./replay-here.ts";
import { cutInto, squall } from "./squall-process.ts";

/** The allowed lateness is 30 s: a line may come this much after those it belongs before. */
const WITHIN_MS = 29_999;
const folder = temporaryFolder();
const config = join(folder, "gate.yaml");
writeFileSync(config, "detector:\n  priceGateDeliveries: 1000\n");

interface Output {
  readonly code: number;
  readonly alerts: string;
  readonly windows: string;
}

let runs = 0;

async function outputOf(paths: readonly string[]): Promise<Output & { err: string }> {
  runs += 1;
  const windows = join(folder, `windows-${runs}.ndjson`);
  const { code, out, err } = await replayHere(paths, { config, windows });
  return { code, alerts: out, windows: readFileSync(windows, "utf8"), err };
}

/** Where two texts part, in the few lines that a person needs; undefined when they are the same. */
function firstDifference(text: string, expected: string): string | undefined {
  if (text === expected) return undefined;
  const [lines, others] = [text.split("\n"), expected.split("\n")];
  const at = lines.findIndex((line, n) => line !== others[n]);
  return `line ${at + 1} of ${lines.length} (expected ${others.length}):\n${lines[at]}\nexpected:\n${others[at]}`;
}

function expectSameOutput(output: Output, expected: Output): void {
  expect(firstDifference(output.alerts, expected.alerts)).toBeUndefined();
  expect(firstDifference(output.windows, expected.windows)).toBeUndefined();
  expect(output.code).toBe(expected.code);
}

interface Told {
  readonly type: string;
  readonly threadKey: string;
  readonly revision: number;
  readonly scopes: readonly string[];
  readonly list: string;
  readonly severity: string;
  readonly startedAt: string;
  readonly detectedAt: string;
  readonly forecast: unknown;
  readonly advice: unknown;
  readonly evidence: Readonly<Record<string, unknown>>;
}

function alertsIn(ndjson: string): Told[] {
  return ndjson
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
}

/** The log read from memory in chunks of the sizes, in turn. */
async function alertsRead(log: Buffer, sizes: readonly number[]): Promise<string> {
  const alerts = await alertsOfChunks(cutInto(log, sizes), await loadConfiguration({ config, emitWindows: false }, {}));
  return alerts.map((alert) => `${encodeStormAlert(alert)}\n`).join("");
}

const simulated = { scenario: "nhs-2016", scale: 0.0001, until: 7200 } as const;

describe.each([
  ["with header lines", "headers", 7, {}],
  ["without header lines, subjects changed", "bare", 8, { headers: false, subjects: "changed" }],
] as const)("a log %s", (_name, name, seed, how) => {
  const { log } = collect({ ...simulated, seed, ...how });
  const lines = linesOf(log);
  const whole = writeLog(folder, `${name}.log`, log);
  const hosts = [...new Set(lines.map((line) => line.split(" ", 2)[1] ?? ""))];
  const byHost = hosts.map((host) => lines.filter((line) => line.split(" ", 2)[1] === host));
  const reference = outputOf([whole]);

  const expectSame = async (paths: readonly string[]): Promise<void> => {
    expectSameOutput(await outputOf(paths), await reference);
  };
  const write = (variant: string, content: readonly string[] | Buffer): string =>
    writeLog(folder, `${name}-${variant}`, content);

  /** Pieces of the log cut at lines chosen by the seed. */
  const pieces = (by: number, count: number): string[] => {
    const next = numbersFrom(by);
    const cuts = Array.from({ length: count - 1 }, () => Math.floor(next() * lines.length)).toSorted((a, b) => a - b);
    return [...cuts, lines.length].map((end, n) => write(`piece-${by}-${n}.log`, lines.slice(cuts[n - 1] ?? 0, end)));
  };

  test("tells of a storm from its opening to its end, and of windows", async () => {
    const { code, alerts, windows } = await reference;
    const types = alertsIn(alerts).map(({ type }) => type);
    expect(code).toBe(0);
    expect(types).toContain("storm.opened");
    expect(types).toContain("storm.updated");
    expect(types.at(-1)).toBe("storm.resolved");
    expect(windows.split("\n").length).toBeGreaterThan(500);
    expect(hosts.length).toBeGreaterThan(1);
  });

  test("is told the same again", () => expectSame([whole]));

  test("split by host, in any order", async () => {
    const files = byHost.map((part, n) => write(`host-${n}.log`, part));
    await expectSame(files);
    await expectSame(files.toReversed());
  });

  test.each([1, 2, 3])("split by time at arbitrary lines, in any order (seed %i)", async (by) => {
    await expectSame(reordered(pieces(by, 2 + by * 2), by));
  });

  test("split by host and each of those by time", async () => {
    const halves = byHost.flatMap((part, n) => {
      const middle = Math.floor(part.length * (0.3 + 0.2 * n));
      return [write(`half-${n}-a.log`, part.slice(0, middle)), write(`half-${n}-b.log`, part.slice(middle))];
    });
    await expectSame(halves.toReversed());
  });

  test("as gzip, zstd, and gzip of many members", async () => {
    const members = [...cutInto(log, [70_001, 1_000_003, 13])].slice(0, 40);
    const rest = log.subarray(members.reduce((sum, { length }) => sum + length, 0));
    await expectSame([write("one.gz", gzipSync(log))]);
    await expectSame([write("one.zst", zstdCompressSync(log))]);
    await expectSame([write("many.gz", Buffer.concat([...members, rest].map((part) => gzipSync(part))))]);
    await expectSame([write("many.zst", Buffer.concat([...members, rest].map((part) => zstdCompressSync(part))))]);
  });

  test("as rotated files are: old ones compressed, in the order of `ls`", async () => {
    const parts = pieces(9, 4);
    const [oldest = "", old = "", newer = "", newest = ""] = parts;
    await expectSame([
      newest,
      newer,
      write("mail.log.2.gz", gzipSync(readFileSync(old))),
      write("mail.log.3.zst", zstdCompressSync(readFileSync(oldest))),
    ]);
  });

  test.each([1, 2, 3, 4])("shuffled within the allowed lateness (seed %i)", async (by) => {
    await expectSame([write("shuffled.log", shuffled(lines, WITHIN_MS, by))]);
  });

  test.each([5, 6])("shuffled, split by host and by time (seed %i)", async (by) => {
    const files = byHost.flatMap((part, n) => {
      const mixed = shuffled(part, WITHIN_MS, by + n);
      const cut = Math.floor(numbersFrom(by)() * mixed.length);
      return [write(`mixed-${n}-a.log`, mixed.slice(0, cut)), write(`mixed-${n}-b.log`, mixed.slice(cut))];
    });
    await expectSame(reordered(files, by));
  });

  test("given twice, by another name, by a link, as a copy: read once, and said so", async () => {
    const link = join(folder, `${name}-link.log`);
    const copy = join(folder, `${name}-copy.log`);
    symlinkSync(whole, link);
    copyFileSync(whole, copy);
    const again = relative(process.cwd(), whole);
    const output = await outputOf([whole, whole, again, link, copy]);
    expectSameOutput(output, await reference);
    const said = output.err.split("\n").filter((line) => line.includes("read once"));
    expect(said).toEqual(
      [whole, again, link, copy].map((path) => `squall: ${path} is the same file as ${whole}: read once`),
    );
  });

  test.each([[[17]], [[4096, 1, 999]], [[log.length]]])("read in chunks of %j bytes", async (sizes) => {
    const { alerts } = await reference;
    expect(firstDifference(await alertsRead(log, sizes), alerts)).toBeUndefined();
  });

  test("with stamps of either kind, when both say the same second", async () => {
    const { log: classic } = collect({ ...simulated, seed, ...how, stamp: "rfc3164" });
    const seconds = lines.map((line) => line.replace(/\.\d{6}/, ""));
    expect(linesOf(classic)[0]).toMatch(/^Nov 14 08:/);
    expectSameOutput(await outputOf([write("rfc3164.log", classic)]), await outputOf([write("rfc3339.log", seconds)]));
  });

  test("told to the second, but for what a fraction of a second decides", async () => {
    // The storm id is made of the time in ms. Of mails within one second the order may be another, and so some score.
    const seconds = alertsIn(
      (
        await outputOf([
          write(
            "seconds.log",
            lines.map((line) => line.replace(/\.\d{6}/, "")),
          ),
        ])
      ).alerts,
    );
    const exact = alertsIn((await reference).alerts);
    const toTheSecond = ({
      type,
      threadKey,
      scopes,
      list,
      severity,
      startedAt,
      detectedAt,
      evidence,
    }: Told): unknown => {
      const times = [startedAt, detectedAt].map((time) => time.slice(0, 19));
      return {
        type,
        threadKey,
        scopes,
        list,
        severity,
        times,
        replyAlls: evidence["replyAlls"],
        audience: evidence["audience"],
      };
    };
    expect(seconds.map(toTheSecond)).toEqual(exact.map(toTheSecond));
  });

  /** What a line read twice may not change: everything but deliveries, when they doubled, and which queue ids were left. */
  const counts = (text: string): unknown =>
    alertsIn(text)
      .filter(({ type }) => type !== "storm.updated")
      .map(({ revision: _revision, forecast: _forecast, advice: _advice, evidence, ...rest }) => {
        const { deliveriesPerMinute: _rate, deliveriesSoFar: _soFar, ...counted } = evidence;
        return { ...rest, evidence: counted };
      });
  /** The last word on each minute in which a message was sent: messages, reply-alls, people, reach. */
  const windowCounts = (text: string): Map<string, unknown> => {
    const last = new Map<string, unknown>();
    for (const line of text.trimEnd().split("\n")) {
      const { scope, key, windowStart, messages, replyAlls, distinctRepliers, automatic, recipients } = JSON.parse(
        line,
      ) as Record<string, unknown>;
      if (messages === 0) continue;
      const counted = { messages, replyAlls, distinctRepliers, automatic, recipients };
      last.set(`${String(scope)} ${String(key)} ${String(windowStart)}`, counted);
    }
    return last;
  };

  test.each([
    [
      "rotated files that overlap",
      (): string[] => [
        write("first.log", lines.slice(0, lines.length * 0.6)),
        write("last.log", lines.slice(lines.length * 0.4)),
      ],
    ],
    ["a file and its compressed copy", (): string[] => [whole, write("copy.gz", gzipSync(log))]],
    [
      "every line twice in one file",
      (): string[] => [
        write(
          "twice.log",
          lines.flatMap((line) => [line, line]),
        ),
      ],
    ],
  ])("%s: the same storms, reply-alls and reach", async (_what, files) => {
    const { code, alerts, windows } = await outputOf(files());
    const expected = await reference;
    expect(code).toBe(0);
    expect(counts(alerts)).toEqual(counts(expected.alerts));
    expect(windowCounts(windows)).toEqual(windowCounts(expected.windows));
  });

  describe("through the real command", () => {
    const options = ["replay", "--config", config, "--output", "ndjson", "--min-severity", "watch", "--quiet"];
    test("by a pipe in pieces of odd sizes, plain and compressed", async () => {
      const { alerts } = await reference;
      for (const bytes of [log, gzipSync(log), zstdCompressSync(log)]) {
        const piped = await squall([...options, "-"], { input: cutInto(bytes, [1, 65_537, 3, 4096, 100_003, 7]) });
        expect(piped).toMatchObject({ code: 0, err: "", out: alerts });
      }
    });

    test("by a file on standard input, and beside a file", async () => {
      const { alerts } = await reference;
      const [first = "", second = ""] = pieces(4, 2);
      expect(await squall([...options, "-"], { input: whole })).toMatchObject({ code: 0, err: "", out: alerts });
      expect(await squall([...options, second, "-"], { input: first })).toMatchObject({
        code: 0,
        err: "",
        out: alerts,
      });
    });
  });
});
