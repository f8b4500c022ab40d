import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { isReadableByAll } from "../../shared/adapters/files/secret-file.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import { loadConfiguration, loadStandaloneConfiguration } from "./configuration.ts";
import { defaultSquallConfig } from "./squall-defaults.ts";
import type { StandaloneFlags } from "./standalone-flags.ts";
import { stateFallback } from "./standalone-flags.ts";
import type { StandaloneConfig } from "./standalone/standalone-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const KEY_2 = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const HOOK = "https://hooks.example.org/hunter2";

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

interface Given {
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
  readonly flags?: StandaloneFlags;
}

function load({ yaml, env = {}, paths = [], flags = {} }: Given): Promise<StandaloneConfig> {
  const config = yaml === undefined ? {} : { config: fileOf("squall.yaml", yaml) };
  return loadStandaloneConfiguration(paths, { ...config, ...flags }, env);
}

async function faults(given: Given): Promise<string[]> {
  try {
    await load(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, "").split("\n");
    throw error;
  }
  return [];
}

test("nothing given", async () => {
  expect(await load({ env: { STATE_DIRECTORY: "/var/lib/squall:/other" } })).toEqual({
    ...defaultSquallConfig,
    // The live page shows windows.
    detector: { ...defaultSquallConfig.detector, emitWindows: true },
    console: { address: { host: "127.0.0.1", port: 9465 }, token: undefined },
    inputs: [],
    state: "/var/lib/squall",
    webhooks: [],
    onAlert: undefined,
    heartbeat: undefined,
    metrics: { address: { host: "127.0.0.1", port: 9464 } },
  });
});

test("everything given", async () => {
  const yaml = `
timezone: Europe/London
inputs:
  - file: /var/log/mail.log
  - {file: /var/log/old.log, format: postfix, timezone: UTC, from: start}
  - files: /var/log/mail-*.log
  - files: "/srv/MessageTracking/"
  - syslog: {udp: 5514, tcp: "[::1]:5514"}
  - stdin: true
state: /srv/state
webhooks:
  - name: oncall
    url: ${HOOK}
    secrets: [${KEY}, ${KEY_2}]
    headers: {X-Token: hunter2}
    headerFiles: {Authorization: ${fileOf("token", "Bearer hunter3\n")}}
    body: slack
    minSeverity: critical
    updates: false
    timeout: 5s
    forbidPrivate: true
  - {name: ntfy, urlFile: ${fileOf("url", `${HOOK}\n`)}, secretFile: ${fileOf("keys", `${KEY}\n\n${KEY_2}\n`)}}
onAlert: {command: "wall", timeout: 10s, concurrent: 2}
heartbeat: {url: ${HOOK}, every: 5m}
metrics: {address: "off"}
console: {address: "*:8080", tokenFile: ${fileOf("looks", "hunter4-hunter4-hunter4\n")}}
`;
  const config = await load({ yaml });
  const zone = "Europe/London";
  expect(config.inputs).toEqual([
    { kind: "file", name: "/var/log/mail.log", path: "/var/log/mail.log", format: "auto", timezone: zone, from: "end" },
    {
      kind: "file",
      name: "/var/log/old.log",
      path: "/var/log/old.log",
      format: "postfix",
      timezone: "UTC",
      from: "start",
    },
    {
      kind: "files",
      name: "/var/log/mail-*.log",
      folder: "/var/log",
      pattern: "mail-*.log",
      format: "auto",
      timezone: zone,
      from: "end",
    },
    {
      kind: "files",
      name: "/srv/MessageTracking/",
      folder: "/srv/MessageTracking",
      pattern: "*",
      format: "auto",
      timezone: zone,
      from: "end",
    },
    {
      kind: "syslog",
      name: "syslog udp 127.0.0.1:5514 tcp [::1]:5514",
      udp: { host: "127.0.0.1", port: 5514 },
      tcp: { host: "::1", port: 5514 },
      format: "auto",
      timezone: zone,
    },
    { kind: "stdin", name: "standard input", format: "auto", timezone: zone },
  ]);
  const [oncall, ntfy] = config.webhooks;
  expect(oncall).toMatchObject({
    name: "oncall",
    body: "slack",
    minSeverity: "critical",
    updates: false,
    timeoutMs: 5000,
    forbidPrivate: true,
  });
  expect(oncall?.url.reveal()).toBe(HOOK);
  expect(oncall?.signingSecrets.map((secret) => secret.reveal())).toEqual([KEY, KEY_2]);
  expect(Object.entries(oncall?.headers ?? {}).map(([name, value]) => [name, value.reveal()])).toEqual([
    ["X-Token", "hunter2"],
    ["Authorization", "Bearer hunter3"],
  ]);
  expect(ntfy).toMatchObject({
    name: "ntfy",
    body: "standard",
    minSeverity: "warning",
    updates: true,
    timeoutMs: 15_000,
  });
  expect(ntfy?.url.reveal()).toBe(HOOK);
  expect(ntfy?.signingSecrets.map((secret) => secret.reveal())).toEqual([KEY, KEY_2]);
  expect(config.onAlert).toEqual({ command: "wall", timeoutMs: 10_000, concurrent: 2 });
  expect(config.heartbeat?.everyMs).toBe(300_000);
  expect(config).toMatchObject({ state: "/srv/state", metrics: { address: undefined } });
  expect(config.console.address).toEqual({ host: "0.0.0.0", port: 8080 });
  expect(config.console.token?.reveal()).toBe("hunter4-hunter4-hunter4");
  const printed = `${JSON.stringify(config)}${inspect(config, { depth: 9, showHidden: true })}`;
  for (const secret of ["hunter", KEY, KEY_2]) expect(printed).not.toContain(secret);
});

