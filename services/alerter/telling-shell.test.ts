// The whole of telling against real servers on loopback and real commands, on a clock that is moved by hand.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { HttpClient } from "../../shared/adapters/http/http-client.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../shared/adapters/http/http-client.ts";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { pollUntil } from "../../test/support/poll.ts";
import type { Play, ScriptedReceiver } from "../../test/support/scripted-receiver.ts";
import { startReceiver } from "../../test/support/scripted-receiver.ts";
import { tellOnce } from "./attempt-shell.ts";
import { commandWords } from "./command-words.ts";
import { outcomeInWords } from "./receiver-answer.ts";
import type { WebhookSettings } from "./receiver-settings.ts";
import type { Receiver } from "./receiver.ts";
import { Secret } from "../../shared/domain/secret.ts";
import type { Telling, TellingOptions } from "./telling-shell.ts";
import { createTelling } from "./telling-shell.ts";
import type { TellingEvent } from "./telling-event.ts";
import { tellingEventInWords } from "./telling-event.ts";
import { command, webhook, wordOf } from "./testing/storm-alerts.ts";

const HOUR_MS = 3_600_000;
const TOKEN = "T0kenInThePath";
const SIGNING = [32, 24].map((bytes) => `whsec_${Buffer.alloc(bytes, bytes).toString("base64")}`);
const opened = wordOf("s", "storm.opened", 1);
const updated = wordOf("s", "storm.updated", 2);
const resolved = wordOf("s", "storm.resolved", 3);

let receiver: ScriptedReceiver;
let http: HttpClient;
const running: Running[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
  http = createHttpClient({ ...defaultHttpClientOptions, excerptMs: 200 });
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.telling.stop(0);
  await http.close();
  await receiver.close();
});

/** A telling, its state log as a map, and its clock. A kill is: forget it, begin another from the map. */
class Running {
  readonly clock = new ManualClock(Date.now());
  readonly events: TellingEvent[] = [];
  readonly telling: Telling;
  readonly written: Map<string, Buffer>;
  /** While false, flushes are asked for and not made. */
  canFlush = true;

  constructor(
    receivers: readonly Receiver[],
    change: Partial<TellingOptions> = {},
    written = new Map<string, Buffer>(),
  ) {
    this.written = written;
    this.telling = createTelling({
      receivers,
      http,
      clock: this.clock,
      random: () => 0.5,
      text: { timeZone: "UTC" },
      userAgent: "squall/test",
      env: { PATH: "/usr/bin:/bin", SQUALL_WEBHOOK_URL: "http://secret.example/", LANG: "C" },
      isSilenced: () => false,
      requestFlush: () => this.flush(),
      say: (event) => this.events.push(event),
      ...change,
    });
    for (const [key, value] of written) this.telling.restore(key, value);
    this.telling.restored();
    this.telling.start();
    running.push(this);
  }

  tell(...alerts: readonly StormAlert[]): void {
    for (const alert of alerts) this.telling.add(alert);
    this.flush();
  }

  flush(): void {
    if (!this.canFlush) return;
    this.telling.changes((key, value) => {
      if (value === undefined) this.written.delete(key);
      else this.written.set(key, value);
    });
    this.telling.flushed();
  }

