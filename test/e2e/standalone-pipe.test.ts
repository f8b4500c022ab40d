// `squall standalone -` as a process at the end of a pipe, as journalctl would write it, and how it ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import type { AlertReceiver } from "../support/alert-receiver.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { pollUntil } from "../support/poll.ts";
import { startReceiver } from "../support/scripted-receiver.ts";
import { freePort } from "../support/free-port.ts";
import { inShort, mailAt, newHome, shown, talk } from "../support/standalone-home.ts";
import { ROOT } from "./squall-process.ts";

const DEADLINE_MS = 30_000;
const LIST = "all@example.org";

const closers = closersAfterEach();

async function receiver(): Promise<AlertReceiver> {
  const made = await alertReceiver();
  closers.push(made.close);
  return made;
}

function ago(minutes: number): number {
  return Date.now() - minutes * 60_000;
}

test("a storm on a pipe that stays open is told as it comes; at the end of the pipe the process ends, and all was told", async () => {
  const hook = await receiver();
  const squall = await newHome(closers).reading("-", "--webhook", hook.url);
  squall.stdin?.write(talk({ list: LIST, atMs: ago(50), mails: 5 }));
  await pollUntil(() => hook.heard.length > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be told" });
  expect(inShort(hook.heard.map(({ alert }) => alert))).toEqual(["storm.opened 2"]);
  expect(squall.hasEnded).toBe(false);
  squall.stdin?.end(mailAt(ago(1)));
  expect(await squall.end()).toEqual({ code: 0, signal: null });
  const told = ["storm.opened 2", "storm.resolved 3"];
  expect(inShort(shown(squall))).toEqual(told);
  expect(inShort(hook.heard.map(({ alert }) => alert))).toEqual(told);
});

test("a pipe that has ended before its storm was told is told to its end all the same", async () => {
  const hook = await receiver();
  const squall = newHome(closers).start("-", "--webhook", hook.url);
  squall.stdin?.end(`${talk({ list: LIST, atMs: ago(50), mails: 5 })}${mailAt(ago(1))}`);
  expect(await squall.end()).toEqual({ code: 0, signal: null });
  expect(inShort(hook.heard.map(({ alert }) => alert))).toEqual(["storm.opened 2", "storm.resolved 3"]);
});

test.each<[NodeJS.Signals, number]>([
  ["SIGTERM", 0],
  ["SIGINT", 130],
])("%s ends it with %i, within seconds also while a receiver hangs", async (signal, code) => {
  const hanging = await startReceiver();
  closers.push(() => hanging.close());
  hanging.otherwise = { play: "hang" };
  const squall = await newHome(closers).reading("-", "--webhook", hanging.origin);
  squall.stdin?.write(talk({ list: LIST, atMs: ago(5), mails: 5 }));
  await pollUntil(() => hanging.held() > 0, { deadlineMs: DEADLINE_MS, what: "the receiver to hang" });
  const askedAt = performance.now();
  expect(await squall.signal(signal)).toEqual({ code, signal: null });
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  expect(squall.err).toContain("1 notification waits");
});

test("SIGTERM ends it within seconds also while nobody reads its standard output", async () => {
  const standing = newHome(closers);
  const port = await freePort();
  standing.write("");
  const args = ["standalone", standing.log, "--state", standing.state, "--metrics", `${port}`, "--output", "ndjson"];
  const child = spawn(process.execPath, [join(ROOT, "services/squall/squall.js"), ...args], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env["PATH"] },
  });
  closers.push(() => Promise.resolve(void child.kill("SIGKILL")));
  const metric = async (name: string): Promise<string | undefined> => {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (answer) => answer.text(),
      () => "",
    );
    return text.split("\n").find((line) => line.startsWith(name));
  };
  const reads = async (): Promise<boolean> => (await metric("squall_records_consumed_total{")) !== undefined;
  await pollUntil(reads, { deadlineMs: DEADLINE_MS, what: "it to read" });
  const storms = 300;
  for (let storm = 0; storm < storms; storm += 1)
    standing.write(talk({ list: `list${storm}@example.org`, atMs: ago(5), mails: 5 }));
  const isOpened = async (): Promise<boolean> =>
    (await metric("squall_storms_opened_total ")) === `squall_storms_opened_total ${storms}`;
  await pollUntil(isOpened, { deadlineMs: DEADLINE_MS, what: "storms" });
  // Nobody reads; what Node and the kernel take in advance is soon full.
  expect(child.stdout.readableFlowing).toBeNull();
  const ended = once(child, "exit");
  const askedAt = performance.now();
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - askedAt).toBeLessThan(10_000);
});
