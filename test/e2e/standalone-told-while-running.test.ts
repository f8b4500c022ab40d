// What a running `squall standalone` is told from outside: silences by the command, settings by SIGHUP.

import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { openStateDirectory } from "../../services/squall/state-directory.ts";
import type { AlertReceiver } from "../support/alert-receiver.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import type { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { freePort } from "../support/free-port.ts";
import { newHome, shown, type StandaloneHome, talk } from "../support/standalone-home.ts";

const DEADLINE_MS = 30_000;

const closers = closersAfterEach();

async function setUp(): Promise<{ home: StandaloneHome; hook: AlertReceiver }> {
  const home = newHome(closers);
  return { home, hook: await receiver() };
}

async function receiver(): Promise<AlertReceiver> {
  const hook = await alertReceiver();
  closers.push(hook.close);
  return hook;
}

let threads = 0;
/** A storm on the list in the followed log, five minutes ago. */
function storm(home: StandaloneHome, list: string): void {
  threads += 1;
  home.write(talk({ list, atMs: Date.now() - 300_000, mails: 5, from: threads * 100 }));
}

const opened = (alerts: readonly { type: string; list?: string | undefined }[]): string[] =>
  alerts.filter(({ type }) => type === "storm.opened").map(({ list }) => list ?? "");
/** Each once: a kill may repeat one. */
const toldBy = (hook: AlertReceiver): string[] => [...new Set(opened(hook.heard.map(({ alert }) => alert)))];

function hears(hook: AlertReceiver, list: string): Promise<void> {
  return pollUntil(() => toldBy(hook).includes(list), { deadlineMs: DEADLINE_MS, what: `${list} to be told` });
}

function shows(squall: LiveSquall, list: string): Promise<void> {
  const isShown = (): boolean => opened(shown(squall)).includes(list);
  return pollUntil(isShown, { deadlineMs: DEADLINE_MS, what: `${list} to be shown` });
}

describe("squall silence", () => {
  test("nobody is told, it is shown; it survives a kill -9; at its end the storm that is still open is told", async () => {
    const { home, hook } = await setUp();
    home.write("");
    const args = [home.log, "--from", "start", "--webhook", hook.url];
    const first = await home.reading(...args);
    expect(await home.command("silences")).toMatchObject({ code: 0, out: "No silences.\n" });
    const made = await home.command("silence", "quiet@example.org", "--for", "4h", "--why", "town hall");
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(made.out).toContain("Silence 1: nobody is told of storms on quiet@example.org until ");
    storm(home, "quiet@example.org");
    await shows(first, "quiet@example.org");
    storm(home, "loud@example.org");
    await hears(hook, "loud@example.org");
    expect(toldBy(hook)).toEqual(["loud@example.org"]);

    await first.signal("SIGKILL");
    const second = await home.reading(...args);
    const listed = await home.command("silences");
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out).toMatch(/^1 {2}quiet@example\.org {2}until .* \(4 h 0 min left\)$/m);
    expect(listed.out).toContain("town hall");
    storm(home, "third@example.org");
    await hears(hook, "third@example.org");
    expect(toldBy(hook)).toEqual(["loud@example.org", "third@example.org"]);

    expect(await home.command("silence", "--end", "1")).toMatchObject({
      code: 0,
      out: "Silence 1 on quiet@example.org has ended; storms that are still open are told now.\n",
    });
    await hears(hook, "quiet@example.org");
    expect(await home.command("silences")).toMatchObject({ code: 0, out: "No silences.\n" });
    expect(await second.signal("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(toldBy(hook)).toHaveLength(3);
  });
});

describe("SIGHUP", () => {
  test("a list that is exempt from now on opens no further storm, and a new receiver hears", async () => {
    const { home, hook } = await setUp();
    const other = await receiver();
    const common = `inputs: [{file: ${home.log}, from: start}]\n`;
    home.configure(`${common}webhooks: [{name: one, url: "${hook.url}"}]\n`);
    const squall = await home.reading("--config", home.config);
    storm(home, "before@example.org");
    await hears(hook, "before@example.org");
    home.configure(
      `${common}lists: [{list: "exempt@example.org", exempt: true}]\nwebhooks: [{name: one, url: "${hook.url}"}, {name: two, url: "${other.url}"}]\n`,
    );
    squall.send("SIGHUP");
    await squall.says("the configuration was reloaded: changed: lists, webhooks");
    storm(home, "exempt@example.org");
    storm(home, "after@example.org");
    await hears(hook, "after@example.org");
    await hears(other, "after@example.org");
    expect(toldBy(hook)).toEqual(["before@example.org", "after@example.org"]);
    expect(opened(shown(squall))).toEqual(["before@example.org", "after@example.org"]);
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("a bad file changes nothing and is told with line and column; so is one that is gone; a good one is taken then", async () => {
    const { home, hook } = await setUp();
    const good = `inputs: [{file: ${home.log}, from: start}]\nwebhook: {url: "${hook.url}"}\n`;
    home.configure(good);
    const squall = await home.reading("--config", home.config);
    home.configure(`${good}lists:\n  - list: "a@example.org"\n    exemt: true\n`);
    squall.send("SIGHUP");
    await squall.says("the configuration was not reloaded: the old one stays in force");
    expect(squall.err).toMatch(/squall\.yaml:5:5: .*exemt/);
    storm(home, "a@example.org");
    await hears(hook, "a@example.org");
    rmSync(home.config);
    squall.send("SIGHUP");
    await squall.says("squall.yaml: no such file");
    home.configure(`${good}timezone: Europe/London\n`);
    squall.send("SIGHUP");
    await squall.says("changed too, but read at the start only: timezone");
    expect(squall.err).not.toMatch(/Error|at .*\.ts:/);
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("one that comes while it starts does not end it, and is heeded then", async () => {
    const { home } = await setUp();
    home.write("");
    const other = { title: "squall silence", isBrief: true, waitMs: 0 };
    const held = await openStateDirectory(home.state, other);
    const port = await freePort();
    const squall = home.start(home.log, "--metrics", `${port}`);
    const answers = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ status }) => status === 503,
        () => false,
      );
    await pollUntil(answers, { deadlineMs: DEADLINE_MS, what: "the port to be open" });
    squall.send("SIGHUP");
    await held.close();
    await squall.says("the configuration was reloaded: nothing changed");
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});
