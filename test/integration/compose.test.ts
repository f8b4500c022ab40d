// docker-compose.yml without a container engine: compose's own parser takes it and refuses it without secrets; it is as closed as it
// says; and its services, run as they stand there against a real Kafka and InfluxDB, bring a storm to whoever is to be told.

import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, type TestContext } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { loadServiceConfiguration } from "../../services/squall/configuration.ts";
import { STAGES } from "../../shared/domain/topics.ts";
import { closersAfterEach } from "../support/closers.ts";
import { parsedCompose, type ComposeFile, type ComposeService } from "../support/compose-file.ts";
import { freePorts } from "../support/free-port.ts";
import { INFLUX_SERVERS, type InfluxServer } from "../support/influx-servers.ts";
import { NativeCompose } from "../support/native-compose.ts";
import { pollUntil } from "../support/poll.ts";
import type { RealInflux } from "../support/real-influx.ts";
import { kafkaPrograms, startRealKafka, type RealKafka } from "../support/real-kafka.ts";
import { realPart } from "../support/real-part.ts";
import { RealProcess } from "../support/real-process.ts";
import { ROOT } from "../e2e/squall-process.ts";

const closers = closersAfterEach();

/** As the user is to give them. */
const SECRETS = {
  SQUALL_PSEUDONYM_KEY: "hunter2-hunter2-hunter2-hunter2-hunter2",
  INFLUXDB_PASSWORD: "hunter2-hunter2",
  INFLUXDB_TOKEN: "hunter2-hunter2-hunter2",
  SQUALL_CONSOLE_TOKEN: "hunter2-hunter2-hunter2",
  GRAFANA_PASSWORD: "hunter2-hunter2",
};
const LIST = "northmere-it-users@nhs.example";

const fileOf = (context: TestContext, env: Readonly<Record<string, string>> = {}): Promise<ComposeFile> =>
  parsedCompose(realPart("docker-compose", context), { ...SECRETS, ...env });

describe("the file", () => {
  test.for(Object.keys(SECRETS))("is refused without %s, and says where to put it", async (name, context) => {
    const others = Object.fromEntries(Object.entries(SECRETS).filter(([key]) => key !== name));
    await expect(parsedCompose(realPart("docker-compose", context), others)).rejects.toThrow(
      new RegExp(`${name} is missing a value: put ${name} into \\.env.*: see Try it in docs/services\\.md`, "u"),
    );
  });

  test("each service is closed, bounded and to be reached from this machine alone", async (context) => {
    const { services } = await fileOf(context);
    expect(Object.keys(services).toSorted()).toEqual(
      [
        "kafka",
        "influxdb",
        "receiver",
        "topics",
        "ingest",
        "assembler",
        "detector",
        "recorder",
        "alerter",
        "console",
        "prometheus",
        "grafana",
        "simulator",
      ].toSorted(),
    );
    const open = Object.entries(services).flatMap(([name, service]) =>
      faultsOf(service).map((fault) => `${name}: ${fault}`),
    );
    expect(open).toEqual([]);
  });

  test("whatever stays has a health check", async (context) => {
    const { services } = await fileOf(context);
    const stays = Object.entries(services).filter(([, { restart }]) => restart !== "no");
    expect(stays.filter(([, { healthcheck }]) => healthcheck === undefined)).toEqual([]);
    expect(Object.keys(services).length - stays.length).toBe(2);
  });

  test("what it mounts of the clone is there, and cannot be written to", async (context) => {
    const { services } = await fileOf(context);
    const mounts = Object.values(services).flatMap(({ volumes }) => volumes.filter(({ type }) => type === "bind"));
    expect(mounts.length).toBe(4);
    expect(mounts.filter(({ source, read_only }) => !existsSync(source) || !read_only)).toEqual([]);
  });

  test("“Try it” makes each secret that it wants, and no other", () => {
    const page = readFileSync(join(ROOT, "docs/services.md"), "utf8");
    const [, made = ""] = /printf '(.*?)' \\\n/u.exec(page) ?? [];
    expect(Array.from(made.matchAll(/(\w+)=%s\\n/gu), ([, name = ""]) => name).toSorted()).toEqual(
      Object.keys(SECRETS).toSorted(),
    );
  });
});

