// deploy/image: the Dockerfile is judged by hadolint, and its bases are pinned. In the full run, as root, it is built
// over bases of ours (test/support/image/stand-in-bases.ts says what they are), and every service is run from it as docker-compose.yml has
// it, in a container that may do nothing else.

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test, type TestContext, vi } from "vitest";
import { z } from "zod";
import { STAGES } from "../../shared/domain/topics.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { closersAfterEach } from "../support/closers.ts";
import {
  composeFileFor,
  demonstration,
  placesHere,
  playStorm,
  serviceOf,
  startOutside,
  stopDemonstration,
} from "../support/compose-storm.ts";
import { CLOSED, closedness, USER } from "../support/image/closedness.ts";
import { composedIn, limitsOf } from "../support/image/composed.ts";
import { Containers, type ContainerPlan, type Limits } from "../support/image/containers.ts";
import { bomOf, runtimePackages } from "../support/image/cyclonedx.ts";
import { rootEntries } from "../support/image/root-entries.ts";
import { STAND_INS } from "../support/image/stand-in-bases.ts";
import { buildImage, type UnpackedImage } from "../support/image/unpacked-image.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import { RunningCommand } from "../support/running-command.ts";
import { talk } from "../support/standalone-home.ts";

const closers = closersAfterEach();
const DOCKERFILE = join(ROOT, "deploy/image/Dockerfile");

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "squall-dockerfile-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("hadolint", () => {
  const lint = (context: TestContext, file: string): { code: number | null; said: string } => {
    const { status, stdout } = spawnSync(realPart("hadolint", context), ["--no-color", file], { encoding: "utf8" });
    return { code: status, said: stdout };
  };

  test("finds nothing wrong with the Dockerfile, of which no rule is left out", (context) => {
    expect(lint(context, DOCKERFILE)).toEqual({ code: 0, said: "" });
    expect(readFileSync(DOCKERFILE, "utf8")).not.toContain("hadolint ignore");
  });

  test("would find a mistake", (context) => {
    const wrong = join(newFolder(), "Dockerfile");
    writeFileSync(wrong, readFileSync(DOCKERFILE, "utf8").replaceAll("USER 65532:65532", "USER root"));
    expect(lint(context, wrong).said).toContain("DL3002");
  });
});

describe("the bases", () => {
  const text = readFileSync(DOCKERFILE, "utf8");
  const taken = [...text.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gmu)].map(([, image = ""]) => image);

  test("what comes from a registry has the digest of the one that is meant, in a line that Dependabot can read", () => {
    const own = new Set(["${BUILD_BASE}", "sources", "scratch", "${RUN_BASE}"]);
    const foreign = taken.filter((image) => !own.has(image));
    expect(foreign).toHaveLength(2);
    for (const image of foreign) expect(image).toMatch(/^[^:@$]+:[^:@$]+@sha256:[0-9a-f]{64}$/u);
  });

  test("the label names the base that the image stands on", () => {
    const [, named] = /org\.opencontainers\.image\.base\.name="([^"]+)"/u.exec(text) ?? [];
    expect(taken.find((image) => image.startsWith("gcr.io/"))?.split("@")[0]).toBe(named);
  });
});

