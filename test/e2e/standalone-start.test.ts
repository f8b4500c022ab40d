// A start with much to remember: 2,000 lists that 1,000 people each wrote to, and one that 200,000 wrote to.

import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { siteOf } from "../../services/detector/detector.ts";
import { rememberWriter, useList } from "../../services/detector/list-table.ts";
import { KeptRun } from "../../services/detector/testing/kept-run.ts";
import { createDisk } from "../../shared/adapters/files/state-log/disk.ts";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { pollUntil } from "../support/poll.ts";
import { freePort } from "../support/free-port.ts";
import { newHome } from "../support/standalone-home.ts";

const LISTS = 2_000;
const WRITERS = 1_000;
const WRITERS_OF_LARGEST = 200_000;
const DEADLINE_MS = 60_000;
const ENTRIES_A_FLUSH = 100;

const closers = closersAfterEach();

/** The state directory of a squall that has seen all this. */
async function remembered(folder: string): Promise<void> {
  const run = new KeptRun(defaultDetectorSettings, new Map());
  const site = siteOf(run.state, "site");
  if (site === undefined) throw new Error("no site");
  const at = Date.now() - 86_400_000;
  const writeTo = (address: string, writers: number): void => {
    const list = useList(site.lists, { address, via: "orig_to", at }, site.settings, site.counters);
    for (let writer = 0; writer < writers; writer += 1)
      rememberWriter(site.lists, list, { person: `person${writer}@example.org`, at }, site);
  };
  writeTo("everybody@example.org", WRITERS_OF_LARGEST);
  for (let list = 0; list < LISTS; list += 1) writeTo(`list${list}@example.org`, WRITERS);
  run.flush();
  mkdirSync(folder, { mode: 0o700 });
  const log = await openFileStateLog(createDisk(folder, undefined));
  await log.read(() => undefined);
  const entries = Array.from(run.stored, ([key, value]) => ({ key, value }));
  for (let from = 0; from < entries.length; from += ENTRIES_A_FLUSH)
    await log.append(entries.slice(from, from + ENTRIES_A_FLUSH));
  await log.close();
}

test("it becomes ready, and knows the lists and who wrote to them", async (context) => {
  const home = newHome(closers);
  await remembered(home.state);
  home.write("");
  const port = await freePort();
  const get = (path: string): Promise<string> =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      (answer) => answer.text(),
      () => "",
    );
  const startedAt = performance.now();
  const squall = home.start(home.log, "--metrics", `${port}`);
  await pollUntil(async () => (await get("/readyz")) === "ready\n", {
    deadlineMs: DEADLINE_MS,
    what: "it to be ready",
  });
  const readyMs = performance.now() - startedAt;
  await context.annotate(`ready ${Math.round(readyMs)} ms after its start`);
  const metrics = await get("/metrics");
  const held = (kind: string): number =>
    Number(metrics.split(`squall_state_entries{kind="${kind}"} `)[1]?.split("\n")[0]);
  expect(held("lists")).toBe(LISTS + 1);
  expect(held("list-persons")).toBe(LISTS * WRITERS + WRITERS_OF_LARGEST);
  expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });
});
