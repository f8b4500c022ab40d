// `squall learn`: old logs prime what standalone knows of lists, and nobody is told of what was in them.

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { pollUntil } from "../support/poll.ts";
import { freePort } from "../support/free-port.ts";
import { newHome, shown, talk } from "../support/standalone-home.ts";

const DEADLINE_MS = 30_000;
const LIST = "all@example.org";
const WRITERS = 8;

const closers = closersAfterEach();

async function held(port: number, kind: string): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^squall_state_entries\\{kind="${kind}"\\} (\\d+)$`, "m").exec(metrics)?.[1]);
}

test("lists and their writers are known from old logs, compressed or not; a storm in them is told to nobody", async () => {
  const home = newHome(closers);
  // A storm of yesterday: eight people within ten minutes.
  writeFileSync(
    home.path("mail.log.2.gz"),
    gzipSync(talk({ list: LIST, atMs: Date.now() - 86_400_000, mails: WRITERS })),
  );
  writeFileSync(
    home.path("mail.log.1"),
    talk({ list: "other@example.org", atMs: Date.now() - 43_200_000, mails: 2, from: 100 }),
  );
  const known = `2 lists and ${WRITERS + 2} writers of theirs are known now, in ${home.state}. Nobody was told of anything.\n`;
  const files = [home.path("mail.log.2.gz"), home.path("mail.log.1")];
  for (let turn = 0; turn < 2; turn += 1) {
    const { code, out } = await home.command("learn", ...files);
    expect({ code, isKnown: out.endsWith(known) }).toEqual({ code: 0, isKnown: true });
  }

  const hook = await alertReceiver();
  closers.push(hook.close);
  const port = await freePort();
  home.write("");
  const squall = await home.reading(home.log, "--webhook", hook.url, "--metrics", `${port}`);
  await pollUntil(async () => (await held(port, "lists")) === 2, {
    deadlineMs: DEADLINE_MS,
    what: "the lists to be known",
  });
  expect(await held(port, "list-persons")).toBe(WRITERS + 2);
  expect(squall.err).not.toContain("open");

  // What runs holds the directory: learning waits for nobody, and says who.
  const refused = await home.command("learn", ...files);
  expect({ code: refused.code, out: refused.out }).toEqual({ code: 1, out: "" });
  expect(refused.err).toContain(`${squall.pid}`);

  // A storm of today is one of its own.
  home.write(talk({ list: LIST, atMs: Date.now() - 300_000, mails: 6, from: 200 }));
  await pollUntil(() => hook.heard.length > 0, { deadlineMs: DEADLINE_MS, what: "the storm of today to be told" });
  expect(new Set(hook.heard.map(({ alert }) => alert.stormId)).size).toBe(1);
  expect(shown(squall)[0]).toMatchObject({ type: "storm.opened", list: LIST });
  expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
}, 60_000);

test("what cannot be read is said, and what could be read is learned", async () => {
  const home = newHome(closers);
  const whole = gzipSync(talk({ list: LIST, atMs: Date.now() - 86_400_000, mails: WRITERS }));
  writeFileSync(home.path("cut.gz"), whole.subarray(0, whole.length - 20));
  const { code, err, out } = await home.command("learn", home.path("cut.gz"));
  expect(code).toBe(1);
  expect(err).toMatch(/^squall: \S*cut\.gz: /m);
  expect(out).toMatch(/: 1 list and \d+ writers of theirs are known now/);
  expect(readFileSync(home.path("cut.gz")).length).toBe(whole.length - 20);
});