const FULL = process.env["SQUALL_FULL"] === "1";
const BUILD_ARGS = {
  VERSION: "0.1.0-test",
  REVISION: "0123456789abcdef0123456789abcdef01234567",
  SOURCE: "https://squall.example.org/source",
  ...STAND_INS,
};
describe.each(FULL ? ["over stand-in bases"] : [])("the image, %s", () => {
  // The first that asks waits for the build.
  vi.setConfig({ testTimeout: 900_000 });

  let building: Promise<UnpackedImage> | undefined;
  const imageFor = (context: TestContext): Promise<UnpackedImage> => (building ??= buildImage(context, BUILD_ARGS));
  afterAll(async () => {
    const [built] = await Promise.allSettled([building]);
    if (built.status === "fulfilled") built.value?.remove();
  });

  /** Killed behind the test. */
  async function containersOf(context: TestContext): Promise<Containers> {
    const containers = new Containers(await imageFor(context), realPart("runc", context));
    closers.push(() => {
      containers.remove();
    });
    return containers;
  }

  /** A container to its end. */
  async function ran(containers: Containers, plan: Omit<ContainerPlan, "limits">, limits: Limits = LIMITS) {
    const running = new RunningCommand(containers.prepare({ ...plan, limits }).command);
    return { code: await running.ended, out: running.out, err: running.err };
  }

  test("says what it is, how it is begun, and how it is asked whether it is well", async (context) => {
    const { config } = await imageFor(context);
    const asked = serviceOf(await composeFileFor(context), "ingest").healthcheck?.test;
    expect(config).toMatchObject({
      User: `${USER}:${USER}`,
      Entrypoint: ["/nodejs/bin/node", "/app/services/squall/squall.js"],
      Healthcheck: { Test: asked },
      Labels: {
        "org.opencontainers.image.title": "squall",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": BUILD_ARGS.VERSION,
        "org.opencontainers.image.revision": BUILD_ARGS.REVISION,
        "org.opencontainers.image.source": BUILD_ARGS.SOURCE,
      },
    });
    expect(config.Env).toContain("NODE_ENV=production");
  });

  test("holds the program as JavaScript, what it runs with, and nothing to build or try it with", async (context) => {
    const { root } = await imageFor(context);
    const files = [...rootEntries(join(root, "app"))];
    const top = files.map(([path]) => path.split("/")[0] ?? "");
    expect([...new Set(top)]).toEqual(["LICENSE", "dist", "node_modules", "package.json", "sbom.cdx.json", "services"]);
    expect(files.map(([path]) => path).filter((path) => path.startsWith("services/"))).toEqual([
      "services/squall",
      "services/squall/squall.js",
    ]);
    const own = files.filter(([path]) => !path.startsWith("node_modules")).map(([path]) => path);
    expect(own.length).toBeGreaterThan(300);
    expect(own.filter((path) => /\.test\.|(?:^|\/)test(?:s|ing|data)?\//u.test(path))).toEqual([]);
    const all = files.map(([path]) => path);
    expect(all.filter((path) => /\.[cm]?ts$|\.map$|\/(?:tests?|specs|benchmarks|\.bin)(?:\/|$)/u.test(path))).toEqual(
      [],
    );
    const { packages } = lockSchema.parse(
      JSON.parse(readFileSync(join(root, "app/node_modules/.package-lock.json"), "utf8")),
    );
    expect(Object.keys(packages).length).toBe(runtimePackages().length);
    expect(JSON.parse(readFileSync(join(root, "app/package.json"), "utf8"))).not.toHaveProperty("devDependencies");
  });

  test("holds no shell and no package manager, and nothing but its state belongs to its user", async (context) => {
    const { root } = await imageFor(context);
    const entries = [...rootEntries(root)];
    const programs = entries.filter(([, { kind, mode }]) => kind === "file" && (mode & 0o111) !== 0);
    const names = new Set(programs.map(([path]) => basename(path)));
    const unwanted = ["sh", "bash", "dash", "ash", "busybox", "env", "npm", "npx", "npm-cli.js", "corepack", "yarn"];
    expect(unwanted.filter((name) => names.has(name))).toEqual([]);
    expect(names.has("node")).toBe(true);
    expect(entries.filter(([, { uid, gid }]) => uid !== 0 || gid !== 0).map(([path]) => path)).toEqual([
      "var/lib/squall",
    ]);
    // Links have every right, which says nothing.
    const real = entries.filter(([, { kind }]) => kind !== "other");
    expect(real.filter(([, { mode }]) => (mode & 0o6002) !== 0)).toEqual([]);
    const unreadable = real.filter(
      ([path, { mode, kind }]) => path.startsWith("app") && (mode & (kind === "file" ? 4 : 5)) === 0,
    );
    expect(unreadable).toEqual([]);
  });

  test("brings a bill of materials, valid to CycloneDX, of just the packages that it runs with", async (context) => {
    const { root } = await imageFor(context);
    const { metadata, components } = bomOf(readFileSync(join(root, "app/sbom.cdx.json"), "utf8"));
    expect(metadata.component).toMatchObject({ name: "squall", type: "application" });
    expect(metadata.component.purl).toMatch(/^pkg:npm\/squall@\d/u);
    expect(components.map(({ name, version }) => `${name}@${version}`).toSorted()).toEqual(runtimePackages());
    expect(components.filter(({ licenses, hashes }) => licenses.length === 0 || hashes.length === 0)).toEqual([]);
  });

  test("writes the same bill for a release", async (context) => {
    const { root, written } = await imageFor(context);
    const ofRelease = bomOf(readFileSync(join(await written("sbom"), "sbom.cdx.json"), "utf8"));
    expect(ofRelease).toEqual(bomOf(readFileSync(join(root, "app/sbom.cdx.json"), "utf8")));
  });

  test("a bill that is not CycloneDX' would be found", async (context) => {
    const { root } = await imageFor(context);
    const text = readFileSync(join(root, "app/sbom.cdx.json"), "utf8");
    expect(() => bomOf(text.replace('"type": "library"', '"type": "part"'))).toThrow(/type must be equal/u);
  });

  test("its user can write nowhere, and has no shell to ask for", async (context) => {
    const containers = await containersOf(context);
    const script = `
      const { writeFileSync } = require("node:fs");
      const tried = ["/x", "/app/x", "/app/dist/x", "/etc/x", "/var/lib/x", "/var/lib/squall/x"].map((path) => {
        try { writeFileSync(path, ""); return "written"; } catch ({ code }) { return code; }
      });
      let shell = "";
      try { require("node:child_process").execSync("true"); shell = "there is one"; } catch ({ code }) { shell = code; }
      console.log(JSON.stringify({ ids: [process.getuid(), process.getgid()], groups: process.getgroups(), tried, shell }));`;
    const { out } = await ran(containers, { words: ["/nodejs/bin/node", "--eval", script] });
    expect(JSON.parse(out)).toEqual({
      ids: [USER, USER],
      groups: [USER],
      tried: Array.from({ length: 6 }, () => "EROFS"),
      shell: "ENOENT",
    });
  });

  test("the memory that it is given is all that it gets", async (context) => {
    const containers = await containersOf(context);
    const script = "const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1));";
    const small = { ...LIMITS, memoryBytes: 128 * 1024 * 1024 };
    expect(await ran(containers, { words: ["/nodejs/bin/node", "--eval", script] }, small)).toMatchObject({
      code: 137,
    });
  });

  test("says its version and its help, and that nobody is there to be asked", async (context) => {
    const containers = await containersOf(context);
    const { runtime } = await imageFor(context);
    const says = (...args: readonly string[]) => ran(containers, { words: [...runtime.process.args, ...args] });
    expect((await says("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/u);
    expect((await says("--help")).out).toContain("standalone");
    expect(await says("health", "--metrics", "127.0.0.1:1")).toMatchObject({ code: 69 });
  });

  test.for(INFLUX_SERVERS.slice(-1))(
    "its services bring the storm to the receiver and InfluxDB $version",
    async (server, context) => {
      expect(server.version).toBe("2.7");
      const containers = await containersOf(context);
      const around = await startOutside(context, server);
      const { launcher, ids } = composedIn(containers, around.file);
      const compose = demonstration(context, around, { place: await placesHere(around), launcher });
      const { root } = await imageFor(context);
      // What a runtime mounts on is made by the first container.
      expect(await ran(containers, { words: ["/nodejs/bin/node", "--version"] })).toMatchObject({ code: 0 });
      const before = rootEntries(root);

      await playStorm(compose, around);
      for (const name of [...STAGES, "console", "receiver"]) {
        const id = ids.get(name) ?? "";
        expect({ name, ...closedness(await containers.pid(id)) }).toEqual({ name, ...CLOSED });
        const { memoryBytes, processes } = limitsOf(around.file, name);
        expect(await containers.limits(id)).toEqual({ memoryBytes, processes });
      }
      await stopDemonstration(compose);
      expect(rootEntries(root)).toEqual(before);
    },
  );

  test("standalone watches a log of the machine's, and goes on from its state in the next container", async (context) => {
    const containers = await containersOf(context);
    const { runtime } = await imageFor(context);
    const hook = await alertReceiver();
    closers.push(hook.close);
    const home = newFolder();
    chmodSync(home, 0o755);
    const log = join(home, "log");
    mkdirSync(log);
    writeFileSync(join(log, "mail.log"), "");
    const state = join(home, "state");
    mkdirSync(state);
    chownSync(state, USER, USER);
    const plan = {
      words: [...runtime.process.args, "standalone", "/var/log/mail.log", "--webhook", hook.url, "--metrics", "off"],
      env: { SQUALL_CONSOLE_ADDRESS: "off" },
      limits: LIMITS,
      mounts: [
        { source: log, destination: "/var/log", isReadOnly: true },
        { source: state, destination: "/var/lib/squall", isReadOnly: false },
      ],
    };
    const watch = async (): Promise<RunningCommand> => {
      const running = new RunningCommand(containers.prepare(plan).command);
      await pollUntil(() => running.hasEnded || running.err.includes("reading "), {
        deadlineMs: 60_000,
        what: "reading",
      });
      expect({ hasEnded: running.hasEnded, err: running.err }).toMatchObject({ hasEnded: false });
      return running;
    };
    const stop = async (running: RunningCommand): Promise<void> => {
      const sinceMs = performance.now();
      running.child.kill("SIGTERM");
      expect(await running.ended).toBe(0);
      expect(performance.now() - sinceMs).toBeLessThan(10_000);
    };
    const first = await watch();
    const storm = talk({ list: "all@example.org", atMs: Date.now() - 300_000, mails: 5 });
    writeFileSync(join(log, "mail.log"), storm, { flag: "a" });
    const told = (): boolean => hook.heard.some(({ alert }) => alert.type === "storm.opened");
    await pollUntil(told, { deadlineMs: 60_000, what: "the web hook to be told" });
    await stop(first);
    const second = await watch();
    const more = talk({ list: "more@example.org", atMs: Date.now() - 300_000, mails: 5, from: 100 });
    writeFileSync(join(log, "mail.log"), more, { flag: "a" });
    const toldOfMore = (): boolean => hook.heard.some(({ alert }) => alert.list === "more@example.org");
    await pollUntil(toldOfMore, { deadlineMs: 60_000, what: "the web hook to be told of the second" });
    await stop(second);
    const opened = hook.heard.filter(({ alert }) => alert.type === "storm.opened").map(({ alert }) => alert.list);
    expect(opened).toEqual(["all@example.org", "more@example.org"]);
  });
});

const LIMITS: Limits = { memoryBytes: 512 * 1024 * 1024, processes: 100, cpus: 1 };

const lockSchema = z.object({ packages: z.record(z.string(), z.unknown()) });