test("a command that only a shell would understand, and an http receiver that must be public, are faults of the configuration", async () => {
  const yaml = `onAlert: {command: "page 'x"}\nwebhooks:\n  - {name: a, url: "http://hooks.example.org", forbidPrivate: true}\n  - {name: b, url: "${HOOK}", forbidPrivate: true}\n`;
  expect(await faults({ yaml })).toEqual([
    "squall.yaml:1:20: onAlert.command: a ' is not closed",
    "squall.yaml:3:63: webhooks[0].forbidPrivate: allows https only: the receiver's address is an http one",
  ]);
  const [piped = ""] = await faults({ flags: { onAlert: "page | mail" } });
  expect(piped).toMatch(/^--on-alert: /u);
});

test("a live page that others can see needs a token, from one place; without a page no windows are worked out", async () => {
  expect(await faults({ yaml: 'console: {address: "*:9465"}\n' })).toEqual([
    "squall.yaml:1:10: console.token: is needed where the page can be seen from other machines: set token or tokenFile, SQUALL_CONSOLE_TOKEN or SQUALL_CONSOLE_TOKEN_FILE",
  ]);
  expect(
    await faults({
      yaml: `console:\n  token: hunter2-hunter2-hunter2\n  tokenFile: ${fileOf("looks", "hunter2-hunter2-hunter2")}\n`,
    }),
  ).toEqual(["squall.yaml:3:14: console.tokenFile: cannot stand beside token: give one of them"]);
  expect(await faults({ yaml: "console: {token: hunter2}\n" })).toEqual([
    "squall.yaml:1:18: console.token: is too short to keep anybody out: 16 characters or more (openssl rand -base64 24)",
  ]);
  const off = await load({ yaml: "console: {address: off}\n" });
  expect(off.console.address).toBeUndefined();
  expect(off.detector.emitWindows).toBe(false);
});

