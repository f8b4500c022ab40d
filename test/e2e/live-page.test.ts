// The live page of a running `squall standalone`, in a real Chromium: a storm from its first sign to its end, on any screen, by keyboard, and
// with nothing for axe to find.

import { readdirSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, expect, test, type TestContext, vi } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import type { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { axeFindings, openPage, SCREENS, startChromium } from "../support/real-chromium.ts";
import { newHome, shown, type StandaloneHome, talk } from "../support/standalone-home.ts";

const LIST = "all@example.org";
/** Within this a storm is on the page, from its alert on. */
const SEEN_MS = 2_000;
const DEADLINE_MS = 30_000;
vi.setConfig({ testTimeout: 120_000 });
const closers = closersAfterEach();

let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
});

interface Watched {
  readonly home: StandaloneHome;
  readonly squall: LiveSquall;
  readonly url: string;
  readonly browser: Browser;
}

async function watched(context: TestContext, ...args: string[]): Promise<Watched> {
  const home = newHome(closers);
  home.write("");
  browser ??= await startChromium(context);
  const squall = await home.reading(home.log, "--console", "127.0.0.1:0", ...args);
  return { home, squall, url: urlOf(squall), browser };
}

function urlOf({ err }: LiveSquall): string {
  return /live page on (http:\/\/\S+\/)/u.exec(err)?.[1] ?? "";
}

const storm = (mails = 5): string => talk({ list: LIST, atMs: Date.now() - 300_000, mails });

async function headline(page: Page): Promise<string> {
  return (await page.textContent("#headline")) ?? "";
}

test("calm, then a storm within 2 s of its alert, with evidence, forecast and advice to copy", async (context) => {
  const { home, squall, url, browser: chromium } = await watched(context);
  const { page, complaints } = await openPage(chromium, url);
  await page.waitForSelector('body[data-state="calm"]');
  expect([await headline(page), await page.title()]).toEqual(["Calm", "squall: calm"]);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

  home.write(storm());
  await pollUntil(() => shown(squall).some(({ type }) => type === "storm.opened"), {
    deadlineMs: DEADLINE_MS,
    what: "the alert",
  });
  await page.waitForSelector('body[data-state="storm"]', { timeout: SEEN_MS });
  // It grows worse within moments.
  expect(await headline(page)).toMatch(/^(?:Critical r|R)eply-all storm$/u);
  expect(await page.title()).toMatch(/^(?:Critical r|R)eply-all storm – squall$/u);
  const card = page.locator("article.storm");
  expect(await card.locator("h2").textContent()).toBe(LIST);
  expect(await card.locator(".facts").textContent()).toMatch(
    /^replies to all4by (?:at least )?4 people.*recipients of each2,500.*still to come, at least[\d.,]+K?accepted, and not delivered at /u,
  );
  expect(await card.locator(".steps li").count()).toBeGreaterThan(2);
  expect(await card.locator(".steps li").first().textContent()).toContain("after the last: +");
  await page.locator("#lists tbody tr th", { hasText: LIST }).waitFor();
  expect(await page.locator("#plot-replies canvas").count()).toBe(1);
  expect(await page.getAttribute("#plot-replies", "aria-label")).toMatch(/reply-alls in the last hour; most in/u);

  const command = await card.locator("details[open] pre").first().textContent();
  await card.locator("details[open] button").first().click();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(command);
  expect(await page.textContent("#copied")).toBe("Copied");
  expect(complaints).toEqual([]);
});

test.for(Object.entries(SCREENS))(
  "axe finds nothing, and nothing is wider than the screen: %s",
  async ([, screen], context) => {
    const { home, url, browser: chromium } = await watched(context);
    const { page, complaints } = await openPage(chromium, url, screen);
    await page.waitForSelector('body[data-state="calm"]');
    expect(await axeFindings(page)).toEqual([]);
    home.write(storm());
    await page.waitForSelector('body[data-state="storm"]');
    expect(await axeFindings(page)).toEqual([]);
    const overhang = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(Number(overhang)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  },
);

test("by keyboard alone: to the storm, its commands copied, and the focus stays while the storm goes on", async (context) => {
  const { home, url, browser: chromium } = await watched(context);
  const { page } = await openPage(chromium, url);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const mails = talk({ list: LIST, atMs: Date.now() - 420_000, mails: 8 }).split(/(?<=\n)/u);
  home.write(mails.slice(0, 5).join(""));
  await page.waitForSelector('body[data-state="storm"]');
  const focused = (): Promise<unknown> =>
    page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Skip to what happens");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Postfix");
  await page.keyboard.press("Tab");
  const command = await focused();
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Copy the commands for Postfix");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(command);

  const replies = page.locator("article.storm .facts dd").first();
  home.write(mails.slice(5).join(""));
  await expect.poll(() => replies.textContent(), { timeout: DEADLINE_MS }).not.toBe("4");
  expect(await focused()).toBe("Copy the commands for Postfix");
  expect(await page.textContent("#spoken")).toMatch(/^(?:Critical r|R)eply-all storm\. /u);
});

