// influxd as a process of ours, of whichever version: it is waited for until it answers, may be killed and started again, and is asked
// in InfluxQL, which all versions take at /query.

import { rmSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { pollUntil } from "./poll.ts";
import { RealProcess } from "./real-process.ts";

const WAIT_MS = 20_000;
const PING_MS = 500;
const CALL_MS = 5000;

export type InfluxRow = Readonly<Record<string, string | number | boolean | null>>;

export interface InfluxProcess {
  /** Ends it at once (SIGKILL); data and port stay. */
  readonly kill: () => Promise<void>;
  /** Starts it again and waits until it answers. */
  readonly start: () => Promise<void>;
  readonly process: () => RealProcess;
  /** Kills it and deletes the folder. */
  readonly stop: () => Promise<void>;
}

export interface InfluxProcessPlan {
  readonly program: string;
  readonly args: readonly string[];
  readonly url: string;
  /** Holds all that it keeps; deleted with it. */
  readonly folder: string;
  /** Makes of a server that answers one that can be used; once. */
  readonly setUp: () => Promise<void>;
}

export async function startInfluxProcess(plan: InfluxProcessPlan): Promise<InfluxProcess> {
  const { program, args, url, folder, setUp } = plan;
  // The variables of whoever runs the tests could set what it does.
  const env = { PATH: process.env["PATH"], HOME: folder };
  const spawn = (): RealProcess => new RealProcess({ program, args, logFile: join(folder, "influxd.log"), env });
  let running = spawn();
  const stop = async (): Promise<void> => {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(running, url);
    await setUp();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kill: () => running.kill(),
    async start() {
      if (!running.hasEnded()) throw new Error("influxd runs");
      running = spawn();
      await untilItAnswers(running, url);
    },
    process: () => running,
    stop,
  };
}

async function untilItAnswers(running: RealProcess, url: string): Promise<void> {
  const answers = async (): Promise<boolean> => {
    running.expectRunning();
    try {
      return (await fetch(`${url}/ping`, { signal: AbortSignal.timeout(PING_MS) })).status === 204;
    } catch {
      return false;
    }
  };
  await pollUntil(answers, { deadlineMs: WAIT_MS, what: `influxd to answer at ${url}` });
}

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const answerSchema = z.object({
  // Of 1.8, and of 2.x.
  error: z.string().optional(),
  message: z.string().optional(),
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        series: z
          .array(
            z.object({
              name: z.string().default(""),
              tags: z.record(z.string(), z.string()).default({}),
              columns: z.array(z.string()),
              values: z.array(z.array(cell)).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

export interface InfluxQuestion {
  readonly url: string;
  readonly token: string;
  /** Default: the query names it. */
  readonly database?: string;
}

/** One object a row: tags of its series, `measurement` and columns, `time` in milliseconds. Throws what the server objects to. */
export async function askInfluxql(influxql: string, question: InfluxQuestion): Promise<readonly InfluxRow[]> {
  const { url, token, database = "" } = question;
  const response = await fetch(`${url}/query`, {
    method: "POST",
    body: new URLSearchParams({ q: influxql, db: database, epoch: "ms" }),
    headers: { authorization: `Token ${token}` },
    signal: AbortSignal.timeout(CALL_MS),
  });
  const { error, message, results } = answerSchema.parse(await response.json());
  const objection = error ?? message ?? results.find((result) => result.error !== undefined)?.error;
  if (objection !== undefined) throw new Error(`influxd: ${objection} (${influxql})`);
  return results.flatMap(({ series }) =>
    series.flatMap(({ name: measurement, tags, columns, values }) =>
      values.map((row) => ({
        measurement,
        ...tags,
        ...Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
      })),
    ),
  );
}
