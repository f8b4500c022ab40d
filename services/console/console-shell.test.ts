import { expect, test } from "vitest";
import type { HealthView } from "./console-view.ts";
import { Console } from "./console-shell.ts";

test("a view that cannot be made is counted, and ends neither the process nor the page", async () => {
  let isBroken = false;
  const health = (): HealthView[] => {
    if (isBroken) throw new Error("a fault of ours");
    return [];
  };
  const address = { host: "127.0.0.1", port: 0 };
  const times = { timeZone: "UTC", nowMs: () => Date.UTC(2026, 10, 27), isKnown: () => true };
  const page = await Console.open({ address, token: undefined, ...times, health, mend: "" });
  const { body } = await fetch(`http://127.0.0.1:${page.address.port}/api/v1/events`);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  await expect.poll(() => page.counts.pages).toBe(1);
  isBroken = true;
  await expect.poll(() => page.counts.faults, { timeout: 10_000 }).toBeGreaterThan(0);
  isBroken = false;
  let heard = "";
  while (heard.split("event: view").length < 3) heard += (await reader?.read())?.value ?? "";
  expect(page.counts.pages).toBe(1);
  await reader?.cancel();
  await page.close();
});
