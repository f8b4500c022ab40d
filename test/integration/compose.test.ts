// docker-compose.yml without a container engine: compose's own parser takes it and refuses it without secrets; it is as closed as it
// says; and its services, run as they stand there against a real Kafka and InfluxDB, bring a storm to whoever is to be told.

import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { loadServiceConfiguration } from "../../services/squall/configuration.ts";
import { STAGES } from "../../shared/domain/topics.ts";
import { closersAfterEach } from "../support/closers.ts";
import { parsedCompose, type ComposeFile, type ComposeService } from "../support/compose-file.ts";
import {
  composeFileFor,
  demonstration,
  nativeWord,
  placesHere,
  playStorm,
  SECRETS,
  serviceOf,
  startOutside,
  stopDemonstration,
} from "../support/compose-storm.ts";
import { freePort } from "../support/free-port.ts";
import { call } from "../support/image/image-store.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import { RealProcess } from "../support/real-process.ts";
import { RunningCommand } from "../support/running-command.ts";
import { ROOT } from "../e2e/squall-process.ts";

const closers = closersAfterEach();

/** The services of the profile core, and of demo too. */
const CORE = ["kafka", "influxdb", "receiver", "topics", ...STAGES, "console", "prometheus", "alertmanager", "grafana"];

describe("the file", () => {
  test.for(Object.keys(SECRETS))("is refused without %s, and says where to put it", async (name, context) => {
    const others = Object.fromEntries(Object.entries(SECRETS).filter(([key]) => key !== name));
    await expect(parsedCompose(realPart("docker-compose", context), others)).rejects.toThrow(
      new RegExp(`${name} is missing a value: put ${name} into \\.env.*: see Try it in docs/services\\.md`, "u"),
    );
  });

  test("each service is closed, bounded and to be reached from this machine alone", async (context) => {
    const { services } = await composeFileFor(context);
    expect(Object.keys(services).toSorted()).toEqual([...CORE, "simulator"].toSorted());
    const open = Object.entries(services).flatMap(([name, service]) =>
      faultsOf(service).map((fault) => `${name}: ${fault}`),
    );
    expect(open).toEqual([]);
  });

  test("the profile core is all but the simulator", async (context) => {
    const { services } = await composeFileFor(context, { COMPOSE_PROFILES: "core" });
    expect(Object.keys(services).toSorted()).toEqual(CORE.toSorted());
  });

  test("whatever stays has a health check, and what ends does not have that of the image", async (context) => {
    const { services } = await composeFileFor(context);
    const all = Object.entries(services);
    const checked = all.filter(([, { healthcheck }]) => (healthcheck?.test.length ?? 0) > 0).map(([name]) => name);
    expect(checked.toSorted()).toEqual(CORE.filter((name) => name !== "topics").toSorted());
    const unchecked = all.filter(([, { healthcheck }]) => healthcheck?.disable).map(([name]) => name);
    expect(unchecked.toSorted()).toEqual(["simulator", "topics"]);
  });

  test("what it mounts of the clone is there, and cannot be written to", async (context) => {
    const { services } = await composeFileFor(context);
    const mounts = Object.values(services).flatMap(({ volumes }) => volumes.filter(({ type }) => type === "bind"));
    expect(mounts.length).toBe(5);
    expect(mounts.filter(({ source, read_only }) => !existsSync(source) || !read_only)).toEqual([]);
  });

  test("“Try it” makes each secret that it wants, and no other, and chooses the demonstration", () => {
    const page = readFileSync(join(ROOT, "docs/services.md"), "utf8");
    const [, made = ""] = /printf '(.*?)' \\\n/u.exec(page) ?? [];
    const lines = made.split("\\n").filter((line) => line !== "");
    expect(lines.toSorted()).toEqual(
      ["COMPOSE_PROFILES=demo", ...Object.keys(SECRETS).map((name) => `${name}=%s`)].toSorted(),
    );
  });
});

interface WatcherHere {
  /** Of this machine. */
  readonly url: string;
  readonly folder: string;
}

