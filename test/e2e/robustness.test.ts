// What a hostile or broken input, a wrong call or an impatient person may do to the real `squall` command: it says in one
// line what is wrong, ends with the exit code of the architecture, keeps its memory flat, and never shows a stack trace.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { collect } from "../support/simulated-log.ts";
import { pollUntil } from "../support/poll.ts";
import { linesOf, numbersFrom, temporaryFolder, writeLog } from "./log-lines.ts";
import { replayHere } from "./replay-here.ts";
import type { Finished, ProcessOptions } from "./squall-process.ts";
import { ROOT, cutInto, STEADY_NURSERY, squall } from "./squall-process.ts";

const MB = 1_000_000;
const PEAK_BYTES_MAX = 300 * MB;
const PEAK_GROWTH_BYTES_MAX = 32 * MB;
const SLOW_MS = 120_000;

const folder = temporaryFolder();
const config = join(folder, "gate.yaml");
writeFileSync(config, "detector:\n  priceGateDeliveries: 1000\n");
const { log } = collect({ scenario: "nhs-2016", seed: 7, scale: 0.0001, until: 4200 });
const storm = writeLog(folder, "storm.log", log);
const asNdjson = ["--config", config, "--output", "ndjson", "--min-severity", "watch"];

/** Runs the command; whatever happened, no stack trace may show. */
async function run(args: readonly string[], options?: ProcessOptions): Promise<Finished> {
  const finished = await squall(args, options);
  expect(finished.err).not.toMatch(/^\s+at /m);
  expect(finished.err).not.toContain("internal error");
  return finished;
}