test("a page whose squall is gone says that nobody knows, and not that all is calm; a receiver that fails is said first of all", async (context) => {
  const { home, squall, url, browser: chromium } = await watched(context, "--webhook", "http://127.0.0.1:1/");
  const { page } = await openPage(chromium, url);
  await page.waitForSelector('body[data-state="calm"]');
  expect(await page.isVisible("#trouble")).toBe(false);
  home.write(storm());
  const trouble = page.locator("#trouble");
  await expect
    .poll(() => trouble.textContent(), { timeout: DEADLINE_MS })
    .toMatch(/^Telling webhook is failing: it has not heard 1 notification; no try has come through since /u);
  expect(await page.title()).toMatch(/^! .*eply-all storm – squall$/u);
  expect(await axeFindings(page)).toEqual([]);

  await squall.signal("SIGKILL");
  await expect.poll(() => headline(page), { timeout: DEADLINE_MS }).toBe("No word from squall");
  expect([await page.title(), await page.getAttribute("#icon", "href")]).toEqual([
    "squall: no data",
    "icon-unknown.svg",
  ]);
  expect(await page.textContent("#detail")).toMatch(/^last known: .*eply-all storm, \d\d:/u);
  expect(await axeFindings(page)).toEqual([]);
});

/** Between the browser and squall, as people put one before a page. */
async function openProxy(origin: string): Promise<{ readonly url: string; isBroken: boolean }> {
  const proxy = { url: "", isBroken: false };
  const server = createServer((asked, answer) => {
    if (proxy.isBroken) {
      answer.writeHead(502).end();
      return;
    }
    const onward = request(`${origin}${asked.url ?? ""}`, (response) => {
      answer.writeHead(response.statusCode ?? 0, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy()).end();
    answer.on("close", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  proxy.url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
  return proxy;
}

test("a page behind a proxy that had nobody to ask for a while comes back by itself", async (context) => {
  const { squall, url, home, browser: chromium } = await watched(context);
  const proxy = await openProxy(new URL(url).origin);
  const { page } = await openPage(chromium, proxy.url);
  await page.waitForSelector('body[data-state="calm"]');
  proxy.isBroken = true;
  await squall.signal("SIGKILL");
  await expect.poll(() => headline(page), { timeout: DEADLINE_MS }).toBe("No word from squall");
  const port = new URL(url).port;
  await home.reading(home.log, "--console", `127.0.0.1:${port}`);
  // The browser has been told 502 by now, after which it asks no more by itself.
  proxy.isBroken = false;
  await expect.poll(() => headline(page), { timeout: DEADLINE_MS }).toBe("Calm");
});

/** Answers of the whole site in the windows of the state: the last word on each minute. */
function keptAnswers({ state }: StandaloneHome): number {
  const text = readdirSync(state)
    .filter((name) => name.endsWith(".log"))
    .map((name) => readFileSync(join(state, name), "latin1"))
    .join("");
  const words = text.matchAll(/"scope":"site",[^}]*"windowStart":"([^"]+)"[^}]*"replyAlls":(\d+)/gu);
  const last = new Map(Array.from(words, ([, minute = "", count]) => [minute, Number(count)]));
  return [...last.values()].reduce((sum, count) => sum + count, 0);
}

interface ShownStorm {
  readonly state: string;
  readonly replyAlls: number;
}

async function stormsAt(url: string): Promise<readonly ShownStorm[]> {
  const answer = await fetch(`${url}api/v1/storms`);
  return (await answer.json()) as readonly ShownStorm[];
}

test("after a kill the storm and the hour stand there as they were, not as they were when last told of", async (context) => {
  const { home, squall, url, browser: chromium } = await watched(context);
  const replies = async (at: string): Promise<readonly number[]> =>
    (await stormsAt(at)).map(({ replyAlls }) => replyAlls);
  home.write(talk({ list: LIST, atMs: Date.now() - 540_000, mails: 9 }));
  await expect.poll(() => replies(url), { timeout: DEADLINE_MS }).toEqual([8]);
  // It shows what is written within moments.
  await expect.poll(() => keptAnswers(home), { timeout: DEADLINE_MS }).toBe(8);
  const told = shown(squall).at(-1)?.evidence.replyAlls;
  await squall.signal("SIGKILL");
  expect(told, "the last alert is of less").toBeLessThan(8);

  const again = await home.reading(home.log, "--console", "127.0.0.1:0");
  expect(await replies(urlOf(again))).toEqual([8]);
  const { page } = await openPage(chromium, urlOf(again));
  await page.waitForSelector('body[data-state="storm"]');
  expect(await page.textContent("#rates-words")).toMatch(/^8 reply-alls/u);
});

test("a storm that is silenced says so, why, and until when", async (context) => {
  const { home, url, browser: chromium } = await watched(context);
  home.write(storm());
  const { page } = await openPage(chromium, url);
  await page.waitForSelector("article.storm");
  const { code } = await home.command("silence", LIST, "--for", "4h", "--why", "town hall");
  expect(code).toBe(0);
  await expect
    .poll(() => page.textContent("article.storm .silenced"), { timeout: DEADLINE_MS })
    .toMatch(/^Nobody is told until .*: town hall$/u);
  expect(await axeFindings(page)).toEqual([]);
});

test("the first word stands there at once: the colour of the state is no slow change from that of waiting", async (context) => {
  const { home, url, browser: chromium } = await watched(context);
  home.write(storm());
  const page = await chromium.newPage();
  await page.addInitScript(
    "window.changes = []; addEventListener('transitionrun', ({ propertyName }) => window.changes.push(propertyName), true)",
  );
  await expect.poll(async () => (await stormsAt(url)).length, { timeout: DEADLINE_MS }).toBe(1);
  await page.goto(url);
  await page.waitForSelector('body[data-state="storm"][data-shown]');
  expect(await page.evaluate("window.changes")).toEqual([]);
  await page.close();
});