describe("Prometheus and Grafana of the file", () => {
  test("Prometheus starts with the command, settings and rules that it is given, and asks for every service", async (context) => {
    const program = realPart("prometheus", context);
    const { services } = await fileOf(context);
    const { command, volumes, healthcheck } = serviceOf(services, "prometheus");
    const folder = mkdtempSync(join(tmpdir(), "squall-compose-"));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    for (const { type, source, target } of volumes) {
      if (type === "bind") cpSync(source, join(folder, target));
      else mkdirSync(join(folder, target), { recursive: true });
    }
    const [port] = await freePorts(1);
    const words = (command ?? []).map((word) => word.replace(/=(\/.*)$/u, (_all, path: string) => `=${folder}${path}`));
    const process = new RealProcess({
      program,
      args: [...words, `--web.listen-address=127.0.0.1:${port}`],
      logFile: join(folder, "prometheus.log"),
      env: { HOME: folder },
    });
    closers.push(() => process.kill());
    const healthy = healthcheck?.test.at(-1)?.replace(":9090/", `:${port}/`) ?? "";
    const isHealthy = async (): Promise<boolean> => {
      process.expectRunning();
      return (await fetch(healthy).catch(() => undefined))?.status === 200;
    };
    await pollUntil(isHealthy, { deadlineMs: 30_000, what: "Prometheus to be healthy" });
    const ask = async (path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).text();
    // It is healthy before it has read its rules.
    const hasRules = async (): Promise<boolean> => (await ask("rules?type=alert")).includes('"SquallWatchdog"');
    await pollUntil(hasRules, { deadlineMs: 30_000, what: "its rules" });
    const asked = await ask("status/config");
    for (const [name, { ports }] of Object.entries(services)) {
      const isWatched = ports.some(({ target }) => target === 9464);
      expect({ name, isWatched: new RegExp(`- ${name}\\\\n`, "u").test(asked) }).toEqual({ name, isWatched });
    }
  });

  test("Grafana has every variable that its provisioning names, and finds sources and dashboards", async (context) => {
    const { services } = await fileOf(context);
    const { environment, volumes } = serviceOf(services, "grafana");
    const texts = globSync("deploy/grafana/provisioning/*/*.yml", { cwd: ROOT }).map((file) =>
      readFileSync(join(ROOT, file), "utf8"),
    );
    const named = texts.flatMap((text) => Array.from(text.matchAll(/\$\{?(\w+)/gu), ([, name = ""]) => name));
    const given = Object.keys(environment).filter((name) => !name.startsWith("GF_"));
    expect(given.toSorted()).toEqual([...new Set(named)].toSorted());
    const sources = texts.map((text) => provisioning.parse(parse(text)));
    const types = sources.flatMap(({ datasources }) => datasources.map(({ type }) => type));
    expect(types.toSorted()).toEqual(["influxdb", "prometheus"]);
    // Whatever is secret comes from outside.
    for (const { secureJsonData } of sources.flatMap(({ datasources }) => datasources)) {
      for (const secret of Object.values(secureJsonData)) expect(secret).toMatch(/^(?:Token )?\$\{\w+\}$/u);
    }
    const dashboards = volumes.find(({ target }) => target === environment["SQUALL_DASHBOARDS"]);
    const home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] ?? "";
    expect(existsSync(home.replace(dashboards?.target ?? "?", dashboards?.source ?? "?"))).toBe(true);
    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_SECURITY_ADMIN_PASSWORD: SECRETS.GRAFANA_PASSWORD,
      SQUALL_INFLUX_READ_TOKEN: SECRETS.INFLUXDB_TOKEN,
    });
  });
});

const provisioning = z.object({
  apiVersion: z.literal(1),
  datasources: z
    .array(z.looseObject({ type: z.string(), secureJsonData: z.record(z.string(), z.string()).default({}) }))
    .default([]),
});

function serviceOf(services: ComposeFile["services"], name: string): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`there is no ${name}`);
  return service;
}

test.for(STAGES)("%s has all that it needs by its variables", async (role, context) => {
  const { services } = await fileOf(context);
  const config = await loadServiceConfiguration({}, services[role]?.environment ?? {}, role);
  expect(config).toMatchObject({ role, site: "demo", kafka: { brokers: ["kafka:9092"], replication: 1 } });
});