function pointsTo(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function* repeated(piece: Buffer, bytes: number): Generator<Buffer> {
  for (let done = 0; done < bytes; done += piece.length) yield piece.subarray(0, bytes - done);
}

describe("hostile input is rejected by name, in flat memory", () => {
  const JUNK: readonly [string, Buffer, string][] = [
    ["no newline at all", Buffer.alloc(65_536, "x"), "line-too-long"],
    ["NULs without a newline", Buffer.alloc(65_536), "line-too-long"],
    ["lines of NULs", Buffer.from("\0\0\0 not a log\n".repeat(4_000)), "nul-byte"],
    ["lines of bad UTF-8", Buffer.from(`${"\xff\xfe\xc3\x28 ".repeat(400)}\n`.repeat(50), "latin1"), "invalid-utf8"],
    ["lines that are no log", Buffer.from("Lorem ipsum dolor sit amet.\n".repeat(2_000)), "not-recognised"],
    [
      "keys named __proto__",
      Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}\n'.repeat(1_000)),
      "bad-mail-event",
    ],
  ];

  test.each(JUNK)("100 MB of %s", { timeout: SLOW_MS }, async (_name, piece, reason) => {
    const file = join(folder, "junk");
    const of = (bytes: number): Promise<Finished> => {
      writeFileSync(file, "");
      for (const part of repeated(piece, bytes)) appendFileSync(file, part);
      return run(["replay", file], { env: STEADY_NURSERY });
    };
    const small = await of(20 * MB);
    const large = await of(100 * MB);
    expect([small.code, large.code]).toEqual([0, 0]);
    expect(large.err).toContain(`rejected ${reason}: `);
    expect(large.err).toContain("No line of a mail log that squall knows was found.");
    expect(large.err).toContain("(100 MB)");
    expect(large.out).toBe("");
    expect(large.peakBytes).toBeLessThan(PEAK_BYTES_MAX);
    expect(large.peakBytes - small.peakBytes).toBeLessThan(PEAK_GROWTH_BYTES_MAX);
  });

  test("100 MB without a newline by a pipe", { timeout: SLOW_MS }, async () => {
    const piece = Buffer.alloc(65_536, "x");
    const small = await run(["replay", "-"], { input: repeated(piece, 20 * MB) });
    const large = await run(["replay", "-"], { input: repeated(piece, 100 * MB) });
    expect([small.code, large.code]).toEqual([0, 0]);
    expect(large.err).toContain("rejected line-too-long: 1 line, ");
    expect(large.peakBytes).toBeLessThan(PEAK_BYTES_MAX);
    // Node hands out a new buffer for every read of a pipe and takes its time to free them.
    expect(large.peakBytes - small.peakBytes).toBeLessThan(2 * PEAK_GROWTH_BYTES_MAX);
  });

  test("another host on every line", { timeout: SLOW_MS }, async () => {
    const lines = function* (bytes: number): Generator<Buffer> {
      for (let number = 0, done = 0; done < bytes; number += 1_000) {
        const stamp = new Date(Date.UTC(2016, 10, 14) + number).toISOString();
        const text = Array.from(
          { length: 1_000 },
          (_, n) => `${stamp} host${number + n} postfix/qmgr[2]: 4ABCDEF012: removed\n`,
        );
        const chunk = Buffer.from(text.join(""));
        done += chunk.length;
        yield chunk;
      }
    };
    const file = join(folder, "hosts");
    for (const part of lines(20 * MB)) appendFileSync(file, part);
    const small = await run(["replay", file], { env: STEADY_NURSERY });
    for (const part of lines(80 * MB)) appendFileSync(file, part);
    const large = await run(["replay", file], { env: STEADY_NURSERY });
    expect([small.code, large.code]).toEqual([0, 0]);
    expect(large.err).toContain("rejected too-many-hosts: ");
    expect(large.peakBytes).toBeLessThan(PEAK_BYTES_MAX);
    expect(large.peakBytes - small.peakBytes).toBeLessThan(PEAK_GROWTH_BYTES_MAX);
  });

  test("a binary file", async () => {
    const next = numbersFrom(1);
    const bytes = Buffer.from(Array.from({ length: 3 * MB }, () => Math.floor(next() * 256)));
    const { code, err, out } = await run(["replay", writeLog(folder, "binary", bytes)]);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(/rejected nul-byte: /);
    expect(err).toMatch(/rejected invalid-utf8: /);
  });

  test("an empty file, plain and compressed, and no input at all", async () => {
    const empty = Buffer.alloc(0);
    const files = [empty, gzipSync(empty), zstdCompressSync(empty)].map((bytes, n) =>
      writeLog(folder, `empty-${n}`, bytes),
    );
    for (const args of [...files.map((file) => ["replay", file]), ["replay", ...files], ["replay", "-"]]) {
      const { code, err, out } = await run(args);
      expect({ code, out }).toEqual({ code: 0, out: "" });
      expect(err).toContain("The input is empty.");
    }
  });

  test("rubbish between the lines of a storm changes nothing", async () => {
    const rubbish = JUNK.map(([, piece]) => piece.subarray(0, 80).toString("latin1").replaceAll("\n", ""));
    const mixed = linesOf(log).flatMap((line, n) =>
      n % 5 === 0 ? [rubbish[(n / 5) % rubbish.length] ?? "", line] : [line],
    );
    const flags = { config };
    const clean = await replayHere([storm], flags);
    expect((await replayHere([writeLog(folder, "mixed.log", mixed)], flags)).out).toBe(clean.out);
    expect(clean.out).toContain('"type":"storm.opened"');
  });

  test("rejected lines are kept with their reasons where that is asked for", async () => {
    const file = join(folder, "dead.ndjson");
    const bad = writeLog(folder, "bad.log", [
      "Lorem ipsum",
      "\xff\xff",
      "2016-11-14T08:00:00Z mx postfix/qmgr[1]: 4ABCDEF012: from=<a@b.example>, nrcpt=x (queue active)",
    ]);
    const { code } = await run(["replay", "--dead-letter", file, bad]);
    const kept = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(code).toBe(0);
    expect(kept).toEqual([
      { v: 1, reason: "not-recognised", input: bad, line: 1, text: "Lorem ipsum" },
      { v: 1, reason: "invalid-utf8", input: bad, line: 2, text: "\xff\xff" },
      expect.objectContaining({ reason: "malformed-queue-manager-line", line: 3 }),
    ]);
  });
});

