// Starts influxd 1.8 in a temporary folder on a free loopback port, with a database; it may be killed and started again with its data.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { freePorts } from "./free-port.ts";
import { pollUntil } from "./poll.ts";
import { RealProcess } from "./real-process.ts";

const WAIT_MS = 20_000;
const CALL_MS = 5000;
const PING_MS = 500;

const INFLUX_ADMIN = { name: "admin", password: "admin-secret" } as const;

export interface RealInfluxOptions {
  /** Default "squall". */
  readonly database?: string;
  /** How long its retention policy keeps points, in InfluxQL: `30d`. Default: for ever. */
  readonly retention?: string;
  /** Whoever writes or asks must log in; `token` is of one who may do all. */
  readonly auth?: boolean;
}

export type InfluxRow = Readonly<Record<string, string | number | boolean | null>>;

export interface RealInflux {
  readonly url: string;
  /** `database/policy`, as the v2 write path takes it. */
  readonly bucket: string;
  /** `name:password` of the admin. */
  readonly token: string;
  /** One object a row: tags of its series, `measurement` and columns, `time` in milliseconds. Throws what the server objects to. */
  readonly query: (influxql: string) => Promise<readonly InfluxRow[]>;
  /** Ends it at once (SIGKILL); data and port stay. */
  readonly kill: () => Promise<void>;
  /** Starts it again and waits until it answers. */
  readonly start: () => Promise<void>;
  readonly process: () => RealProcess;
  /** Kills it and deletes the folder. */
  readonly stop: () => Promise<void>;
}

/** `program`: influxd. */
export async function startRealInflux(program: string, options: RealInfluxOptions = {}): Promise<RealInflux> {
  const { database = "squall", retention = "INF", auth = false } = options;
  const folder = mkdtempSync(join(tmpdir(), "squall-influx-"));
  const [port = 0, backupPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, "influxd.conf"), configuration({ folder, port, backupPort, auth }));
  const spawn = (): RealProcess =>
    new RealProcess({
      program,
      args: ["run", "-config", join(folder, "influxd.conf")],
      logFile: join(folder, "influxd.log"),
    });
  let running = spawn();
  const stop = async (): Promise<void> => {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(running, url);
    // The first user of all may be made without a login.
    const { name, password } = INFLUX_ADMIN;
    if (auth) await ask(url, `CREATE USER ${name} WITH PASSWORD '${password}' WITH ALL PRIVILEGES`);
    await ask(url, `CREATE DATABASE "${database}" WITH DURATION ${retention} NAME "autogen"`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    bucket: `${database}/autogen`,
    token: `${INFLUX_ADMIN.name}:${INFLUX_ADMIN.password}`,
    query: (influxql) => ask(url, influxql, database),
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

interface Places {
  readonly folder: string;
  readonly port: number;
  readonly backupPort: number;
  readonly auth: boolean;
}

function configuration({ folder, port, backupPort, auth }: Places): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
auth-enabled = ${auth}
log-enabled = false
`;
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
  error: z.string().optional(),
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

async function ask(url: string, influxql: string, database = ""): Promise<readonly InfluxRow[]> {
  const { name, password } = INFLUX_ADMIN;
  const response = await fetch(`${url}/query`, {
    method: "POST",
    body: new URLSearchParams({ q: influxql, db: database, epoch: "ms" }),
    headers: { authorization: `Token ${name}:${password}` },
    signal: AbortSignal.timeout(CALL_MS),
  });
  const { error, results } = answerSchema.parse(await response.json());
  const objection = error ?? results.find((result) => result.error !== undefined)?.error;
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
