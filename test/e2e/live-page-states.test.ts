// States of the live page that a running squall comes to only after half an hour, in a real Chromium, under a clock that stands.

import type { Browser } from "playwright-core";
import { afterAll, describe, expect, test, type TestContext } from "vitest";
import { Console, type ConsoleOptions } from "../../services/console/console-shell.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { closersAfterEach } from "../support/closers.ts";
import { axeFindings, openPage, SCREENS, startChromium } from "../support/real-chromium.ts";
import { stormAlert } from "../support/storm-alert.ts";

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2016, 10, 14, 9, 0);
const closers = closersAfterEach();
let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
});

async function pageOf(
  context: TestContext,
  alerts: readonly StormAlert[],
  { screen = {}, ...options }: Partial<ConsoleOptions> & { readonly screen?: object } = {},
) {
  browser ??= await startChromium(context);
  const shown = await Console.open({
    address: { host: "127.0.0.1", port: 0 },
    token: undefined,
    timeZone: "Europe/London",
    nowMs: () => NOW,
    health: () => [{ name: "Reading the mail log", state: "well", words: "1,000 lines read" }],
    isKnown: () => true,
    mend: "",
    say: (line) => {
      throw new Error(line);
    },
    ...options,
  });
  closers.push(() => shown.close());
  for (const alert of alerts) shown.addAlert(alert);
  const { page } = await openPage(browser, `http://127.0.0.1:${shown.address.port}/`, screen);
  await page.waitForSelector("body[data-shown]");
  return page;
}

function told(minutesAgo: number, change: Partial<StormAlert> = {}): StormAlert {
  return stormAlert({
    startedAt: NOW - (minutesAgo + 5) * MINUTE_MS,
    detectedAt: NOW - minutesAgo * MINUTE_MS,
    ...change,
  });
}

const STATES: Readonly<Record<string, readonly [state: string, StormAlert[], Partial<ConsoleOptions>]>> = {
  "a watch": ["watch", [told(1, { type: "storm.watch", severity: "watch" })], {}],
  "a storm that is over": ["calm", [told(40, { type: "storm.resolved", resolvedAt: NOW - 10 * MINUTE_MS })], {}],
  "a storm told of long ago": ["storm", [told(29)], {}],
  "a silenced storm": ["storm", [told(1)], { silenceOf: () => ({ until: NOW + 60 * MINUTE_MS, why: "town hall" }) }],
  "nothing known": ["unknown", [], { isKnown: () => false }],
};

describe.each(Object.keys(STATES))("%s", (name) => {
  test.for(Object.entries(SCREENS))(
    "axe finds nothing, and nothing is wider than the screen: %s",
    async ([, screen], context) => {
      const [state, alerts, options] = STATES[name] ?? ["", [], {}];
      const page = await pageOf(context, alerts, { ...options, screen });
      expect(await page.getAttribute("body", "data-state")).toBe(state);
      for (const fold of await page.locator("details:not([open]) > summary:visible").all()) await fold.click();
      expect(await axeFindings(page)).toEqual([]);
      expect(Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))).toBeLessThanOrEqual(0);
    },
  );
});

test("where nobody knows, nothing is shown as none", async (context) => {
  const page = await pageOf(context, [], { isKnown: () => false });
  expect(await page.textContent("#rates-words")).toBe("nothing is known");
  for (const part of ["#threads", "#lists", "#alerts"])
    expect((await page.textContent(part))?.trim()).toBe("Nothing is known.");
});

describe("commands of an alert of some time ago", () => {
  const advice: StormAlert["advice"] = [
    { system: "postfix", text: "Stop the list.", command: "stop" },
    { system: "postfix", text: "Hold what is queued.", command: "hold 4F1A2B3C4D", isPerishable: true },
    { system: "postfix", text: "Search the queue.", command: "search" },
  ];
  const commands = async (context: TestContext, minutesAgo: number): Promise<readonly (string | null)[]> => {
    const page = await pageOf(context, [told(minutesAgo, { advice })]);
    return page.locator("article.storm pre").allTextContents();
  };

  test("all can be copied as long as the queue ids in them are the storm's", async (context) => {
    expect(await commands(context, 9)).toEqual(["stop", "hold 4F1A2B3C4D", "search"]);
  });

  test("queue ids that may be other mail's by now cannot", async (context) => {
    expect(await commands(context, 11)).toEqual(["stop", "search"]);
    const page = await pageOf(context, [told(11, { advice })]);
    expect(await page.locator("article.storm .todo li").nth(1).textContent()).toMatch(
      /^Queue ids were named here 11 min ago: they may be other mail's by now\./u,
    );
  });
});

test("how it goes comes first on a wall, the storm itself first on a phone", async (context) => {
  const topOf = async (screen: object): Promise<readonly number[]> => {
    const page = await pageOf(context, [told(1)], { screen });
    const boxes = await Promise.all(["#storms", ".rates"].map((part) => page.locator(part).boundingBox()));
    return boxes.map((box) => box?.y ?? Number.NaN);
  };
  const [wallStorm = 0, wallRates = 0] = await topOf({ viewport: { width: 1440, height: 900 } });
  expect(wallRates).toBeLessThan(wallStorm);
  const [phoneStorm = 0, phoneRates = 0] = await topOf({ viewport: { width: 390, height: 844 } });
  expect(phoneStorm).toBeLessThan(phoneRates);
});
