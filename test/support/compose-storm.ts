// The demonstration of docker-compose.yml on this machine: its services against a real Kafka and InfluxDB, and the storm that its simulator
// plays, until everybody who is to know has heard of it.

import { expect, type TestContext } from "vitest";
import { STAGES } from "../../shared/domain/topics.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { parsedCompose, type ComposeFile, type ComposeService } from "./compose-file.ts";
import { freePorts } from "./free-port.ts";
import type { InfluxServer } from "./influx-servers.ts";
import { NativeCompose, type Launcher } from "./native-compose.ts";
import { pollUntil } from "./poll.ts";
import type { RealInflux } from "./real-influx.ts";
import { kafkaPrograms, startRealKafka, type RealKafka } from "./real-kafka.ts";
import { realPart } from "./real-part.ts";

const DEADLINE_MS = 30_000;
const STOP_WITHIN_MS = 10_000;
const LIST = "northmere-it-users@nhs.example";

/** As the user is to give them. */
export const SECRETS = {
  SQUALL_PSEUDONYM_KEY: "hunter2-hunter2-hunter2-hunter2-hunter2",
  INFLUXDB_PASSWORD: "hunter2-hunter2",
  INFLUXDB_TOKEN: "hunter2-hunter2-hunter2",
  SQUALL_CONSOLE_TOKEN: "hunter2-hunter2-hunter2",
  GRAFANA_PASSWORD: "hunter2-hunter2",
};

/** The file with all secrets, by default with all its services. */
export function composeFileFor(
  context: Pick<TestContext, "skip">,
  env: Readonly<Record<string, string>> = {},
): Promise<ComposeFile> {
  return parsedCompose(realPart("docker-compose", context), { COMPOSE_PROFILES: "demo", ...SECRETS, ...env });
}

export function serviceOf({ services }: ComposeFile, name: string): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`there is no ${name}`);
  return service;
}

/** Variables of the image that say where it is, not how it behaves: another place has others. */
const PLACES = /^KAFKA_(?:NODE_ID|PROCESS_ROLES|CONTROLLER_.*|.*LISTENER.*|LOG_DIRS|HEAP_OPTS)$/u;

function kafkaSettings({ environment }: ComposeService): Record<string, string> {
  const settings = Object.entries(environment).filter(([name]) => name.startsWith("KAFKA_") && !PLACES.test(name));
  return Object.fromEntries(settings.map(([name, value]) => [name.slice(6).toLowerCase().replaceAll("_", "."), value]));
}

/** What stands around squall's services. */
export interface Outside {
  readonly file: ComposeFile;
  readonly kafka: RealKafka;
  readonly influx: RealInflux;
}

/** Stopped behind the test. */
export async function startOutside(context: TestContext, { start }: InfluxServer): Promise<Outside> {
  const influx = await start(context, { auth: true });
  // Ten times as fast as the file has it, and a fifth of the people: the storm begins after 9 s.
  const speed = { STORM_SCALE: "0.001", STORM_SPEED: "200" };
  const file = await composeFileFor(context, { ...speed, INFLUXDB_TOKEN: influx.token });
  const kafka = await startRealKafka(kafkaPrograms(context), { settings: kafkaSettings(serviceOf(file, "kafka")) });
  context.onTestFinished(() => kafka.stop());
  return { file, kafka, influx };
}

/** A word or a variable of a service as it is on this machine: each has an address of its own there; here they share one. */
export async function placesHere({ file, kafka, influx }: Outside): Promise<(service: string, text: string) => string> {
  const names = [...Object.keys(file.services), "page"];
  const ports = new Map((await freePorts(names.length)).map((port, index) => [names[index], String(port)]));
  const portOf = (name: string): string => ports.get(name) ?? "0";
  return (service, text) => {
    if (service === "receiver" && text === "8080") return portOf("receiver");
    return text
      .replace(/^\*:9464$/u, `127.0.0.1:${portOf(service)}`)
      .replace("*:9465", `127.0.0.1:${portOf("page")}`)
      .replace("kafka:9092", kafka.brokers.join(","))
      .replace("http://influxdb:8086", influx.url)
      .replace("receiver:8080", `127.0.0.1:${portOf("receiver")}`);
  };
}

/** Where the image has Node and squall -> where this machine has them. */
export function nativeWord(text: string): string {
  return text.replace("/nodejs/bin/node", process.execPath).replace(/^\/app(?=\/)/u, ROOT);
}

const STAND_ALREADY = new Set(["kafka", "influxdb"]);

export interface DemonstrationOptions {
  readonly place: (service: string, text: string) => string;
  readonly launcher?: Launcher;
}

/** Killed behind the test. */
export function demonstration(context: TestContext, { file }: Outside, options: DemonstrationOptions): NativeCompose {
  const compose = new NativeCompose({ file, outside: STAND_ALREADY, ...options });
  context.onTestFinished(() => compose.kill());
  return compose;
}

/** Starts everything in its order, and waits until the storm is told, stored and shown. */
export async function playStorm(compose: NativeCompose, { influx }: Outside): Promise<void> {
  await compose.up("simulator");
  expect(compose.started.indexOf("topics")).toBeLessThan(compose.started.indexOf("ingest"));
  expect(compose.started.at(-1)).toBe("simulator");
  expect(await Promise.all(STAGES.map((name) => compose.health(name)))).toEqual([0, 0, 0, 0, 0]);

  await compose.says("receiver", LIST);
  await compose.says("alerter", "webhook was told storm.opened");
  const isStored = async (): Promise<boolean> => {
    const rows = await influx.query(`SELECT * FROM "squall_storms" WHERE "list" = '${LIST}'`);
    return rows.length > 0;
  };
  await pollUntil(isStored, { deadlineMs: DEADLINE_MS, what: "the storm in InfluxDB" });
  const origin = /live page on (http:\/\/[0-9.:]+)/u.exec(compose.said("console"))?.[1] ?? "";
  const authorization = `Bearer ${SECRETS.SQUALL_CONSOLE_TOKEN}`;
  const isOnThePage = async (): Promise<boolean> => {
    const answer = await fetch(`${origin}/api/v1/storms`, { headers: { authorization } });
    return (await answer.text()).includes(LIST);
  };
  await pollUntil(isOnThePage, { deadlineMs: DEADLINE_MS, what: "the storm on the live page" });
  expect((await fetch(`${origin}/api/v1/storms`)).status).toBe(401);
  // What a browser runs, whether it is served from source or as it was built.
  const page = await fetch(`${origin}/`, { headers: { authorization } });
  const [, script = ""] = /<script type="module" src="([^"]+)"/u.exec(await page.text()) ?? [];
  const served = await fetch(`${origin}/${script}`, { headers: { authorization } });
  expect(served.headers.get("content-type")).toContain("javascript");
  expect(await served.text()).toContain("import ");
}

/** SIGTERM to all: each ends by itself, in time. */
export async function stopDemonstration(compose: NativeCompose): Promise<void> {
  const { codes, tookMs } = await compose.stop(["simulator", ...STAGES, "console", "receiver"]);
  expect(codes).toEqual({
    simulator: 130,
    ingest: 0,
    assembler: 0,
    detector: 0,
    recorder: 0,
    alerter: 0,
    console: 0,
    receiver: 0,
  });
  expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
  expect(compose.said("simulator")).toMatch(/wrote \d+ lines in \d+ records to squall\.mail-logs\n$/u);
}
