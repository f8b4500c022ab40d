import { expect, test } from "vitest";
import type { HealthView } from "./console-view.ts";
import { Console } from "./console-shell.ts";

test("a view that cannot be made is counted, said once, and ends neither the process nor the page", async () => {
  let isBroken = false;
  const health = (): HealthView[] => {
    if (isBroken) throw new Error("a fault of ours");
    return [];
  };
  const address = { host: "127.0.0.1", port: 0 };
  const times = { timeZone: "UTC", nowMs: () => Date.UTC(2026, 10, 27), isKnown: () => true };
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const page = await Console.open({ address, token: undefined, ...times, health, mend: "", say });
  const { body } = await fetch(`http://127.0.0.1:${page.address.port}/api/v1/events`);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  await expect.poll(() => page.counts.pages).toBe(1);
  const views = async (): Promise<number> => {
    const { value = "" } = (await reader?.read()) ?? {};
    return value.split("event: view").length - 1;
  };
  expect(await views(), "the first word").toBeGreaterThan(0);
  isBroken = true;
  await expect.poll(() => page.counts.faults, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(said).toEqual([expect.stringMatching(/^a fault of squall: .*: Error: a fault of ours\n {4}at /u)]);
  // What was written before it is read; what comes from now on was made after it.
  const { faults } = page.counts;
  isBroken = false;
  await expect.poll(views, { timeout: 10_000 }).toBeGreaterThan(0);
  await expect.poll(views, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(page.counts.faults).toBe(faults);
  expect(page.counts.pages).toBe(1);
  await reader?.cancel();
  await page.close();
});