/** Prometheus or Alertmanager with the command of the file and what that mounts, until its own health check finds it well. */
async function startWatcher(file: ComposeFile, name: string, plan: WatcherPlan): Promise<WatcherHere> {
  const { command, volumes, healthcheck } = serviceOf(file, name);
  const folder = mkdtempSync(join(tmpdir(), "squall-compose-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const { type, source, target } of volumes) {
    const place = join(folder, target);
    mkdirSync(type === "bind" ? dirname(place) : place, { recursive: true });
    if (type === "bind") writeFileSync(place, plan.settings(readFileSync(source, "utf8")));
  }
  const listen = `127.0.0.1:${await freePort()}`;
  const words = (command ?? []).map((word) => word.replace(/=(\/.*)$/u, (_all, path: string) => `=${folder}${path}`));
  const process = new RealProcess({
    program: plan.program,
    args: [...words, `--web.listen-address=${listen}`],
    logFile: join(folder, `${name}.log`),
    env: { HOME: folder },
  });
  closers.push(() => process.kill());
  const healthy = healthcheck?.test.at(-1)?.replace(/127\.0\.0\.1:\d+/u, listen) ?? "";
  const isHealthy = async (): Promise<boolean> => {
    process.expectRunning();
    return (await fetch(healthy).catch(() => undefined))?.status === 200;
  };
  await pollUntil(isHealthy, { deadlineMs: 30_000, what: `${name} to be healthy` });
  return { url: `http://${listen}`, folder };
}

interface WatcherPlan {
  readonly program: string;
  /** The text of a file that is mounted, as it is to be on this machine. */
  readonly settings: (text: string) => string;
}

describe("Prometheus, Alertmanager and Grafana of the file", () => {
  test("Prometheus starts with the command, settings and rules that it is given, and asks for every service", async (context) => {
    const plan = { program: realPart("prometheus", context), settings: (text: string) => text };
    const file = await composeFileFor(context);
    const { url } = await startWatcher(file, "prometheus", plan);
    const ask = async (path: string): Promise<string> => (await fetch(`${url}/api/v1/${path}`)).text();
    // It is healthy before it has read its rules.
    const hasRules = async (): Promise<boolean> => (await ask("rules?type=alert")).includes('"SquallWatchdog"');
    await pollUntil(hasRules, { deadlineMs: 30_000, what: "its rules" });
    const asked = await ask("status/config");
    for (const [name, { ports }] of Object.entries(file.services)) {
      const isWatched = ports.some(({ target }) => target === 9464);
      expect({ name, isWatched: new RegExp(`- ${name}\\\\n`, "u").test(asked) }).toEqual({ name, isWatched });
    }
    expect(asked).toContain("- alertmanager:9093");
  });

  test("Alertmanager tells the receiver what is wrong, and nobody that all is well", async (context) => {
    const file = await composeFileFor(context);
    const receiver = await startReceiver(file);
    const { url, folder } = await startWatcher(file, "alertmanager", {
      program: realPart("alertmanager", context),
      settings: (text) =>
        text.replace("receiver:8080", `127.0.0.1:${receiver.port}`).replace("group_wait: 5s", "group_wait: 100ms"),
    });
    const settings = `--config.file=${join(folder, "etc/alertmanager/alertmanager.yml")}`;
    const amtool = realPart("amtool", context);
    expect(await call(amtool, ["check-config", join(folder, "etc/alertmanager/alertmanager.yml")])).toContain(
      "SUCCESS",
    );
    const routeOf = (alert: string): Promise<string> => call(amtool, ["config", "routes", "test", settings, alert]);
    expect(await routeOf("alertname=SquallWatchdog")).toBe("nobody");
    expect(await routeOf("alertname=SquallDown")).toBe("printed");

    const down = {
      labels: { alertname: "SquallDown", service: "detector", severity: "critical" },
      annotations: { summary: "squall, or a part of it, is not there.", description: "No detector." },
    };
    const send = (alert: object): Promise<Response> =>
      fetch(`${url}/api/v2/alerts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([alert]),
      });
    expect((await send(down)).status).toBe(200);
    const hears = (text: string): Promise<void> =>
      pollUntil(() => receiver.running.out.includes(text), {
        deadlineMs: 60_000,
        what: `the receiver to print ${text}`,
      });
    await hears("firing: SquallDown\nsquall, or a part of it, is not there. No detector.\n");
  });

  test("Grafana has every variable that its provisioning names, and finds sources and dashboards", async (context) => {
    const file = await composeFileFor(context);
    const { environment, volumes } = serviceOf(file, "grafana");
    const texts = globSync("deploy/grafana/provisioning/*/*.yml", { cwd: ROOT }).map((path) =>
      readFileSync(join(ROOT, path), "utf8"),
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

test.for(STAGES)("%s has all that it needs by its variables", async (role, context) => {
  const { services } = await composeFileFor(context);
  const config = await loadServiceConfiguration({}, services[role]?.environment ?? {}, role);
  expect(config).toMatchObject({ role, site: "demo", kafka: { brokers: ["kafka:9092"], replication: 1 } });
});

/** That of the file, as a process of this machine. */
async function startReceiver(file: ComposeFile): Promise<{ readonly port: number; readonly running: RunningCommand }> {
  const { entrypoint, command } = serviceOf(file, "receiver");
  const port = await freePort();
  const words = [...(entrypoint ?? []), ...(command ?? [])].map(nativeWord);
  const running = new RunningCommand({ words, env: { PORT: String(port) } });
  closers.push(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  const answers = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${port}`).catch(() => undefined)) !== undefined;
  await pollUntil(answers, { deadlineMs: 30_000, what: "the receiver to answer" });
  return { port, running };
}

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

test.for(INFLUX_SERVERS)(
  "its services bring the storm to the receiver and InfluxDB $version",
  { timeout: 180_000 },
  async (server, context) => {
    const around = await startOutside(context, server);
    const here = await placesHere(around);
    const compose = demonstration(context, around, { place: (service, text) => nativeWord(here(service, text)) });
    // Nobody is there yet.
    expect(await compose.health("ingest")).toBe(69);
    await playStorm(compose, around);
    await stopDemonstration(compose);
  },
);
