// Starts Prometheus in a temporary folder on a free loopback port, scraping what it is told to and with the rules it is given; asked by its API.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { freePort } from "./free-port.ts";
import { pollUntil } from "./poll.ts";
import { RealProcess } from "./real-process.ts";

const WAIT_MS = 20_000;
const READY_MS = 500;
const CALL_MS = 5000;
const EVERY_MS = 200;

export interface RealPrometheusOptions {
  /** What is scraped: by job, `host:port` of each target. Their `/metrics` is read. */
  readonly jobs?: Readonly<Record<string, readonly string[]>>;
  /** The text of a file of rules, YAML or JSON. */
  readonly rules?: string;
  /** Between two scrapes, and two evaluations of the rules, ms. Default: 200. */
  readonly everyMs?: number;
}

export interface PrometheusSample {
  /** `__name__` among them, where the expression keeps it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

export interface RealPrometheus {
  readonly url: string;
  readonly process: RealProcess;
  /** What an expression is now, one sample a series. Throws what Prometheus objects to. */
  readonly query: (promql: string) => Promise<readonly PrometheusSample[]>;
  /** Alerts that are pending or firing now. */
  readonly alerts: () => Promise<readonly PrometheusAlert[]>;
  /** An answer of its API, `data` of it: `ask("rules")`. Throws what Prometheus objects to. */
  readonly ask: (path: string) => Promise<unknown>;
  /** Kills it and deletes the folder. */
  readonly stop: () => Promise<void>;
}

/** `program`: prometheus. Resolves when it answers; the first scrape comes within `everyMs`. */
export async function startRealPrometheus(
  program: string,
  options: RealPrometheusOptions = {},
): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "squall-prometheus-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const process = new RealProcess({
    program,
    args: [
      `--config.file=${writeConfiguration(folder, options)}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${listen}`,
    ],
    logFile: join(folder, "prometheus.log"),
    env: { HOME: folder },
  });
  const stop = async (): Promise<void> => {
    await process.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(process, url);
  } catch (error) {
    await stop();
    throw error;
  }
  const ask = (path: string): Promise<unknown> => askPrometheus(url, path);
  return {
    url,
    process,
    ask,
    async query(promql) {
      const { result } = vectorSchema.parse(await ask(`query?query=${encodeURIComponent(promql)}`));
      return result.map(({ metric: labels, value: [, value] }) => ({ labels, value: numberOf(value) }));
    },
    alerts: async () => alertsSchema.parse(await ask("alerts")).alerts,
    stop,
  };
}

const FIRES_MS = 60_000;

/** Waits until an alert fires, or until it does no more. */
export async function untilFires(
  { alerts }: Pick<RealPrometheus, "alerts">,
  alert: string,
  fires = true,
): Promise<void> {
  const isFiring = async (): Promise<boolean> =>
    (await alerts()).some(({ labels, state }) => labels["alertname"] === alert && state === "firing");
  await pollUntil(async () => (await isFiring()) === fires, {
    deadlineMs: FIRES_MS,
    what: `${alert} ${fires ? "to fire" : "to be over"}`,
  });
}

/** JSON is YAML. */
function writeConfiguration(folder: string, { jobs = {}, rules, everyMs = EVERY_MS }: RealPrometheusOptions): string {
  const rulesFile = join(folder, "rules.yml");
  if (rules !== undefined) writeFileSync(rulesFile, rules);
  const config = {
    global: { scrape_interval: `${everyMs}ms`, scrape_timeout: `${everyMs}ms`, evaluation_interval: `${everyMs}ms` },
    rule_files: rules === undefined ? [] : [rulesFile],
    scrape_configs: Object.entries(jobs).map(([job_name, targets]) => ({ job_name, static_configs: [{ targets }] })),
  };
  const configFile = join(folder, "prometheus.yml");
  writeFileSync(configFile, JSON.stringify(config));
  return configFile;
}

async function untilItAnswers(process: RealProcess, url: string): Promise<void> {
  const answers = async (): Promise<boolean> => {
    process.expectRunning();
    try {
      return (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(READY_MS) })).ok;
    } catch {
      return false;
    }
  };
  await pollUntil(answers, { deadlineMs: WAIT_MS, what: `Prometheus to answer at ${url}` });
}

const answerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("success"), data: z.unknown() }),
  z.object({ status: z.literal("error"), error: z.string() }),
]);

const labelsSchema = z.record(z.string(), z.string());

const vectorSchema = z.object({
  resultType: z.literal("vector"),
  result: z.array(z.object({ metric: labelsSchema, value: z.tuple([z.number(), z.string()]) })),
});

const alertsSchema = z.object({
  alerts: z.array(z.object({ labels: labelsSchema, annotations: labelsSchema, state: z.enum(["pending", "firing"]) })),
});

async function askPrometheus(url: string, path: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(CALL_MS) });
  const answer = answerSchema.parse(await response.json());
  if (answer.status === "error") throw new Error(`Prometheus: ${answer.error} (${path})`);
  return answer.data;
}

/** "+Inf" and "-Inf" are no numbers to JavaScript. */
function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