describe("variables", () => {
  test("the shortest way to one web hook", async () => {
    const { webhooks } = await load({
      env: { SQUALL_WEBHOOK_URL: "http://127.0.0.1:8080/x", SQUALL_WEBHOOK_SECRET: KEY },
    });
    expect(webhooks).toMatchObject([{ name: "webhook", body: "standard", minSeverity: "warning" }]);
    expect(webhooks[0]?.url.reveal()).toBe("http://127.0.0.1:8080/x");
    expect(webhooks[0]?.signingSecrets.map((secret) => secret.reveal())).toEqual([KEY]);
  });

  test("secrets from files; it stands beside those of the file", async () => {
    const env = {
      SQUALL_WEBHOOK_URL_FILE: fileOf("url", `${HOOK}\n`),
      SQUALL_WEBHOOK_SECRET_FILE: fileOf("key", KEY),
      SQUALL_WEBHOOK_MIN_SEVERITY: "critical",
    };
    const { webhooks } = await load({ env, yaml: "webhooks: [{name: other, url: 'http://127.0.0.1/'}]\n" });
    expect(webhooks.map(({ name, url, minSeverity }) => [name, url.reveal(), minSeverity])).toEqual([
      ["webhook", HOOK, "critical"],
      ["other", "http://127.0.0.1/", "warning"],
    ]);
  });

  test("another way of saying the same gives way to what stands over it", async () => {
    const yaml = `webhook: {url: "http://file/", secret: ${KEY}}\n`;
    const env = {
      SQUALL_WEBHOOK_URL_FILE: fileOf("url", "http://env/"),
      SQUALL_WEBHOOK_SECRET_FILE: fileOf("key", KEY_2),
    };
    const { webhooks } = await load({ yaml, env });
    expect(webhooks[0]?.url.reveal()).toBe("http://env/");
    expect(webhooks[0]?.signingSecrets.map((secret) => secret.reveal())).toEqual([KEY_2]);
    const flagged = await load({ yaml, env, flags: { webhook: "http://flag/" } });
    expect(flagged.webhooks[0]?.url.reveal()).toBe("http://flag/");
  });

  test("all others", async () => {
    const env = {
      SQUALL_STATE: "/srv/state",
      SQUALL_ON_ALERT_COMMAND: "wall",
      SQUALL_HEARTBEAT_URL: HOOK,
      SQUALL_HEARTBEAT_EVERY: "2m",
      SQUALL_METRICS_ADDRESS: "*:9000",
      SQUALL_CONSOLE_ADDRESS: "*:9001",
      SQUALL_CONSOLE_TOKEN: "hunter2-hunter2-hunter2",
    };
    const config = await load({ env });
    expect(config.console.token?.reveal()).toBe("hunter2-hunter2-hunter2");
    expect(config).toMatchObject({
      state: "/srv/state",
      onAlert: { command: "wall", timeoutMs: 30_000, concurrent: 4 },
      heartbeat: { everyMs: 120_000 },
      metrics: { address: { host: "0.0.0.0", port: 9000 } },
      console: { address: { host: "0.0.0.0", port: 9001 } },
    });
  });

  test.each<[string, Given, string[]]>([
    [
      "both ways at once",
      { env: { SQUALL_WEBHOOK_URL: HOOK, SQUALL_WEBHOOK_URL_FILE: "/nowhere" } },
      [
        "SQUALL_WEBHOOK_URL_FILE: /nowhere: no such file",
        "SQUALL_WEBHOOK_URL_FILE: cannot stand beside url: give one of them",
      ],
    ],
    ["a key and nowhere to post to", { env: { SQUALL_WEBHOOK_SECRET: KEY } }, ["webhook: needs url or urlFile"]],
    [
      "misspelt",
      { env: { SQUALL_WEBHOK_URL: HOOK, SQUALL_METRICS_ADRESS: "off" } },
      [
        'SQUALL_METRICS_ADRESS: unknown variable; did you mean "SQUALL_METRICS_ADDRESS"?',
        'SQUALL_WEBHOK_URL: unknown variable; did you mean "SQUALL_WEBHOOK_URL"?',
      ],
    ],
    [
      "no URL",
      { env: { SQUALL_WEBHOOK_URL: "hunter2" } },
      ["SQUALL_WEBHOOK_URL: is no URL that can be called: write http://… or https://…"],
    ],
    [
      "a pipe at systemd's name",
      { env: { SQUALL_METRICS_ADDRESS: "nowhere" } },
      [
        'SQUALL_METRICS_ADDRESS: "nowhere" is no address to listen on: write 127.0.0.1:PORT, [::1]:PORT, *:PORT (every address) or PORT (loopback)',
      ],
    ],
  ])("%s", async (_what, given, want) => {
    const all = await faults(given);
    expect(all.map((fault) => fault.replace(/^configuration: /u, ""))).toEqual(want);
  });
});

test("all faults at once, those of files with secrets among them, with line and column and without the secret", async () => {
  const yaml = `webhooks:
  - name: a
    urlFile: ${join(folder, "absent")}
    secretFile: ${fileOf("bad-key", "hunter2\n")}
    headerFiles:
      Authorization: ${fileOf("empty", "\n")}
      X-Big: ${fileOf("big", "x".repeat(65_537))}
  - name: b
    urlFile: ${fileOf("bad-url", "hunter2")}
    tmeout: 3s
heartbeat: {urlFile: ${folder}}
`;
  expect(await faults({ yaml })).toEqual([
    "squall.yaml:3:14: webhooks[0].urlFile: absent: no such file",
    'squall.yaml:4:17: webhooks[0].secretFile: bad-key: its text is no key of Standard Webhooks ("whsec_" and base64 of 24 to 64 bytes): make one with: echo "whsec_$(openssl rand -base64 32)"',
    "squall.yaml:6:22: webhooks[0].headerFiles.Authorization: empty: is empty",
    "squall.yaml:7:14: webhooks[0].headerFiles.X-Big: big: is larger than 65536 bytes",
    "squall.yaml:9:14: webhooks[1].urlFile: bad-url: its text is no URL that can be called: write http://… or https://…",
    'squall.yaml:10:5: unknown setting webhooks[1].tmeout; did you mean "timeout"?',
    `squall.yaml:11:22: heartbeat.urlFile: ${folder}: is a directory`,
  ]);
});