function faultsOf(service: ComposeService): string[] {
  const { image, build, ports, read_only, cap_drop, security_opt, mem_limit, pids_limit, cpus } = service;
  return [
    ...(read_only ? [] : ["its root can be written to"]),
    ...(cap_drop.includes("ALL") ? [] : ["it has capabilities"]),
    ...(security_opt.includes("no-new-privileges:true") ? [] : ["it may gain rights"]),
    ...(mem_limit > 0 && pids_limit > 0 && cpus > 0 ? [] : ["it has no limits"]),
    ...(ports.every(({ host_ip }) => host_ip === "127.0.0.1") ? [] : ["a port is open to others"]),
    ...(build !== undefined || /:v?\d+\.\d+\.\d+$/u.test(image) ? [] : [`${image} is not pinned`]),
  ];
}

/** Variables of the image that say where it is, not how it behaves: another place has others. */
const PLACES = /^KAFKA_(?:NODE_ID|PROCESS_ROLES|CONTROLLER_.*|.*LISTENER.*|LOG_DIRS|HEAP_OPTS)$/u;

function kafkaSettings({ environment }: ComposeService): Record<string, string> {
  const settings = Object.entries(environment).filter(([name]) => name.startsWith("KAFKA_") && !PLACES.test(name));
  return Object.fromEntries(settings.map(([name, value]) => [name.slice(6).toLowerCase().replaceAll("_", "."), value]));
}

interface Outside {
  readonly file: ComposeFile;
  readonly kafka: RealKafka;
  readonly influx: RealInflux;
}

async function outside(context: TestContext, { start }: InfluxServer): Promise<Outside> {
  const influx = await start(context, { auth: true });
  // 30 times as fast as the file has it, and a fifth of the people: the storm begins after 9 s.
  const speed = { STORM_SCALE: "0.001", STORM_SPEED: "200" };
  const file = await fileOf(context, { ...speed, INFLUXDB_TOKEN: influx.token });
  const { kafka: broker } = file.services;
  if (broker === undefined) throw new Error("there is no Kafka");
  const kafka = await startRealKafka(kafkaPrograms(context), { settings: kafkaSettings(broker) });
  closers.push(() => kafka.stop());
  return { file, kafka, influx };
}

/** As a word of the file is on this machine. Each service has an address of its own there; here they share one. */
async function places({ file, kafka, influx }: Outside): Promise<(service: string, text: string) => string> {
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
      .replace("receiver:8080", `127.0.0.1:${portOf("receiver")}`)
      .replace("/nodejs/bin/node", process.execPath)
      .replace(/^\/app(?=\/)/u, ROOT);
  };
}

const OUTSIDE = new Set(["kafka", "influxdb"]);

test.for(INFLUX_SERVERS)(
  "its services bring the storm to the receiver and InfluxDB $version",
  { timeout: 180_000 },
  async (server, context) => {
    const around = await outside(context, server);
    const compose = new NativeCompose({
      file: around.file,
      outside: OUTSIDE,
      place: await places(around),
    });
    closers.push(() => compose.kill());

    // Nobody is there yet.
    expect(await compose.health("ingest")).toBe(69);
    await compose.up("simulator");
    expect(compose.started.indexOf("topics")).toBeLessThan(compose.started.indexOf("ingest"));
    expect(compose.started.at(-1)).toBe("simulator");
    expect(await Promise.all(STAGES.map((name) => compose.health(name)))).toEqual([0, 0, 0, 0, 0]);

    await compose.says("receiver", LIST);
    await compose.says("alerter", "webhook was told storm.opened");
    const isStored = async (): Promise<boolean> => {
      const rows = await around.influx.query(`SELECT * FROM "squall_storms" WHERE "list" = '${LIST}'`);
      return rows.length > 0;
    };
    await pollUntil(isStored, { deadlineMs: 30_000, what: "the storm in InfluxDB" });
    const origin = /live page on (http:\/\/[0-9.:]+)/u.exec(compose.said("console"))?.[1] ?? "";
    const authorization = `Bearer ${SECRETS.SQUALL_CONSOLE_TOKEN}`;
    const isOnThePage = async (): Promise<boolean> => {
      const answer = await fetch(`${origin}/api/v1/storms`, { headers: { authorization } });
      return (await answer.text()).includes(LIST);
    };
    await pollUntil(isOnThePage, { deadlineMs: 30_000, what: "the storm on the live page" });
    expect((await fetch(`${origin}/api/v1/storms`)).status).toBe(401);
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
    expect(tookMs).toBeLessThan(10_000);
    expect(compose.said("simulator")).toMatch(/wrote \d+ lines in \d+ records to squall\.mail-logs\n$/u);
  },
);
