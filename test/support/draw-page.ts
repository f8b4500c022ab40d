// Runs `squall demo` and takes pictures of its live page in a real Chromium: the README's, and that of docs/live-page.md.
// Usage: npm run picture:page   (needs Chromium; takes as long as the demo)

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { chromium, type BrowserContextOptions } from "playwright-core";
import { LiveSquall } from "./live-squall.ts";
import { pollUntil } from "./poll.ts";
import { realPart } from "./real-part.ts";

const FOLDER = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const OPENS_WITHIN_MS = 120_000;
/** Half a minute of the demo is five of the log. */
const INTO_THE_STORM_MS = 20_000;
const WALL = { viewport: { width: 1280, height: 800 } } as const;

const PICTURES: Readonly<Record<string, BrowserContextOptions>> = {
  storm: { ...WALL, colorScheme: "light" },
  dark: { ...WALL, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 780 }, isMobile: true, colorScheme: "light" },
};

const executablePath = realPart("chromium", { skip: (note) => exitWith(String(note)) });
const demo = new LiveSquall(["demo"], { SQUALL_CONSOLE_ADDRESS: "127.0.0.1:0" });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
mkdirSync(FOLDER, { recursive: true });
await pollUntil(() => pageOf(demo.out) !== "", { deadlineMs: OPENS_WITHIN_MS, what: "the demo's page" });
await take("calm", { ...WALL, colorScheme: "light" }, 'body[data-state="calm"]');
await pollUntil(() => demo.out.includes("storm.opened"), { deadlineMs: OPENS_WITHIN_MS, what: "the storm" });
await pause(INTO_THE_STORM_MS);
for (const [name, options] of Object.entries(PICTURES)) await take(name, options, 'body[data-state="storm"]');
await browser.close();
await demo.signal("SIGKILL");

function pageOf(out: string): string {
  return /http:\/\/127\.0\.0\.1:\d+\//u.exec(out)?.[0] ?? "";
}

async function take(name: string, options: BrowserContextOptions, selector: string): Promise<void> {
  const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
  await page.goto(pageOf(demo.out));
  await page.waitForSelector(selector);
  await page.screenshot({ path: `${FOLDER}live-page-${name}.png` });
  await page.close();
}

function exitWith(note: string): never {
  process.stderr.write(`${note}\n`);
  process.exit(1);
}
