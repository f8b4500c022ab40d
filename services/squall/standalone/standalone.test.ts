import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import { pollUntil } from "../../../test/support/poll.ts";
import { talk } from "../../../test/support/standalone-home.ts";
import { createTelling } from "../../alerter/telling-shell.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { openStateDirectory } from "../state-directory.ts";
import { Standalone } from "./standalone.ts";

const WAIT = { deadlineMs: 10_000 };
const folder = mkdtempSync(join(tmpdir(), "squall-standalone-"));
const closers = closersAfterEach();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an alert that is decided while a flush is being written is shown with the next: this one does not hold it", async () => {
  const path = join(folder, "mail.log");
  writeFileSync(path, "");
  const flags = { state: join(folder, "state"), from: "start" } as const;
  const config = await loadStandaloneConfiguration([path], flags, {});
  const directory = await openStateDirectory(config.state, { title: "test", isBrief: false, waitMs: 0 });
  const http = createHttpClient(defaultHttpClientOptions);
  closers.push(
    () => directory.close(),
    () => http.close(),
  );
  const shown: (string | undefined)[] = [];
  let turns = 0;
  const standalone = new Standalone(config, {
    directory,
    nowMs: () => Date.now(),
    say: () => undefined,
    onAlert: ({ type, list }) => {
      if (type === "storm.opened") shown.push(list);
    },
    onWindow: () => undefined,
    onKeptAlert: () => undefined,
    onKeptWindow: () => undefined,
    onRejected: () => undefined,
    onTurn: () => {
      turns += 1;
    },
    createTelling: ({ isSilenced, requestFlush }) =>
      createTelling({
        receivers: [],
        http,
        clock: systemClock,
        random: () => 0,
        userAgent: "test",
        text: { timeZone: "UTC", advice: [] },
        env: {},
        isSilenced,
        requestFlush,
        say: () => undefined,
      }),
  });
  await standalone.restore();
  await standalone.open();
  const append = directory.log.append.bind(directory.log);
  const held: (() => void)[] = [];
  vi.spyOn(directory.log, "append").mockImplementation(async (entries) => {
    await new Promise<void>((resolve) => {
      held.push(resolve);
    });
    await append(entries);
  });
  const running = standalone.run();
  closers.push(() => standalone.inputs.close());
  const opened = (): number => standalone.pipeline.stages.detector.sites.get("site")?.storms.length ?? 0;
  const storm = async (list: string, storms: number): Promise<void> => {
    appendFileSync(path, talk({ list, atMs: Date.now() - 300_000, mails: 5 }));
    await pollUntil(() => opened() === storms, { ...WAIT, what: `${storms} storms` });
  };
  const release = async (flushes: number): Promise<void> => {
    await pollUntil(() => held.length >= flushes, { ...WAIT, what: "a flush" });
    held[flushes - 1]?.();
  };
  await pollUntil(() => held.length === 1, { ...WAIT, what: "the first flush" });
  await storm("one@example.org", 1);
  await storm("two@example.org", 2);
  const before = turns;
  await release(1);
  await pollUntil(() => held.length === 2 && turns > before, { ...WAIT, what: "the next flush" });
  expect(shown).toEqual([]);
  await release(2);
  await pollUntil(() => shown.length === 2, { ...WAIT, what: "both to be shown" });
  vi.restoreAllMocks();
  for (const resolve of held) resolve();
  standalone.stop();
  await running;
  expect(shown).toEqual(["one@example.org", "two@example.org"]);
});