describe("what cannot be read to its end is said in one line, after the alerts up to there", () => {
  const gzip = gzipSync(log);
  const upTo = gzip.subarray(0, Math.floor(gzip.length * 0.9));
  const damaged = Buffer.from(gzip);
  damaged.fill(0, Math.floor(gzip.length * 0.9), Math.floor(gzip.length * 0.9) + 200);
  const zstd = zstdCompressSync(log);

  /** The alerts of as much of the log as is left. */
  const alertsOf = async (part: Buffer): Promise<string> =>
    (await replayHere([writeLog(folder, "part.log", part)], { config })).out;
  const inflated = gunzipSync(upTo, { finishFlush: constants.Z_SYNC_FLUSH });

  test("a truncated gzip, as a file and by a pipe", async () => {
    const expected = await alertsOf(inflated);
    expect(expected).toContain('"type":"storm.updated"');
    const file = writeLog(folder, "cut.gz", upTo);
    const said = "the compressed data ends too early (truncated file?)\n";
    const options = [...asNdjson, "--quiet"];
    expect(await run(["replay", ...options, file])).toMatchObject({
      code: 1,
      out: expected,
      err: `squall: ${file}: ${said}`,
    });
    expect(await run(["replay", ...options, "-"], { input: cutInto(upTo, [10_007]) })).toMatchObject({
      code: 1,
      out: expected,
      err: `squall: standard input: ${said}`,
    });
  });

  test("a truncated zstd", async () => {
    const file = writeLog(folder, "cut.zst", zstd.subarray(0, Math.floor(zstd.length * 0.95)));
    const { code, out, err } = await run(["replay", ...asNdjson, "--quiet", file]);
    expect(code).toBe(1);
    expect(err).toBe(`squall: ${file}: the compressed data ends too early (truncated file?)\n`);
    const whole = await alertsOf(log);
    expect(out).toContain('"type":"storm.opened"');
    expect(whole.startsWith(out)).toBe(true);
  });

  test("damaged gzip, and rubbish behind good zstd", async () => {
    const gz = writeLog(folder, "damaged.gz", damaged);
    const zst = writeLog(folder, "rubbish.zst", Buffer.concat([zstd, Buffer.from("rubbish behind")]));
    const first = await run(["replay", ...asNdjson, "--quiet", gz]);
    expect(first).toMatchObject({ code: 1, err: `squall: ${gz}: the compressed data is damaged\n` });
    expect(first.out).toContain('"type":"storm.opened"');
    const second = await run(["replay", ...asNdjson, "--quiet", zst]);
    expect(second).toMatchObject({
      code: 1,
      out: await alertsOf(log),
      err: `squall: ${zst}: the compressed data is damaged\n`,
    });
  });

  test.each([
    ["bzip2", "425a6839314159265359", "bzcat"],
    ["xz", "fd377a585a000004e6d6", "xzcat"],
  ])("%s: the way to read it is told, and other inputs are read", async (name, head, program) => {
    const bytes = Buffer.concat([Buffer.from(head, "hex"), Buffer.alloc(5000, 7)]);
    const file = writeLog(folder, `log.${name}`, bytes);
    const said = `compressed with ${name}; give it inflated: ${program} FILE | squall replay -\n`;
    const both = await run(["replay", ...asNdjson, file, storm]);
    expect(both.code).toBe(1);
    expect(both.err).toContain(`squall: ${file}: ${said}`);
    expect(both.err).toMatch(/^storms {5}1,/m);
    const piped = await run(["replay", ...asNdjson, "-"], { input: [bytes] });
    expect(piped.code).toBe(1);
    expect(piped.err).toContain(`squall: standard input: ${said}`);
    expect(piped.err).toContain("Nothing could be read.");
  });

  test("the summary is written all the same, and other inputs are read", async () => {
    const { code, err, out } = await run([
      "replay",
      ...asNdjson,
      writeLog(folder, "cut2.gz", gzip.subarray(0, 1000)),
      storm,
    ]);
    expect(code).toBe(1);
    expect(err).toContain("cut2.gz: the compressed data ends too early");
    expect(err).toMatch(/^storms {5}1,/m);
    expect(out).toContain('"type":"storm.opened"');
  });

  // Root may read everything but what the kernel itself refuses.
  const unreadable = process.getuid?.() === 0 ? "/proc/self/mem" : join(folder, "unreadable.log");
  if (process.getuid?.() !== 0) {
    writeFileSync(unreadable, log);
    chmodSync(unreadable, 0);
  }
  test.each([
    ["a missing file", join(folder, "missing.log"), /: no such file$/],
    ["a folder", folder, /: is a directory$/],
    ["a path through a file", join(storm, "x"), /: no such file \(a part of the path is not a directory\)$/],
    ["a file that may not be read", unreadable, /: (permission denied|i\/o error \(EIO\))$/],
  ])("%s", async (_name, path, words) => {
    for (const args of [
      ["replay", path],
      ["replay", storm, path],
      ["replay", path, "-"],
    ]) {
      const { code, err, out } = await run(args);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err.trimEnd().split("\n")).toEqual([expect.stringMatching(words)]);
      expect(err).toContain(`squall: ${path}: `);
    }
  });

  test.each([
    ["--windows", "windows", "no such folder"],
    ["--dead-letter", "letters", "no such folder"],
  ])("%s in a folder that is not there", async (flag, name, words) => {
    const path = join(folder, "nowhere", name);
    const { code, err, out } = await run(["replay", flag, path, storm]);
    expect({ code, err, out }).toEqual({ code: 1, err: `squall: ${path}: ${words}\n`, out: "" });
  });

  test("an output that is also an input: nothing is overwritten", async () => {
    const link = join(folder, "link-to-storm");
    symlinkSync(storm, link);
    const { code, err } = await run(["replay", "--windows", link, storm]);
    expect({ code, err }).toEqual({ code: 1, err: `squall: ${link}: is one of the inputs; it would be overwritten\n` });
    expect(readFileSync(storm).equals(log)).toBe(true);
  });

  test.runIf(existsSync("/dev/full"))("a full disk", async () => {
    for (const args of [
      ["replay", "--quiet", "--windows", "/dev/full", storm],
      ["simulate", "ordinary-day", "--output", "/dev/full"],
    ]) {
      expect(await run(args)).toMatchObject({ code: 1, err: "squall: /dev/full: no space left on the disk\n" });
    }
  });
});

