// `npm start` without a log, as a process: its page answers, and Ctrl-C is heard, while the machine has all hands full with the log.

import { expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";

const closers = closersAfterEach();
/** The first row of the table, half an hour into the log. */
const FIRST_ROW = /^08:2\d:\d\d/mu;

test("the page answers before the first row is shown, and Ctrl-C ends it there", async () => {
  const demo = new LiveSquall(["demo"], { SQUALL_CONSOLE_ADDRESS: "127.0.0.1:0" });
  closers.push(async () => void (await demo.signal("SIGKILL")));
  const url = (): string | undefined => /live page, .*: (http:\/\/\S+\/)/u.exec(demo.out)?.[1];
  await pollUntil(() => url() !== undefined, { deadlineMs: 60_000, what: "the page's address" });
  const answer = await fetch(`${url() ?? ""}api/v1/state`);
  expect(await answer.json()).toMatchObject({ v: 1, state: "calm" });
  expect(await demo.signal("SIGINT")).toEqual({ code: 130, signal: null });
  expect(demo.out).not.toMatch(FIRST_ROW);
});
