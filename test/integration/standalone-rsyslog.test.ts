// A real rsyslog beside `squall standalone`, both as processes: it writes the log that is followed and is told to rotate it in the
// middle of a storm, and it forwards the same to the syslog ports.

import { existsSync, renameSync, writeFileSync } from "node:fs";
import type { TestContext } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { beforeAll, expect, test } from "vitest";
import { simulate } from "../../services/squall/simulate/simulation.ts";
import { squall } from "../e2e/squall-process.ts";
import type { AlertReceiver, HeardAlert } from "../support/alert-receiver.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import type { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import type { RealRsyslog } from "../support/real-rsyslog.ts";
import { startRealRsyslog } from "../support/real-rsyslog.ts";
import { freePort } from "../support/free-port.ts";
import { newHome, shown, type StandaloneHome } from "../support/standalone-home.ts";

const DEADLINE_MS = 60_000;
/** Sent at a time: what comes by UDP before it is read has room for about 250 lines, and the machine may be busy. */
const BATCH = 150;
const ROTATIONS = 5;
const LISTS = 'lists: [{list: "*", priceGateDeliveries: 1000}]\n';

/** Ends a moment ago: where a stamp names no year, the one that is near is meant. */
const STARTS_AT_MS = Date.now() - 6_300_000;
let lines: string[] = [];
let expected: HeardAlert[] = [];

beforeAll(async () => {
  const times = { startsAt: STARTS_AT_MS * 1000, speed: 1 };
  const log = simulate({ scenario: "cisco-2013", seed: 3, scale: 0.005, until: 6000, times });
  lines = Buffer.concat([...log.chunks()])
    .toString("latin1")
    .split("\n")
    .slice(0, -1);
  const home = newHome(closers);
  home.configure(LISTS);
  home.write(`${lines.join("\n")}\n`);
  expected = shown(await squall(["replay", "-q", "--output", "ndjson", "--config", home.config, home.log]));
  const types = new Set(expected.map(({ type }) => type));
  if (!types.has("storm.opened") || !types.has("storm.resolved")) throw new Error("the log has no storm");
});

const closers = closersAfterEach();

interface Watched {
  readonly home: StandaloneHome;
  readonly hook: AlertReceiver;
  readonly live: LiveSquall;
  /** Of its metrics. */
  readonly port: number;
}

async function watch(inputs: string): Promise<Watched> {
  const home = newHome(closers);
  const hook = await alertReceiver();
  closers.push(hook.close);
  home.configure(`${LISTS}inputs: [${inputs.replace("LOG", home.log)}]\nwebhook: {url: "${hook.url}"}\n`);
  if (inputs.includes("LOG")) writeFileSync(home.log, "");
  const port = await freePort();
  return { home, hook, live: await home.reading("--config", home.config, "--metrics", `${port}`), port };
}

async function rsyslog(
  context: TestContext,
  actions: Parameters<typeof startRealRsyslog>[1]["actions"],
): Promise<RealRsyslog> {
  const real = await startRealRsyslog(realPart("rsyslogd", context), { actions });
  closers.push(real.stop);
  return real;
}

/** All lines, each batch once the one before was read by all; `onShare` now and then, with how much of the log is out. */
async function sendAll(
  real: RealRsyslog,
  readers: readonly Watched[],
  onShare: (share: number) => void = () => undefined,
): Promise<void> {
  for (let from = 0; from < lines.length; from += BATCH) {
    const batch = lines.slice(from, from + BATCH);
    await real.send(batch.map((line) => `<22>${line}`));
    onShare((from + batch.length) / lines.length);
    for (const watched of readers) await hasRead(watched, from + batch.length);
  }
}

async function hasRead({ port }: Watched, count: number): Promise<void> {
  const isRead = async (): Promise<boolean> => {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lost = metrics.match(/^squall_input_lost_total\{.*\} [1-9].*$/gm);
    if (lost !== null) throw new Error(lost.join("\n"));
    return Number(/^squall_records_consumed_total\{.*\} (\d+)$/m.exec(metrics)?.[1]) >= count;
  };
  await pollUntil(isRead, { deadlineMs: DEADLINE_MS, what: `${count} lines to be read` });
}

/** Opened and resolved were told once each, and the end counts what a replay of the log counts. */
async function expectTold({ hook, live }: Watched, isStampWhole = true): Promise<void> {
  const of = (alerts: readonly HeardAlert[], type: string): HeardAlert[] =>
    alerts.filter((alert) => alert.type === type);
  const told = (): HeardAlert[] => hook.heard.map(({ alert }) => alert);
  await pollUntil(() => of(told(), "storm.resolved").length > 0, { deadlineMs: DEADLINE_MS, what: "the storm to end" });
  expect(await live.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  for (const type of ["storm.opened", "storm.resolved"]) {
    // The id has the second's fraction in it, which old headers have not.
    const which = ({ stormId, list }: HeardAlert): string | undefined => (isStampWhole ? stormId : list);
    expect(of(told(), type).map(which)).toEqual(of(expected, type).map(which));
  }
  const [end, replayedEnd] = [of(told(), "storm.resolved")[0], of(expected, "storm.resolved")[0]];
  expect(end?.evidence.replyAlls).toBe(replayedEnd?.evidence.replyAlls);
  expect(end?.evidence.deliveriesSoFar).toBe(replayedEnd?.evidence.deliveriesSoFar);
}

test("it writes the log that is followed, rotated by rename and HUP in the middle of the storm", async (context) => {
  const watched = await watch("{file: LOG, from: start}");
  const { log } = watched.home;
  const real = await rsyslog(context, () => `action(type="omfile" file="${log}" template="RSYSLOG_FileFormat")`);
  let rotations = 0;
  await sendAll(real, [watched], (share) => {
    // Where it has not opened the new file yet there is nothing to rotate.
    if (share < (0.9 * (rotations + 1)) / ROTATIONS || !existsSync(log)) return;
    rotations += 1;
    for (let number = rotations - 1; number >= 1; number -= 1) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
    renameSync(log, `${log}.1`);
    real.reopen();
  });
  expect(rotations).toBe(ROTATIONS);
  await expectTold(watched);
});

test("it forwards to the syslog ports by UDP, by TCP with newlines and with counts, in old headers and new", async (context) => {
  const ways: readonly [string, "udp" | "tcp", string][] = [
    ["RSYSLOG_TraditionalForwardFormat", "udp", ""],
    ["RSYSLOG_ForwardFormat", "tcp", ""],
    ["RSYSLOG_SyslogProtocol23Format", "tcp", 'TCP_Framing="octet-counted"'],
  ];
  const all: Watched[] = [];
  const actions: string[] = [];
  for (const [template, transport, more] of ways) {
    const watched = await watch(`{syslog: {${transport}: 0}}`);
    await watched.live.says("listening for syslog on");
    const port = /listening for syslog on \w+:\/\/[\d.]+:(\d+)/.exec(watched.live.err)?.[1];
    actions.push(
      `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="${transport}" template="${template}" ${more})`,
    );
    all.push(watched);
  }
  const real = await rsyslog(context, () => actions.join("\n"));
  await sendAll(real, all);
  for (const [index, watched] of all.entries()) await expectTold(watched, index > 0);
});