describe("wrong use", () => {
  test.each([
    ["an unknown option", ["replay", "--ouput", "ndjson", "x"], "unknown option '--ouput'"],
    ["a wrong choice", ["replay", "--output", "xml", "x"], "Allowed choices are text, ndjson."],
    ["no file", ["replay"], "missing required argument 'files'"],
    ["an unknown command", ["reply", "x"], "unknown command 'reply'"],
    ["an unknown scenario", ["simulate", "nhs"], "Allowed choices are nhs-2016, bedlam-1997,"],
    [
      "a set-up of Postfix for Exchange",
      ["simulate", "nhs-2016", "--format", "exchange", "--set-up", "verp-pool", "--no-headers"],
      "--set-up verp-pool and --no-headers cannot go with --format exchange: they are options of Postfix",
    ],
    [
      "an unknown set-up",
      ["simulate", "nhs-2016", "--set-up", "pool"],
      "Allowed choices are virtual-alias, include-alias",
    ],
    ["a scale that is no number", ["simulate", "nhs-2016", "--scale", "big"], "It must be a number from"],
    ["a zone that is none", ["replay", "--timezone", "Mars/Base", "x"], "It must be a zone name such as"],
  ])("%s: exit 2 and a line that helps", async (_name, args, words) => {
    const { code, err, out } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(words);
  });

  test("no command is standalone: its settings are judged", async () => {
    const { code, err } = await run([], { env: { SQUALL_METRICS_ADDRESS: "everywhere" } });
    expect(code).toBe(78);
    expect(err).toMatch(/^squall: SQUALL_METRICS_ADDRESS: /);
  });

  test("wrong configuration: exit 78, every fault with line and column", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(wrong, "site: hospital\ndetector:\n  calm: 30\n  thresholds:\n    burstPeople: six\n");
    const { code, err, out } = await run(["replay", "--config", wrong, storm]);
    expect({ code, out }).toEqual({ code: 78, out: "" });
    expect(err).toMatch(/^squall: \S*wrong\.yaml:3:\d+: .*\nsquall: \S*wrong\.yaml:5:\d+: .*\n$/);
  });

  test.each([
    ["that is not there", join(folder, "nowhere", "squall.yaml"), "no such file"],
    ["that is a folder", folder, "is a directory"],
  ])("a configuration %s: exit 78 and one line", async (_name, path, words) => {
    const { code, err, out } = await run(["replay", "--config", path, storm]);
    expect({ code, err, out }).toEqual({ code: 78, err: `squall: ${path}: ${words}\n`, out: "" });
  });

  test("a wrong environment variable: exit 78 and its name", async () => {
    const { code, err } = await run(["replay", storm], { env: { SQUALL_TIMEZONE: "Mars/Base" } });
    expect(code).toBe(78);
    expect(err).toContain("SQUALL_TIMEZONE");
  });

  test.each([
    ["--help", "Usage: squall"],
    ["--version", "."],
  ])("%s: exit 0", async (flag, words) => {
    const { code, err, out } = await run([flag]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(words);
  });
});

