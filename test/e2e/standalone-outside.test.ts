// What stands around a running `squall standalone`: who scrapes it, who watches that it lives, the command it runs, and what it says where it cannot start.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { createDisk } from "../../shared/adapters/files/state-log/disk.ts";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { startReceiver } from "../support/scripted-receiver.ts";
import { freePort } from "../support/free-port.ts";
import { inShort, mailAt, newHome, shown, talk, type StandaloneHome } from "../support/standalone-home.ts";

const DEADLINE_MS = 30_000;
const LIST = "all@example.org";

const closers = closersAfterEach();

const storm = (): string => talk({ list: LIST, atMs: Date.now() - 300_000, mails: 5 });

/** On a port of loopback that is free; which it is. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("what would pass for all well", () => {
  test("standard output that nobody reads any more is said, and receivers are told on", async () => {
    const home = newHome(closers);
    const hook = await alertReceiver();
    closers.push(hook.close);
    home.write("");
    const squall = await home.reading(home.log, "--webhook", hook.url);
    squall.closeOutput();
    const told = (list: string): boolean => hook.heard.some(({ alert }) => alert.list === list);
    const lists = ["one@example.org", "two@example.org", "three@example.org"];
    for (const [index, list] of lists.entries()) {
      home.write(talk({ list, atMs: Date.now() - 300_000, mails: 5, from: index * 10 }));
      await pollUntil(() => told(list), { deadlineMs: DEADLINE_MS, what: `${list} to be told` });
    }
    expect(squall.err.match(/nobody reads standard output any more/gu)).toHaveLength(1);
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("a log that is not there, or that nothing is understood of, is said, and the heartbeat is withheld", async () => {
    const home = newHome(closers);
    const heart = await startReceiver();
    closers.push(() => heart.close());
    home.configure(`inputs: [{file: ${home.log}}]\nheartbeat: {url: "${heart.origin}/beat", every: 10s}\n`);
    const squall = await home.reading("--config", home.config);
    await squall.says("the heartbeat is withheld");
    home.write("Lorem ipsum dolor sit amet.\n".repeat(1_500));
    await squall.says("1500 lines were read, and none of them is understood");
    expect(heart.heard).toEqual([]);
    home.write(storm());
    await squall.says("is understood now");
    await squall.says("the heartbeat goes on");
  });

  test("a log that two inputs name is read once, and that is said", async () => {
    const home = newHome(closers);
    home.configure(`inputs: [{file: ${home.log}, from: start}, {files: "${home.folder}/*.log", from: start}]\n`);
    home.write(storm());
    const squall = home.start("--config", home.config);
    await squall.says("is read by another input already");
    await pollUntil(() => shown(squall).length > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be shown" });
    expect(inShort(shown(squall))[0]).toBe("storm.opened 2");
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});

describe("beside it", () => {
  test("the command gets each alert on its standard input, and its type in the environment", async () => {
    const home = newHome(closers);
    const script = home.path("page.sh");
    writeFileSync(script, `#!/bin/sh\necho "$1 $SQUALL_ALERT_TYPE" >> "$2.types"\ncat >> "$2"\n`);
    chmodSync(script, 0o755);
    home.write("");
    const squall = await home.reading(home.log, "--on-alert", `${script} 'mail team' ${home.path("alerts")}`);
    home.write(storm());
    const alerts = (): string => (existsSync(home.path("alerts")) ? readFileSync(home.path("alerts"), "utf8") : "");
    await pollUntil(() => alerts().includes("storm.opened"), {
      deadlineMs: DEADLINE_MS,
      what: "the command to be run",
    });
    await squall.says("on-alert was told storm.opened");
    expect(shown({ out: alerts().endsWith("\n") ? alerts() : `${alerts()}\n` })).toEqual(shown(squall));
    expect(readFileSync(home.path("alerts.types"), "utf8")).toBe("mail team storm.opened\n");
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("a receiver that had been failing when squall was killed is tried at once by the next one, which says since when", async () => {
    const home = newHome(closers);
    const hook = await startReceiver();
    closers.push(() => hook.close());
    // It asks to be left alone for longer than this test may take.
    hook.script.push({ play: "answer", status: 503, headers: { "retry-after": "600" } });
    home.write("");
    const first = await home.reading(home.log, "--webhook", `${hook.origin}/`);
    home.write(storm());
    await first.says("webhook cannot be told: server-error");
    const isKept = (): boolean =>
      readdirSync(home.state)
        .filter((name) => name.endsWith(".log"))
        .some((name) => readFileSync(join(home.state, name)).includes("outbox/failing/webhook"));
    await pollUntil(isKept, { deadlineMs: DEADLINE_MS, what: "the failure to be kept" });
    await first.signal("SIGKILL");
    const failed = hook.heard.length;
    const second = await home.reading(home.log, "--webhook", `${hook.origin}/`);
    await second.says("where tries have failed since ");
    expect(second.err).toMatch(
      /squall: \d notifications? (?:is|are) to be told to webhook, where tries have failed since 20\S+Z: it is tried again now\n/u,
    );
    await second.says("webhook can be told again");
    expect(hook.heard[failed]?.headers["webhook-id"]).toBe(hook.heard[0]?.headers["webhook-id"]);
    expect(await second.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("ports of its own that others have are said, by doctor too, and end nothing: the storm is told", async () => {
    const home = newHome(closers);
    const hook = await alertReceiver();
    closers.push(hook.close);
    const holders = [createServer(), createServer()];
    const ports = await Promise.all(holders.map(listening));
    closers.push(() => holders.forEach((holder) => holder.close()));
    const [metrics, page] = ports.map((port) => `127.0.0.1:${port}`);
    const args = [home.log, "--metrics", `${metrics}`, "--console", `${page}`];
    home.write("");
    const squall = await home.reading(...args, "--webhook", hook.url);
    const taken = "another process listens there already; set another with";
    expect(squall.err.split("\n").filter((line) => line.includes("cannot listen"))).toEqual([
      `squall: metrics: cannot listen on ${metrics}: ${taken} --metrics, SQUALL_METRICS_ADDRESS or metrics: {address: …}; "off" for none. squall goes on without metrics and health`,
      `squall: live page: cannot listen on ${page}: ${taken} --console, SQUALL_CONSOLE_ADDRESS or console: {address: …}; "off" for none. squall goes on without a live page`,
    ]);
    home.write(storm());
    await pollUntil(() => hook.heard.length > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be told" });

    const doctor = (): ReturnType<typeof home.command> => home.command("doctor", ...args);
    const asked = await doctor();
    expect(asked.code).toBe(1);
    expect(asked.out).toMatch(new RegExp(`^FAIL {2}metrics: ${metrics} is not squall's: .* runs without it$`, "mu"));
    expect(asked.out).toMatch(new RegExp(`^FAIL {2}live page: ${page} is not squall's: .* runs without it$`, "mu"));
    for (const holder of holders) holder.close();
    expect((await doctor()).out).toMatch(
      new RegExp(`^FAIL {2}metrics: ${metrics} is free, but was not when squall was started`, "mu"),
    );
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("the heartbeat is called; metrics count lines by input; it is ready and alive", async () => {
    const home = newHome(closers);
    const heart = await startReceiver();
    closers.push(() => heart.close());
    home.write("");
    home.write("", "other.log");
    const port = await freePort();
    home.configure(
      `inputs: [{file: ${home.log}}, {file: ${home.path("other.log")}}, {syslog: {udp: 0}}]\nheartbeat: {url: "${heart.origin}/beat", every: 10s}\nmetrics: {address: "${port}"}\n`,
    );
    const squall = await home.reading("--config", home.config, "--metrics", `${port}`);
    const get = async (path: string): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return `${answer.status} ${await answer.text()}`;
    };
    home.write(`${storm()}no line of a log\n`);
    home.write(mailAt(Date.now()), "other.log");
    const metrics = async (): Promise<string> => (await get("/metrics")).replaceAll(home.folder, "HOME");
    const isCounted = async (): Promise<boolean> => {
      const text = await metrics();
      return (
        text.includes('squall_records_consumed_total{input="HOME/mail.log"} 6') &&
        text.includes('squall_records_consumed_total{input="HOME/other.log"} 1') &&
        text.includes('squall_records_consumed_total{input="syslog udp 127.0.0.1:0"} 0')
      );
    };
    await pollUntil(isCounted, { deadlineMs: DEADLINE_MS, what: "the lines to be counted" });
    expect(await metrics()).toContain("\nsquall_storms_opened_total 1\n");
    expect(await metrics()).toContain("\nsquall_storms_open 1\n");
    home.write(mailAt(Date.now() + 3_600_000));
    const isSetRight = async (): Promise<boolean> => {
      const text = await metrics();
      return (
        text.includes('squall_input_events_total{input="HOME/mail.log",event="stamps-ahead"} 1\n') &&
        /^squall_event_lateness_seconds_count [1-9]/m.test(text)
      );
    };
    await pollUntil(isSetRight, { deadlineMs: DEADLINE_MS, what: "a mail of a wrong clock to be counted" });
    expect(await metrics()).toContain('\nsquall_input_open{input="HOME/mail.log"} 1\n');
    expect(await get("/healthz")).toBe("200 ok\n");
    expect(await get("/readyz")).toBe("200 ready\n");
    expect(squall.err).toContain(`metrics and health on http://127.0.0.1:${port}`);
    await pollUntil(() => heart.heard.length > 0, { deadlineMs: DEADLINE_MS, what: "the heartbeat" });
    expect(heart.heard[0]).toMatchObject({ method: "GET", path: "/beat" });
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("what comes by UDP and TCP of one input is counted together, and what the kernel dropped as lost", async () => {
    const home = newHome(closers);
    const port = await freePort();
    const squall = await home.reading("--syslog-udp", "0", "--syslog-tcp", "0", "--metrics", `${port}`);
    await squall.says("listening for syslog on tcp://");
    const portOf = (transport: string): number =>
      Number(new RegExp(`${transport}://127\\.0\\.0\\.1:(\\d+)`).exec(squall.err)?.[1]);
    const metric = async (name: string): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const values = text.split("\n").filter((line) => line.startsWith(name));
      expect(values).toHaveLength(1);
      return Number(values[0]?.split(" ").at(-1));
    };
    const line = `<22>${new Date().toISOString()} mx1 postfix/qmgr[1]: A1B2C3D4E5: removed`;
    const udp = createSocket("udp4");
    const tcp = connect(portOf("tcp"), "127.0.0.1");
    closers.push(() => new Promise((resolve) => void udp.close(resolve)));
    tcp.end(`${line}\n${line}\n`);
    udp.send(line, portOf("udp"), "127.0.0.1");
    const all = async (): Promise<boolean> => (await metric("squall_records_consumed_total{")) === 3;
    await pollUntil(all, { deadlineMs: DEADLINE_MS, what: "three lines to be counted" });

    expect(await metric("squall_input_stream_time_timestamp_seconds{")).toBeLessThan(Date.now() / 1000 + 60);

    // Nobody reads while the process stands still: more comes than its buffer takes.
    squall.send("SIGSTOP");
    const many = 20_000;
    const send = (): Promise<void> =>
      new Promise((resolve) => {
        udp.send(line.padEnd(1000), portOf("udp"), "127.0.0.1", () => resolve());
      });
    for (let sent = 0; sent < many; sent += 100) await Promise.all(Array.from({ length: 100 }, send));
    squall.send("SIGCONT");
    const dropped = (): Promise<number> =>
      metric('squall_input_lost_total{input="syslog udp 127.0.0.1:0 tcp 127.0.0.1:0",reason="dropped-by-kernel"}');
    const isEven = async (): Promise<boolean> =>
      (await metric("squall_records_consumed_total{")) + (await dropped()) === many + 3;
    await pollUntil(isEven, { deadlineMs: DEADLINE_MS, what: "all to be counted, as read or as dropped" });
    expect(await dropped()).toBeGreaterThan(0);
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("a log that may not be read is said once, and read when it may be", async () => {
    const home = newHome(closers);
    const hook = await alertReceiver();
    closers.push(hook.close);
    // Root may read every file: a folder is none for anybody.
    mkdirSync(home.log);
    const squall = await home.reading(home.log, "--from", "start", "--webhook", hook.url);
    await squall.says(home.log);
    rmdirSync(home.log);
    home.write(storm());
    await pollUntil(() => hook.heard.length > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be told" });
    const said = squall.err.split("\n").filter((line) => /is no file|is a folder|cannot/.test(line));
    expect(said).toHaveLength(1);
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});

describe("where it cannot start it says why in a line, and exits 1", () => {
  test("a syslog port is in use", async () => {
    const home = newHome(closers);
    const first = await home.reading("--syslog-udp", "0");
    await first.says("listening for syslog on udp://");
    const port = /udp:\/\/127\.0\.0\.1:(\d+)/.exec(first.err)?.[1] ?? "";
    const second = newHome(closers).start("--syslog-udp", port);
    expect(await second.end()).toEqual({ code: 1, signal: null });
    expect(second.err).toMatch(new RegExp(`^squall: .*127\\.0\\.0\\.1:${port}: .*\\n$`));
  });

  test("another squall holds the state directory", async () => {
    const home = newHome(closers);
    home.write("");
    const first = await home.reading(home.log);
    const second = home.start(home.log);
    expect(await second.end()).toEqual({ code: 1, signal: null });
    expect(second.err).toContain(`squall: ${home.state}: is in use by squall standalone`);
    expect(second.err).toContain(`${first.pid}`);
    expect(second.err.trimEnd().split("\n")).toHaveLength(1);
    expect(await first.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  const LAYOUT_OF_LATER = '{"v":99}';

  async function homeWithEntry(key: string): Promise<StandaloneHome> {
    const home = newHome(closers);
    home.write("");
    mkdirSync(home.state, { mode: 0o700 });
    const log = await openFileStateLog(createDisk(home.state, undefined));
    await log.read(() => undefined);
    const name = key === "input/x" ? `input/${home.log}` : key;
    await log.append([{ key: name, value: Buffer.from(LAYOUT_OF_LATER) }]);
    await log.close();
    return home;
  }

  test.each([
    "detector/counters",
    "input/x",
    "outbox/storm/s",
    "silence/last-id",
    "mail/table",
    "time/live",
    "console/alert/1",
    "hour/1",
  ])("the state has an entry in a layout of a later version: %s", async (key) => {
    const home = await homeWithEntry(key);
    const squall = home.start(home.log);
    const { code } = await squall.end();
    expect(squall.err).not.toMatch(/internal error/);
    expect(squall.err).toContain(home.state);
    expect(code).toBe(1);
  });

  test.each(["detector/list/x", "outbox/x", "silence/1", "mail/x"])(
    "the state has an entry of a kind that a later version knows, and is taken up without it: %s",
    async (key) => {
      const home = await homeWithEntry(key);
      const squall = await home.reading(home.log);
      expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
      const log = await openFileStateLog(createDisk(home.state, undefined));
      const keys: string[] = [];
      await log.read((kept) => void keys.push(kept));
      await log.close();
      expect(keys).not.toContain(key);
    },
  );

  test("nothing is named, and no log is where logs are", async () => {
    const squall = new LiveSquall([
      "standalone",
      "--state",
      newHome(closers).state,
      "--metrics",
      "off",
      "/nowhere/mail.log",
    ]);
    await squall.says("/nowhere/mail.log");
    expect(inShort(shown(squall))).toEqual([]);
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});

test("a state directory that is removed while it runs ends it, and is named", async () => {
  const home = newHome(closers);
  home.write("");
  const squall = await home.reading(home.log);
  rmSync(home.state, { recursive: true });
  home.write(storm());
  expect(await squall.end()).toEqual({ code: 1, signal: null });
  expect(squall.err).toContain(`squall: ${home.state}: no such folder\n`);
});

test("a state directory where none can be made: exit 1 at once", async () => {
  const squall = new LiveSquall(["standalone", "/nowhere/mail.log", "--state", "/dev/null/state", "--metrics", "off"]);
  expect(await squall.end()).toEqual({ code: 1, signal: null });
  expect(squall.err).toMatch(/^squall: \/dev\/null\/state: [^\n]*\n$/);
});