test("a replay with the same file needs no right to the secrets", async () => {
  const config = fileOf("for-all.yaml", "site: nhs\nwebhook: {urlFile: /root/absent, secretFile: /root/absent}\n");
  expect(await loadConfiguration({ config, emitWindows: false }, {})).toMatchObject({ site: "nhs" });
});

describe("the command line", () => {
  test("its inputs take the place of the file's", async () => {
    const { inputs } = await load({
      yaml: "inputs: [{file: /var/log/other}]\n",
      paths: ["/var/log/mail.log", "/var/log/mail-*", "/srv/logs/", "-"],
      flags: { syslogUdp: "5514", format: "postfix", from: "start" },
    });
    expect(inputs.map(({ kind, format, ...rest }) => [kind, format, "from" in rest ? rest.from : undefined])).toEqual([
      ["file", "postfix", "start"],
      ["files", "postfix", "start"],
      ["files", "postfix", "start"],
      ["stdin", "postfix", undefined],
      ["syslog", "postfix", undefined],
    ]);
  });

  test("options over variables over the file", async () => {
    const yaml = 'state: /file\nmetrics: {address: "1"}\n';
    const env = { SQUALL_STATE: "/env", SQUALL_METRICS_ADDRESS: "2" };
    const flags = { state: "/flag", metrics: "3", heartbeatUrl: HOOK, onAlert: "x", site: "s" };
    expect(await load({ yaml })).toMatchObject({ state: "/file", metrics: { address: { port: 1 } } });
    expect(await load({ yaml, env })).toMatchObject({ state: "/env", metrics: { address: { port: 2 } } });
    expect(await load({ yaml, env, flags })).toMatchObject({
      state: "/flag",
      metrics: { address: { port: 3 } },
      onAlert: { command: "x" },
      site: "s",
    });
  });

  test("faults bear the option's name", async () => {
    expect(await faults({ flags: { metrics: "x:y", webhook: "hunter2" }, paths: ["/var/*/x"] })).toEqual([
      "command line: may have * and ? in the file's name only, not in a folder's",
      "--webhook: is no URL that can be called: write http://… or https://…",
      '--metrics: "x:y" is no address to listen on: write 127.0.0.1:PORT, [::1]:PORT, *:PORT (every address) or PORT (loopback)',
    ]);
    expect(await faults({ flags: { format: "postfix", from: "start" } })).toEqual([
      "--format: goes with files or ports on the command line; the inputs of a configuration file have their own",
      "--from: goes with files or ports on the command line; the inputs of a configuration file have their own",
    ]);
  });
});

test.each([
  [{ STATE_DIRECTORY: "/var/lib/squall", XDG_STATE_HOME: "/x" }, "/var/lib/squall", "STATE_DIRECTORY"],
  [{ STATE_DIRECTORY: "", XDG_STATE_HOME: "/x" }, "/x/squall", "XDG_STATE_HOME"],
  [{ XDG_STATE_HOME: "relative" }, "/home/anna/.local/state/squall", "default"],
  [{}, "/home/anna/.local/state/squall", "default"],
])("the state directory with %j", (env, value, flag) => {
  expect(stateFallback(env, "/home/anna")).toEqual({ flag, path: ["state"], value });
  expect(stateFallback({}).value).toBe(join(homedir(), ".local/state/squall"));
});

test("a secret that everybody may read is seen", () => {
  const path = fileOf("loose", "x");
  chmodSync(path, 0o644);
  expect(isReadableByAll(path)).toBe(true);
  chmodSync(path, 0o640);
  expect(isReadableByAll(path)).toBe(false);
  expect(isReadableByAll(join(folder, "absent"))).toBe(false);
});
