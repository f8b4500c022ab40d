// `squall simulate --live` as a process of its own: a log that grows in the time of the clock, to a file that is rotated, to a port.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SyslogListener } from "../../shared/adapters/syslog/syslog-listener.ts";
import type { GroundTruth } from "../../services/squall/simulate/ground-truth.ts";
import { pollUntil } from "../support/poll.ts";
import { assembleLog } from "../support/read-log.ts";
import { ROOT, squall } from "./squall-process.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-live-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const DEADLINE = { deadlineMs: 30_000 };

interface Running {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<{ code: number | null; err: string }>;
}

function live(...args: string[]): Running {
  const child = spawn(process.execPath, [join(ROOT, "services/squall/squall.js"), "simulate", ...args, "--live"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
  });
  return {
    kill: (signal) => void child.kill(signal),
    ended: once(child, "close").then(() => ({ code: child.exitCode, err })),
  };
}

const linesOf = (path: string): string[] => readFileSync(path, "utf8").split("\n").slice(0, -1);
const truthOf = (path: string): GroundTruth => JSON.parse(readFileSync(path, "utf8")) as GroundTruth;
const grown = (path: string, bytes: number): Promise<void> =>
  pollUntil(() => existsSync(path) && statSync(path).size > bytes, { ...DEADLINE, what: `${path} to grow` });

describe("a file that grows", () => {
  test.each<[string, string[], (line: string) => string]>([
    ["postfix", [], (line) => line.slice(0, 26)],
    ["exchange", ["--format", "exchange"], (line) => line.slice(0, 23)],
  ])(
    "%s: is rotated on SIGHUP, and ends on SIGINT with the truth of what was written",
    async (format, flags, stampOf) => {
      const path = join(folder, `${format}.log`);
      const before = new Date().toISOString();
      const { kill, ended } = live("small-company", "--speed", "300", "--output", path, ...flags);
      await grown(path, 20_000);
      renameSync(path, `${path}.1`);
      kill("SIGHUP");
      await grown(path, 20_000);
      kill("SIGINT");
      await expect(ended).resolves.toEqual({ code: 130, err: "" });
      const [first, second] = [linesOf(`${path}.1`), linesOf(path)];
      const isHead = (line: string): boolean => line.startsWith("#");
      const heads = format === "exchange" ? 5 : 0;
      expect([first.filter(isHead).length, second.filter(isHead).length]).toEqual([heads, heads]);
      expect(second.findIndex((line) => !isHead(line))).toBe(heads);
      const truth = truthOf(`${path}.truth.json`);
      // The head of the second file is the file's, not the simulation's.
      expect(first.length + second.length - heads).toBe(truth.lines);
      const stamps = [...first, ...second].filter((line) => !isHead(line)).map(stampOf);
      expect(stamps).toEqual(stamps.toSorted());
      expect((stamps[0] ?? "") >= before.slice(0, 23)).toBe(true);
      expect(truth).toMatchObject({ scenario: "small-company", format, speed: 300 });
      expect(truth.startedAt >= before && truth.endedAt <= new Date().toISOString()).toBe(true);
      expect((stamps.at(-1) ?? "") <= truth.endedAt).toBe(true);
    },
  );
});

describe("a syslog port", () => {
  test.each(["tcp", "udp"] as const)(
    "%s: every line arrives, and the whole scenario ends by itself",
    async (transport) => {
      const listener = new SyslogListener({ address: { transport, host: "127.0.0.1", port: 0 } });
      let text = "";
      await listener.start(() => {
        for (let chunk = listener.take(); chunk !== undefined; chunk = listener.take()) text += chunk.bytes.toString();
      });
      const truth = join(folder, `${transport}.truth.json`);
      const output = `${transport}://127.0.0.1:${listener.port}`;
      const flags = ["--until", "900", "--speed", "300", "--stamp", "rfc3164", "--truth", truth];
      const { ended } = live("small-company", "--output", output, ...flags);
      await expect(ended).resolves.toEqual({ code: 0, err: "" });
      const { lines, mails: told } = truthOf(truth);
      // On a machine that is busy the kernel may drop some.
      const known = (): number => listener.counters.messages + (listener.kernelDrops() ?? 0);
      await pollUntil(() => known() === lines, { ...DEADLINE, what: `${lines} lines` });
      await listener.close();
      expect(lines).toBeGreaterThan(500);
      const mails = new Set(
        assembleLog(text, { year: new Date().getUTCFullYear() }).events.map(({ eventId }) => eventId),
      );
      // Of a mail whose lines were dropped nothing may be known.
      expect(mails.size <= told).toBe(true);
      expect(told - mails.size).toBeLessThanOrEqual(listener.kernelDrops() ?? 0);
    },
  );
});

test.each<[string, string[]]>([
  ["--speed goes with --live", ["--speed", "2"]],
  ["--output udp://127.0.0.1:5514 goes with --live", ["--output", "udp://127.0.0.1:5514"]],
  ["a port is written udp://127.0.0.1:5514", ["--live", "--output", "udp://127.0.0.1"]],
  ["a port is written udp://127.0.0.1:5514", ["--live", "--output", "tcp://127.0.0.1:0"]],
  ["--format exchange goes into a file", ["--live", "--format", "exchange", "--output", "tcp://127.0.0.1:5514"]],
  ["--format exchange goes into a file", ["--kafka", "--format", "exchange"]],
  ["--kafka and --output are two places", ["--kafka", "--output", "mail.log"]],
  ["--lines-per-record goes with --kafka", ["--lines-per-record", "10"]],
  ["--brokers goes with --kafka", ["--brokers", "localhost:9092"]],
])("wrong usage: %s", async (words, flags) => {
  const { code, err } = await squall(["simulate", "small-company", ...flags]);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

test("into Kafka without a broker named: what is to be set", async () => {
  const { code, err } = await squall(["simulate", "small-company", "--kafka"]);
  expect(code).toBe(78);
  expect(err).toContain("kafka.brokers: is needed by squall simulate: set SQUALL_KAFKA_BROKERS=host:9092,host:9092");
});
