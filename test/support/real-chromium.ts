// A real Chromium, and pages in it as people with other screens and settings have them.

import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import axe from "axe-core";
import type { TestContext } from "vitest";
import { realPart } from "./real-part.ts";

export const SCREENS = {
  wall: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, colorScheme: "light" },
} as const satisfies Record<string, BrowserContextOptions>;

/** Where Chromium is missing, the calling test is skipped, or fails when real parts are required. */
export function startChromium(context: Pick<TestContext, "skip">): Promise<Browser> {
  const executablePath = realPart("chromium", context);
  // Root may not have the sandbox; it looks at nothing but our own page.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** A page that has loaded. `complaints`: what the browser says against it (errors, refusals of the policy). */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = SCREENS.wall,
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  // A file has no origin: it is all that may be asked for.
  const { origin, protocol } = new URL(url);
  const own = protocol === "file:" ? url : origin;
  page.on("request", (request) => {
    if (!request.url().startsWith(own)) complaints.push(`asks elsewhere: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds: rule and where, one line each. It is run past the page's policy, which lets no script of others in. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(`axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => id + " at " + target.join(" ") + ": " + failureSummary)))`);
  return Array.isArray(found) ? found.map(String) : [`axe said ${String(found)}`];
}
