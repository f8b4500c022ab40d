// The end of the demo beside its own live page, with a stream open as a browser has it.

import { expect, test } from "vitest";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { ManualClock } from "../../../test/support/manual-clock.ts";
import { pollUntil } from "../../../test/support/poll.ts";
import { openDemoPage } from "./demo-page.ts";
import { sayFarewell } from "./page-farewell.ts";

const MINUTE_MS = 60_000;
const closers = closersAfterEach();

interface End {
  readonly url: string;
  readonly said: string[];
  readonly interrupt: () => void;
  /** A browser opens the page; the answer closes it. */
  readonly browse: () => Promise<() => Promise<void>>;
  /** Time passes, in steps in which whoever waits can act. */
  readonly pass: (ms: number) => Promise<void>;
  readonly begin: (isAttended: boolean) => { readonly isOver: () => boolean };
}

async function endOfDemo(): Promise<End> {
  const page = await openDemoPage(
    { SQUALL_CONSOLE_ADDRESS: "127.0.0.1:0" },
    "UTC",
    () => 0,
    (line) => expect.fail(line),
  );
  if (page === undefined) throw new Error("no page");
  const { console, url } = page;
  closers.push(() => console.close());
  const clock = new ManualClock(0);
  const stop = new AbortController();
  const said: string[] = [];
  return {
    url,
    said,
    interrupt: () => stop.abort("SIGINT"),
    async browse() {
      const browser = new AbortController();
      const open = console.counts.pages;
      await fetch(`${url}api/v1/events`, { signal: browser.signal });
      await pollUntil(() => console.counts.pages === open + 1, { deadlineMs: 10_000, what: "the page to be open" });
      return async () => {
        browser.abort();
        await pollUntil(() => console.counts.pages === open, { deadlineMs: 10_000, what: "the page to be closed" });
      };
    },
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 500) {
        clock.pass(500);
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    begin(isAttended) {
      let isOver = false;
      const pages = (): number => console.counts.pages;
      const out = (text: string): void => void said.push(text.trim());
      void sayFarewell({ url, pages, isAttended, clock, signal: stop.signal, out }).then(() => (isOver = true));
      return { isOver: () => isOver };
    },
  };
}

const STAYS =
  /^The live page stays until you close it or press Ctrl-C, 15 minutes at most: http:\/\/127\.0\.0\.1:\d+\/$/u;

test("a page that is open stays until it is closed; one that is loaded anew was not closed", async () => {
  const { browse, begin, pass, said } = await endOfDemo();
  const close = await browse();
  const farewell = begin(true);
  await pass(5 * MINUTE_MS);
  await close();
  await pass(4_500);
  const closeAgain = await browse();
  await pass(MINUTE_MS);
  expect([said.length, farewell.isOver()]).toEqual([1, false]);
  await closeAgain();
  await pass(6_000);
  expect(farewell.isOver()).toBe(true);
  expect(said).toEqual([expect.stringMatching(STAYS), "The live page was closed."]);
});

test("Ctrl-C ends it at once", async () => {
  const { browse, begin, pass, said, interrupt } = await endOfDemo();
  await browse();
  const farewell = begin(true);
  await pass(MINUTE_MS);
  interrupt();
  await pass(500);
  expect(farewell.isOver()).toBe(true);
  expect(said[1]).toBe("The live page ends.");
});

test("a browser that was forgotten keeps nothing for ever", async () => {
  const { browse, begin, pass, said } = await endOfDemo();
  await browse();
  const farewell = begin(true);
  await pass(15 * MINUTE_MS - 1_000);
  expect(farewell.isOver()).toBe(false);
  await pass(2_000);
  expect(farewell.isOver()).toBe(true);
  expect(said[1]).toBe("The live page ends.");
});

test.each([
  ["nobody has it open", true, false],
  ["nobody sits before the terminal", false, true],
])("it ends with the demo, and says so, where %s", async (_case, isAttended, isOpen) => {
  const { browse, begin, pass, said } = await endOfDemo();
  if (isOpen) await browse();
  const farewell = begin(isAttended);
  await pass(500);
  expect(farewell.isOver()).toBe(true);
  expect(said).toEqual(["The live page ends with the demo."]);
});

test("after a Ctrl-C nothing more is said", async () => {
  const { browse, begin, pass, said, interrupt } = await endOfDemo();
  await browse();
  interrupt();
  const farewell = begin(true);
  await pass(500);
  expect([farewell.isOver(), said]).toEqual([true, []]);
});
