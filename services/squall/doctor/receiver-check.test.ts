import { createServer } from "node:net";
import type { Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { tryTcpPort, tryUdpPort } from "../../../shared/adapters/net/port-trial.ts";
import { probeConnection } from "../../../shared/adapters/net/connection-probe.ts";
import { encodeStormAlert, decodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import { Secret, secretUrl } from "../../../shared/domain/secret.ts";
import { defaultWebhookSettings } from "../../alerter/receiver-settings.ts";
import type { WebhookSettings } from "../../alerter/receiver-settings.ts";
import { portFinding } from "./port-check.ts";
import type { ReceiverCheckDeps } from "./receiver-check.ts";
import { heartbeatFindings, onAlertFinding, webhookFindings } from "./receiver-check.ts";
import { testAlerts } from "./test-alert.ts";

const NOW = Date.UTC(2026, 10, 26);
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Takes connections and says nothing. */
async function silentServer(): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function receiver(url: string, change: Partial<WebhookSettings> = {}): WebhookSettings {
  const settings = { ...defaultWebhookSettings, timeoutMs: 2000, signingSecrets: [new Secret("whsec_x")], headers: {} };
  return { kind: "webhook", name: "oncall", url: secretUrl(new URL(url)), ...settings, ...change };
}

const deps: ReceiverCheckDeps = {
  probe: probeConnection,
  isPublic: (address) => address.startsWith("203."),
  sendTest: () => Promise.resolve({ ok: false, text: "not asked for" }),
  testAlerts: [],
  nowMs: NOW,
};

async function shown(settings: WebhookSettings, change: Partial<ReceiverCheckDeps> = {}): Promise<string[]> {
  const findings = await webhookFindings(settings, { ...deps, ...change });
  return findings.map(({ level, text }) => `${level}: ${text}`);
}

describe("web hooks", () => {
  test("one that takes connections: nothing is sent, and it says so", async () => {
    const port = await silentServer();
    expect(await shown(receiver(`http://127.0.0.1:${port}/hunter2`))).toEqual([
      `ok: http://127.0.0.1:${port}/***: connected to 127.0.0.1; nothing was sent`,
    ]);
  });

  test.each<[string, string, string]>([
    [
      "nothing listens",
      "http://127.0.0.1:1/x",
      "fail: http://127.0.0.1:1/***: no connection: the connection was refused: nothing listens there",
    ],
    ["no such name", "http://squall.invalid/x", "fail: http://squall.invalid/***: its name: "],
  ])("%s", async (_what, url, want) => {
    const [finding] = await shown(receiver(url));
    expect(finding).toContain(want);
  });

  test("TLS that never comes is given up", async () => {
    const port = await silentServer();
    const [finding] = await shown(receiver(`https://127.0.0.1:${port}/x`, { timeoutMs: 200 }));
    expect(finding).toBe(`fail: https://127.0.0.1:${port}/***: TLS: no answer in time`);
  });

  test("a certificate that ends soon", async () => {
    const probe = (): Promise<{ addresses: string[]; connectedTo: string; certificateUntilMs: number }> =>
      Promise.resolve({
        addresses: ["203.0.113.7"],
        connectedTo: "203.0.113.7",
        certificateUntilMs: NOW + 3 * 86_400_000,
      });
    expect(await shown(receiver("https://hooks.example.org/x"), { probe })).toEqual([
      "ok: https://hooks.example.org/***: connected to 203.0.113.7; nothing was sent",
      "warn: its certificate ends in 3 days",
    ]);
  });

  test("unsigned posts are a warning where they could be signed", async () => {
    const port = await silentServer();
    const url = `http://127.0.0.1:${port}/`;
    expect(await shown(receiver(url, { signingSecrets: [] }))).toContain(
      "warn: posts are not signed: its receiver cannot tell whose they are",
    );
    expect(await shown(receiver(url, { signingSecrets: [], body: "slack" }))).toHaveLength(1);
  });

  test("forbidPrivate: http, and names that lead inside", async () => {
    const port = await silentServer();
    expect(await shown(receiver(`http://127.0.0.1:${port}/x`, { forbidPrivate: true }))).toEqual([
      `fail: http://127.0.0.1:${port}/***: http, which forbidPrivate refuses`,
    ]);
    expect(await shown(receiver("https://localhost:1/x", { forbidPrivate: true }))).toEqual([
      expect.stringMatching(
        /^fail: https:\/\/localhost:1\/\*\*\*: is at (127\.0\.0\.1|::1), which forbidPrivate refuses$/u,
      ),
    ]);
  });

  test("a test alert is opened and resolved again, and only where the server answers", async () => {
    const port = await silentServer();
    const sent: string[] = [];
    const change = {
      testAlerts: testAlerts("nhs", NOW),
      sendTest: ({ name }: WebhookSettings, alert: { type: string }) => {
        sent.push(`${name} ${alert.type}`);
        return Promise.resolve({ ok: true, text: "answered 204" });
      },
    };
    expect(await shown(receiver(`http://127.0.0.1:${port}/x`), change)).toEqual([
      `ok: http://127.0.0.1:${port}/***: connected to 127.0.0.1; nothing was sent`,
      "ok: test alert (storm.opened): answered 204",
      "ok: test alert (storm.resolved): answered 204",
    ]);
    await shown(receiver("http://127.0.0.1:1/x"), change);
    expect(sent).toEqual(["oncall storm.opened", "oncall storm.resolved"]);
    const refused = { ...change, sendTest: () => Promise.resolve({ ok: false, text: "answered 500" }) };
    expect((await shown(receiver(`http://127.0.0.1:${port}/x`), refused)).slice(1)).toEqual([
      "fail: test alert (storm.opened): answered 500",
    ]);
  });

  test("alerts of a test are as the contract has them", () => {
    for (const alert of testAlerts("nhs", NOW))
      expect(decodeStormAlert(encodeStormAlert(alert))).toEqual({ ok: true, alert });
  });
});

test("the heartbeat is connected to, not called", async () => {
  const port = await silentServer();
  const heartbeat = { url: secretUrl(new URL(`http://127.0.0.1:${port}/ping/hunter2`)), everyMs: 60_000 };
  expect((await heartbeatFindings(heartbeat, deps)).map(({ text }) => text)).toEqual([
    `http://127.0.0.1:${port}/***: connected to 127.0.0.1; nothing was sent`,
  ]);
});

test.each<[string, string]>([
  ["sh -c true", "ok: /bin/sh is there; it was not run"],
  ["/bin/sh", "ok: /bin/sh is there; it was not run"],
  ['"/bin/sh" -c true', "ok: /bin/sh is there; it was not run"],
  [String.raw`/bin/s\h -c`, "ok: was not run, and not looked at: its quoting is unusual"],
  ["no-such-program --page", "fail: no-such-program is in no folder of PATH (/bin:/nowhere)"],
  ["/no/such/program true", "fail: /no/such/program is not there or may not be run"],
  ["/etc/passwd x", "fail: /etc/passwd is not there or may not be run"],
])("a command: %s", (command, want) => {
  const { level, text } = onAlertFinding({ command, timeoutMs: 1, concurrent: 1 }, "/bin:/nowhere");
  expect(`${level}: ${text}`).toBe(want);
});

describe("ports", () => {
  test("taken, free, of no address of ours, and taken by the squall that runs", async () => {
    const port = await silentServer();
    const check = { subject: "metrics", tryPort: tryTcpPort, holder: undefined, mend: "set another with --metrics" };
    const taken = await portFinding({ ...check, address: { host: "127.0.0.1", port } });
    expect(taken).toEqual({
      level: "fail",
      subject: "metrics",
      text: `cannot listen on 127.0.0.1:${port}: another process listens there already`,
      mend: [`Who has it: ss -lntup | grep ${port}`, "Or set another with --metrics."],
    });
    const held = await portFinding({ ...check, address: { host: "127.0.0.1", port }, holder: "process 4711" });
    expect(held).toMatchObject({
      level: "ok",
      text: `127.0.0.1:${port} is in use, as it should be while process 4711 runs`,
    });
    const running = { ...check, holder: "process 4711", isMissing: true };
    expect(await portFinding({ ...running, address: { host: "127.0.0.1", port } })).toEqual({
      level: "fail",
      subject: "metrics",
      text: `127.0.0.1:${port} is not squall's: process 4711 runs without it`,
      mend: [
        `Who has it: ss -lntup | grep ${port}`,
        "Free it, or set another with --metrics; then start squall again.",
      ],
    });
    expect(await portFinding({ ...running, address: { host: "127.0.0.1", port: 0 } })).toMatchObject({
      level: "fail",
      text: "127.0.0.1:0 is free, but was not when squall was started: process 4711 runs without it",
      mend: ["Start squall again."],
    });
    expect(await portFinding({ ...check, address: { host: "0.0.0.0", port: 0 } })).toMatchObject({
      level: "ok",
      text: "0.0.0.0:0 is free; other machines can reach it",
    });
    const elsewhere = await portFinding({ ...check, address: { host: "192.0.2.1", port: 9464 } });
    expect(elsewhere).toMatchObject({
      level: "fail",
      text: "cannot listen on 192.0.2.1:9464: this machine has no such address",
    });
  });

  test("UDP", async () => {
    expect(await tryUdpPort({ host: "127.0.0.1", port: 0 })).toBeUndefined();
    expect(await tryUdpPort({ host: "192.0.2.1", port: 5514 })).toMatchObject({ code: "EADDRNOTAVAIL" });
  });
});
