// `squall standalone` whose state directory has no room: it goes on telling, says so, and what was not kept is all that a kill repeats.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { AlertReceiver } from "../support/alert-receiver.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { onlyWhere } from "../support/only-where.ts";
import { pollUntil } from "../support/poll.ts";
import { startReceiver } from "../support/scripted-receiver.ts";
import { freePort } from "../support/free-port.ts";
import { shown, StandaloneHome, talk } from "../support/standalone-home.ts";

const DEADLINE_MS = 30_000;
const base = mkdtempSync(join(tmpdir(), "squall-full-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const mounted = join(base, "small-disk");
const mount = ["-t", "tmpfs", "-o", "size=2m", "squall-test", mounted];
mkdirSync(mounted);
const canMount = spawnSync("mount", mount).status === 0;
if (canMount) spawnSync("umount", [mounted]);

const other = join(mounted, "other");
/** Somebody else takes all that is left. */
function fill(): void {
  spawnSync("dd", ["if=/dev/zero", `of=${other}`, "bs=4k", "count=1000"]);
}

function toldOf({ heard }: AlertReceiver, list: string): string[] {
  return heard.filter(({ alert }) => alert.list === list).map(({ id }) => id);
}

describe("a disk without room", () => {
  test.each(onlyWhere(canMount, "a file system of 2 MiB (needs the right to mount)"))("%s", async () => {
    spawnSync("mount", mount);
    const closers: (() => unknown)[] = [() => spawnSync("umount", ["-l", mounted])];
    try {
      const home = new StandaloneHome({ state: join(mounted, "state") });
      closers.push(() => home.close());
      const [hook, heart] = [await alertReceiver(), await startReceiver()];
      closers.push(hook.close, () => heart.close());
      const port = await freePort();
      home.configure(
        `inputs: [{file: ${home.log}, from: start}]\nwebhook: {url: "${hook.url}"}\nheartbeat: {url: "${heart.origin}/", every: 10s}\n`,
      );
      const args = ["--config", home.config, "--metrics", `${port}`];
      const hears = (list: string, times = 1): Promise<void> =>
        pollUntil(() => toldOf(hook, list).length >= times, { deadlineMs: DEADLINE_MS, what: `${list} to be told` });
      const storm = (list: string): void => home.write(talk({ list, atMs: Date.now() - 300_000, mails: 5 }));
      const first = await home.reading(...args);
      storm("before@example.org");
      await hears("before@example.org");

      fill();
      storm("full@example.org");
      await hears("full@example.org");
      storm("fuller@example.org");
      await hears("fuller@example.org");
      await pollUntil(() => shown(first).length === 3, { deadlineMs: DEADLINE_MS, what: "all to be shown" });
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(metrics).toMatch(/\nsquall_state_flushes_refused_total [1-9]/);
      expect(await home.command("silence", "quiet@example.org", "--for", "1h", "--why", "a full disk")).toEqual({
        code: 1,
        out: "",
        err: "squall: it holds now, but there is no room to keep it: a restart forgets it\n",
      });
      await first.says("the heartbeat is withheld");
      const beats = heart.heard.length;
      expect(first.err.match(/no space left/g)).toHaveLength(1);

      rmSync(other);
      await first.says("the state is written again");
      await first.says("the heartbeat goes on");
      expect(heart.heard.length).toBeGreaterThanOrEqual(beats);
      await first.signal("SIGKILL");
      const second = await home.reading(...args);
      storm("after@example.org");
      await hears("after@example.org");
      for (const list of ["before@example.org", "full@example.org", "fuller@example.org"]) {
        expect([list, toldOf(hook, list).length]).toEqual([list, 1]);
      }

      fill();
      storm("lost@example.org");
      await hears("lost@example.org");
      await second.signal("SIGKILL");
      rmSync(other);
      const third = await home.reading(...args);
      await hears("lost@example.org", 2);
      storm("last@example.org");
      await hears("last@example.org");
      expect(new Set(toldOf(hook, "lost@example.org")).size).toBe(1);
      // That it was told may not have been kept: one word a kill.
      expect(toldOf(hook, "after@example.org").length).toBeLessThanOrEqual(2);
      const once = ["before", "full", "fuller", "last"].map((name) => `${name}@example.org`);
      for (const list of once) expect([list, toldOf(hook, list).length]).toEqual([list, 1]);

      fill();
      storm("end@example.org");
      await hears("end@example.org");
      const askedAt = performance.now();
      expect(await third.signal("SIGTERM")).toEqual({ code: 0, signal: null });
      expect(performance.now() - askedAt).toBeLessThan(10_000);
      expect(third.err).not.toMatch(/internal error/);
    } finally {
      for (const close of closers.toReversed()) await close();
    }
  });
});
