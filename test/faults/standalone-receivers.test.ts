// `squall standalone` with three receivers that fail in their own ways beside one that does not, killed in the middle.

import { expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { pollUntil } from "../support/poll.ts";
import type { Play, ScriptedReceiver } from "../support/scripted-receiver.ts";
import { startReceiver } from "../support/scripted-receiver.ts";
import { mailAt, newHome, shown, talk } from "../support/standalone-home.ts";

const DEADLINE_MS = 60_000;
/** What a receiver that hangs may cost the others. */
const AT_ONCE_MS = 3_000;
const LIST = "all@example.org";

const closers = closersAfterEach();

async function receiver(otherwise: Play): Promise<ScriptedReceiver> {
  const made = await startReceiver();
  closers.push(() => made.close());
  made.otherwise = otherwise;
  return made;
}

const OK: Play = { play: "answer", status: 204 };

/** Ids in the order in which they were first taken, from the `from`th request on. */
function taken({ heard }: ScriptedReceiver, from = 0): string[] {
  return [...new Set(heard.slice(from).map(({ headers }) => String(headers["webhook-id"])))];
}

function typesOf({ heard }: ScriptedReceiver, from = 0): string[] {
  const types = new Map<string, string>();
  for (const { headers, body } of heard.slice(from)) {
    types.set(String(headers["webhook-id"]), String((JSON.parse(body) as { type: unknown }).type));
  }
  return [...types.values()];
}

test("the good one hears at once; the others hear all in order when they are well again, a kill -9 in between", async () => {
  const home = newHome(closers);
  const good = await receiver(OK);
  const bad: readonly ScriptedReceiver[] = [
    await receiver({ play: "hang" }),
    await receiver({ play: "reset" }),
    await receiver({ play: "answer", status: 429, headers: { "retry-after": "1" } }),
  ];
  const hooks = [...bad, good].map(({ origin }, index) => `{name: r${index}, url: "${origin}/", timeout: 2s}`);
  home.configure(`inputs: [{file: ${home.log}, from: start}]\nwebhooks: [${hooks.join(", ")}]\n`);
  const hears = (one: ScriptedReceiver, type: string, from = 0): Promise<void> =>
    pollUntil(() => typesOf(one, from).includes(type), { deadlineMs: DEADLINE_MS, what: `${type} at ${one.origin}` });

  const first = await home.reading("--config", home.config);
  const startMs = Date.now() - 50 * 60_000;
  const wroteAt = performance.now();
  home.write(talk({ list: LIST, atMs: startMs, mails: 5 }));
  await hears(good, "storm.opened");
  expect(performance.now() - wroteAt).toBeLessThan(AT_ONCE_MS);
  for (const one of bad) await hears(one, "storm.opened");
  expect(await first.signal("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });

  const second = await home.reading("--config", home.config);
  const wroteAgainAt = performance.now();
  home.write(mailAt(Date.now() - 60_000));
  await hears(good, "storm.resolved");
  expect(performance.now() - wroteAgainAt).toBeLessThan(AT_ONCE_MS);
  const told = taken(good);
  expect(typesOf(good)).toEqual(["storm.opened", "storm.resolved"]);
  expect(good.heard.length).toBeLessThanOrEqual(told.length + 1);

  const before = bad.map(({ heard }) => heard.length);
  for (const [index, one] of bad.entries()) {
    // It never heard the first word, so the last one was kept back.
    expect(typesOf(one)).toEqual(["storm.opened"]);
    one.otherwise = OK;
    expect(before[index]).toBeGreaterThan(0);
  }
  for (const [index, one] of bad.entries()) {
    await hears(one, "storm.resolved", before[index]);
    expect(taken(one, before[index])).toEqual(told);
    expect(typesOf(one, before[index])).toEqual(["storm.opened", "storm.resolved"]);
  }
  expect(shown(second).map(({ type }) => type)).toContain("storm.resolved");
  expect(await second.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(second.err).not.toContain("wait");
});