describe("how it ends", () => {
  test("--fail-on-storm: 3 when a storm opened, 0 when none did", async () => {
    expect((await run(["replay", "--quiet", "--fail-on-storm", "--config", config, storm])).code).toBe(3);
    expect((await run(["replay", "--quiet", "--fail-on-storm", storm])).code).toBe(0);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s while it reads: 130, and what it had read by then", async (signal) => {
    function* endless(): Generator<Buffer> {
      for (;;) yield log;
    }
    const { code, err, out } = await run(["replay", ...asNdjson, "-"], {
      input: endless(),
      when: { says: "storm.opened", call: (pid) => void process.kill(pid, signal) },
    });
    expect(code).toBe(130);
    expect(out).toContain('"type":"storm.opened"');
    expect(err).toMatch(/^read {7}[\d,]+ lines/m);
  });

  test("SIGINT while a pipe keeps it waiting: 130", async () => {
    // Long enough that its clock is believed. When it has told of the storm it soon has read all there is and waits for more.
    const { code, err } = await run(["replay", ...asNdjson, "-"], {
      input: log,
      keepOpen: true,
      when: { says: "storm.opened", call: (pid) => void setTimeout(() => process.kill(pid, "SIGINT"), 200) },
    });
    expect(code).toBe(130);
    expect(err).toMatch(/^storms {5}1,/m);
  });

  test.runIf(existsSync("/proc/self/fd"))("SIGINT while a named pipe has no writer: 130", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const child = spawn(process.execPath, [join(ROOT, "services/squall/squall.js"), "replay", fifo]);
    const exited = once(child, "exit");
    const descriptors = `/proc/${child.pid ?? 0}/fd`;
    const waits = (): boolean => readdirSync(descriptors).some((fd) => pointsTo(join(descriptors, fd)) === fifo);
    await pollUntil(waits, { deadlineMs: SLOW_MS, what: "squall to open the pipe" });
    child.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
  });

  test.each([[["replay", ...asNdjson, storm]], [["simulate", "nhs-2016"]]])(
    "the reader of its output goes away: %j",
    async (args) => {
      const { code, err, out } = await run(args, { closeOutputAfterBytes: 100 });
      expect(code).toBe(0);
      expect(out.length).toBeGreaterThan(99);
      expect(err).not.toContain("EPIPE");
    },
  );
});