  inFlight(): number {
    return this.telling.status().receivers.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  waiting(): number {
    return this.telling.status().receivers.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Nothing is out. Time stands still meanwhile. */
  async settled(): Promise<void> {
    await pollUntil(() => this.inFlight() === 0, { deadlineMs: 20_000, what: "the tries that are out to end" });
  }

  /** Lets time jump from one due try to the next until nothing waits, or `untilMs`. */
  async playOut(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    await this.settled();
    for (let next = this.clock.nextAtMs(); next !== undefined && this.waiting() > 0 && next <= untilMs;) {
      this.clock.passTo(next);
      await immediately(() => this.inFlight() === 0);
      next = this.clock.nextAtMs();
    }
  }

  names(): string[] {
    return this.events.map(({ event }) => event);
  }
}

/** For what takes a millisecond, hundreds of times. */
async function immediately(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error("waited 20 s for tries to end");
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

function hook(name: string, change: Partial<WebhookSettings> = {}): WebhookSettings {
  return webhook(name, { url: new Secret(`${receiver.origin}/${TOKEN}`), ...change });
}

const heardIds = (at = receiver): unknown[] => at.heard.map(({ headers }) => headers["webhook-id"]);
const answer = (status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Play => ({
  play: "answer",
  status,
  headers,
  body,
});

describe("a webhook", () => {
  test("gets the StormAlert, signed so that the standardwebhooks package verifies it with either secret", async () => {
    const one = new Running([
      hook("a", {
        signingSecrets: SIGNING.map((text) => new Secret(text)),
        headers: { Authorization: new Secret("Bearer tk_0123456789") },
      }),
    ]);
    one.tell(opened);
    await one.settled();
    const [request] = receiver.heard;
    if (request === undefined) throw new Error("nothing was heard");
    expect(request).toMatchObject({ method: "POST", path: `/${TOKEN}` });
    expect(request.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "squall/test",
      authorization: "Bearer tk_0123456789",
      "webhook-id": "s-1",
    });
    const headers = {
      "webhook-id": String(request.headers["webhook-id"]),
      "webhook-timestamp": String(request.headers["webhook-timestamp"]),
      "webhook-signature": String(request.headers["webhook-signature"]),
    };
    for (const secret of SIGNING) expect(() => new Webhook(secret).verify(request.body, headers)).not.toThrow();
    expect(decodeStormAlert(request.body)).toEqual({ ok: true, alert: opened });
    expect(one.events).toEqual([
      { event: "delivered", receiver: "a", id: "s-1", type: "storm.opened", attempts: 1, latencyMs: 0 },
    ]);
    expect(one.telling.latest()).toMatchObject([{ receiver: "a", id: "s-1", end: "delivered", attempts: 1 }]);
    expect([...one.written.keys()]).toEqual(["outbox/storm/s"]);
  });

  test("headers of its own take the place of a body's", async () => {
    const one = new Running([
      hook("ntfy", { body: "text", headers: { Priority: new Secret("1"), Tags: new Secret("fire") } }),
    ]);
    one.tell(opened);
    await one.settled();
    expect(receiver.heard[0]?.headers).toMatchObject({
      priority: "1",
      tags: "fire",
      "content-type": "text/plain; charset=utf-8",
    });
  });

  test("a day of 500s in no time: the same id, a new time and a valid signature on every try, then given up and told", async () => {
    receiver.otherwise = answer(500, {}, `no route to /${TOKEN}`);
    const secret = SIGNING[0] ?? "";
    const one = new Running([hook("a", { signingSecrets: [new Secret(secret)] })]);
    const began = one.clock.nowMs();
    one.tell(opened);
    await one.playOut();
    expect(one.clock.nowMs() - began).toBe(24 * HOUR_MS);
    const tries = receiver.heard.length;
    expect(tries).toBeGreaterThan(570);
    expect(new Set(heardIds())).toEqual(new Set(["s-1"]));
    const times = receiver.heard.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBe(Math.floor(one.clock.nowMs() / 1000));
    expect(one.names()).toEqual(["failing", "lost"]);
    expect(one.events.at(-1)).toMatchObject({
      reason: "too-old",
      attempts: tries,
      detail: "status 500: no route to ***",
    });
    expect([...one.written.keys()].toSorted()).toEqual(["outbox/failing/a", "outbox/storm/s"]);
  });

  test.each<[string, Play, string]>([
    ["500s", answer(503), "server-error"],
    ["a reset", { play: "reset" }, "connection-broken"],
    ["no HTTP", { play: "raw", bytes: "220 mx ESMTP\r\n" }, "no-answer"],
    ["a giant body after 500", { play: "giant", status: 500 }, "server-error"],
    ["a dripping body after 500", { play: "drip", status: 500 }, "server-error"],
    ["a redirect to loopback", answer(307, { location: "http://127.0.0.1:9/" }), "redirect"],
    ["a token that was changed", answer(401), "auth-error"],
    ["a route that is not there yet", answer(404), "client-error"],
  ])("%s, then well: heard, under the same id", async (_name, play, reason) => {
    receiver.script.push(play, play);
    const one = new Running([hook("a")]);
    one.tell(opened);
    await one.playOut();
    expect(heardIds()).toEqual(["s-1", "s-1", "s-1"]);
    expect(one.events).toMatchObject([
      { event: "failing", reason },
      { event: "delivered", attempts: 3 },
      { event: "recovered", failures: 2 },
    ]);
    expect(one.telling.status().receivers[0]?.failed.get("aborted")).toBe(0);
  });

  test.each([200, 202])("a success %i is one however its body goes on", async (status) => {
    receiver.script.push({ play: "giant", status }, { play: "drip", status });
    const one = new Running([hook("a")]);
    one.tell(opened, resolved);
    await one.playOut();
    expect(heardIds()).toEqual(["s-1", "s-3"]);
    expect(one.names()).toEqual(["delivered", "delivered"]);
  });

  test("a receiver that hangs is given up in time, and delays neither another nor its own further storms", async () => {
    const other = await startReceiver();
    receiver.script.push({ play: "hang" });
    const one = new Running([hook("hangs", { timeoutMs: 400 }), hook("well", { url: new Secret(other.origin) })]);
    one.tell(opened, wordOf("t", "storm.opened", 1));
    await pollUntil(() => other.heard.length === 2, { deadlineMs: 10_000, what: "the other receiver" });
    expect(heardIds()).toEqual(["s-1"]);
    one.clock.pass(2_000);
    await pollUntil(() => receiver.heard.length === 2, { deadlineMs: 10_000, what: "the next storm" });
    await one.playOut();
    expect(heardIds()).toEqual(["s-1", "t-1", "s-1"]);
    expect(one.events).toContainEqual({ event: "failing", receiver: "hangs", reason: "timeout", detail: "" });
    await other.close();
  });

  test.each([
    ["seconds", () => answer(429, { "retry-after": "90" })],
    [
      "a date",
      (nowMs: number) =>
        answer(429, {
          date: new Date(nowMs).toUTCString(),
          "retry-after": new Date(nowMs + 90_000).toUTCString(),
        }),
    ],
  ])("429 with %s is obeyed", async (_name, limited) => {
    const one = new Running([hook("a")]);
    receiver.script.push(limited(one.clock.nowMs()));
    one.tell(opened, wordOf("t", "storm.opened", 1));
    await one.settled();
    one.clock.pass(89_000);
    await one.settled();
    expect(heardIds()).toEqual(["s-1"]);
    one.clock.pass(1_600);
    await one.playOut();
    expect(heardIds()).toEqual(["s-1", "t-1", "s-1"]);
    expect(one.events[0]).toMatchObject({ event: "failing", reason: "rate-limited" });
  });

  test("410 disables it, says so, and a reload tries again", async () => {
    receiver.script.push(answer(410, {}, "archived"));
    const one = new Running([hook("a")]);
    one.tell(opened);
    await one.settled();
    one.tell(resolved);
    one.clock.pass(48 * HOUR_MS);
    await one.settled();
    expect(receiver.heard).toHaveLength(1);
    expect(one.events).toEqual([{ event: "disabled", receiver: "a", detail: "status 410: archived" }]);
    one.telling.reload([hook("a")]);
    await one.playOut();
    expect(heardIds()).toEqual(["s-1", "s-1", "s-3"]);
  });

  test("400 is given up at once, with what the receiver said, and the next word goes", async () => {
    receiver.script.push(answer(400, {}, "invalid_payload"));
    const one = new Running([hook("a")]);
    one.tell(opened, resolved);
    await one.playOut();
    expect(heardIds()).toEqual(["s-1", "s-3"]);
    expect(one.events[0]).toMatchObject({
      event: "lost",
      reason: "body-refused",
      detail: "status 400: invalid_payload",
    });
  });

  test("where private addresses are forbidden nothing is dialled, and that is told", async () => {
    const url = new Secret(`https://localhost:${receiver.port}/${TOKEN}`);
    const one = new Running([hook("a", { url, forbidPrivate: true })]);
    one.tell(opened);
    await one.settled();
    expect(one.events).toMatchObject([{ event: "failing", reason: "forbidden-target" }]);
    expect(receiver.connections()).toBe(0);
  });

  test("no secret stands in what is said, whatever a receiver answers", async () => {
    const secrets = [TOKEN, "hunter2hunter2", SIGNING[0] ?? ""];
    receiver.script.push(answer(500, {}, `bad: ${secrets.join(" ")}`), answer(410, {}, `gone: ${secrets.join(" ")}`));
    const one = new Running([
      hook("a", {
        headers: { "X-Token": new Secret("hunter2hunter2") },
        signingSecrets: [new Secret(SIGNING[0] ?? "")],
      }),
    ]);
    one.tell(opened);
    await one.playOut();
    expect(one.names()).toEqual(["failing", "disabled"]);
    for (const event of one.events) {
      const shown = JSON.stringify(event) + tellingEventInWords(event);
      for (const secret of secrets) expect(shown).not.toContain(secret);
      expect(shown).not.toContain(receiver.origin);
    }
  });
});

test("one alert can be told once, beside any outbox", async () => {
  receiver.script.push(answer(200), answer(401, {}, `who are you? ${TOKEN}`), answer(422), answer(410), {
    play: "reset",
  });
  const tools = {
    http,
    text: { timeZone: "UTC" },
    userAgent: "squall/test",
    env: {},
    nowMs: () => Date.now(),
    signal: new AbortController().signal,
  };
  const words: string[] = [];
  for (let tries = 0; tries < 5; tries++) words.push(outcomeInWords(await tellOnce(hook("a"), opened, tools)));
  expect(words).toEqual([
    "it was heard",
    "auth-error (status 401: who are you? ***)",
    "it refuses what it is sent (status 422)",
    "it wants nothing more (status 410)",
    expect.stringMatching(/^connection-broken \([A-Z_]+\)$/u),
  ]);
  expect(heardIds()).toEqual(["s-1", "s-1", "s-1", "s-1", "s-1"]);
});

describe("a kill", () => {
  test("before the answer: told again after the restart, the same id, and no other", async () => {
    receiver.script.push({ play: "hang" });
    const first = new Running([hook("a")]);
    first.tell(opened, wordOf("t", "storm.opened", 1));
    await pollUntil(() => receiver.heard.length === 1, { deadlineMs: 10_000, what: "the first try" });
    const written = new Map(first.written);
    await first.telling.stop(0);
    const second = new Running([hook("a")], {}, written);
    await second.playOut();
    expect(heardIds()).toEqual(["s-1", "s-1", "t-1"]);
  });

  test("while the receiver fails: tried at once after the restart, under the same id, and what waits follows", async () => {
    receiver.otherwise = answer(500);
    const first = new Running([hook("a")]);
    const beganMs = first.clock.nowMs();
    first.tell(opened, wordOf("t", "storm.opened", 1));
    await first.playOut(beganMs + HOUR_MS);
    first.flush();
    const failed = receiver.heard.length;
    receiver.otherwise = answer(204);
    const second = new Running([hook("a")], {}, new Map(first.written));
    expect(second.telling.status().receivers).toMatchObject([{ waiting: 2, failingSinceMs: beganMs }]);
    const since = new Date(beganMs).toISOString();
    expect(second.events.map(tellingEventInWords)).toEqual([
      `2 notifications are to be told to a, where tries have failed since ${since}: it is tried again now`,
    ]);
    await second.settled();
    expect(heardIds().slice(failed)).toEqual(["s-1"]);
    await second.playOut();
    expect(heardIds().slice(failed)).toEqual(["s-1", "t-1"]);
    expect(second.telling.status().receivers).toMatchObject([{ waiting: 0, failingSinceMs: undefined }]);
  });

  test("between the answer and its flush: one repeat, and the next word was not sent before", async () => {
    const first = new Running([hook("a")]);
    first.telling.add(opened);
    first.telling.add(resolved);
    first.flush();
    first.canFlush = false;
    await first.settled();
    first.clock.pass(HOUR_MS);
    await first.settled();
    expect(heardIds()).toEqual(["s-1"]);
    const second = new Running([hook("a")], {}, new Map(first.written));
    await second.playOut();
    expect(heardIds()).toEqual(["s-1", "s-1", "s-3"]);
  });

  test("after the flush: no repeat, and what was told is known", async () => {
    const first = new Running([hook("a", { updates: false })]);
    first.tell(opened);
    await first.settled();
    const second = new Running([hook("a", { updates: false })], {}, new Map(first.written));
    second.tell(updated, resolved);
    await second.playOut();
    expect(heardIds()).toEqual(["s-1", "s-3"]);
  });

  test("a stop in order waits for what is out", async () => {
    receiver.script.push({ play: "drip", status: 200 });
    const one = new Running([hook("a")]);
    one.tell(opened);
    await one.telling.stop(60_000);
    expect(one.names()).toEqual(["delivered"]);
    one.tell(resolved);
    expect(heardIds()).toEqual(["s-1"]);
  });
});

describe("a command", () => {
  const folder = mkdtempSync(join(tmpdir(), "squall-on-alert-"));
  afterEach(() => rmSync(join(folder, "heard"), { force: true }));

  test("gets the alert's JSON and variables, and none of squall's own", async () => {
    const words = commandWords(`sh -c 'cat > ${folder}/heard; env >> ${folder}/heard'`);
    const one = new Running([command("page", words.ok ? words.argv : [])]);
    one.tell({ ...opened, subject: 'a\n$(reboot) "x"' });
    await one.settled();
    const [line = "", ...env] = readFileSync(join(folder, "heard"), "utf8").split("\n");
    expect(decodeStormAlert(line)).toMatchObject({ ok: true, alert: { stormId: "s" } });
    expect(env).toEqual(
      expect.arrayContaining([
        "LANG=C",
        "SQUALL_ALERT_ID=s-1",
        "SQUALL_ALERT_TYPE=storm.opened",
        `SQUALL_ALERT_LIST=${opened.list}`,
        'SQUALL_ALERT_SUBJECT=a $(reboot) "x"',
        "SQUALL_ALERT_REVISION=1",
      ]),
    );
    expect(env.filter((entry) => entry.startsWith("SQUALL_WEBHOOK"))).toEqual([]);
    expect(one.names()).toEqual(["delivered"]);
  });

  test("that fails is tried again, like any receiver", async () => {
    const script = `test -e ${folder}/heard && exit 0; touch ${folder}/heard; echo no modem >&2; exit 7`;
    const one = new Running([command("page", ["sh", "-c", script])]);
    one.tell(opened);
    await one.playOut();
    expect(one.events).toMatchObject([
      { event: "failing", reason: "exit-code", detail: "exit code 7: no modem" },
      { event: "delivered", attempts: 2 },
      { event: "recovered" },
    ]);
  });

  test("that hangs is stopped in time; no more run at once than may; webhooks go on meanwhile", async () => {
    const pids = join(folder, "heard");
    const hanging = { ...command("page", ["sh", "-c", `echo x >> ${pids}; exec sleep 60`], 60_000), concurrent: 2 };
    const one = new Running([hanging, hook("a")]);
    one.tell(...["s", "t", "u", "v"].map((storm) => wordOf(storm, "storm.opened", 1)));
    await pollUntil(() => receiver.heard.length === 4, { deadlineMs: 10_000, what: "the webhook" });
    one.clock.pass(10_000);
    one.clock.pass(10_000);
    const started = (): number => (existsSync(pids) ? readFileSync(pids, "utf8").length / 2 : 0);
    await pollUntil(() => started() === 2, { deadlineMs: 10_000, what: "two commands" });
    expect(one.telling.status().receivers[0]).toMatchObject({ name: "page", inFlight: 2, waiting: 4 });
    await one.telling.stop(0);
    expect(one.telling.status().receivers[0]).toMatchObject({ inFlight: 0, waiting: 4, failuresInRow: 0 });
  });

  test("that is not there is told", async () => {
    const one = new Running([command("page", ["/nonexistent/page"])]);
    one.tell(opened);
    await one.settled();
    expect(one.events).toEqual([{ event: "failing", receiver: "page", reason: "not-started", detail: "ENOENT" }]);
  });
});
