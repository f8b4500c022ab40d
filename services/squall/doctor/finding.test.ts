import { expect, test } from "vitest";
import type { Finding } from "./finding.ts";
import { countText, exitOf, findingText } from "./finding.ts";

const ok: Finding = { level: "ok", subject: "node", text: "v24" };
const warn: Finding = { level: "warn", subject: "heartbeat", text: "none", mend: ["Set one.", "Or not."] };
const fail: Finding = { level: "fail", subject: "input /var/log/\u001B[2Jx", text: "evil\r\nOK    all is well" };

test("one line, and what to do below it", () => {
  expect(findingText(ok, false)).toBe("OK    node: v24\n");
  expect(findingText(warn, false)).toBe("WARN  heartbeat: none\n        Set one.\n        Or not.\n");
  expect(findingText(ok, true)).toBe("\u001B[32mOK  \u001B[0m  node: v24\n");
});

test("what comes from outside cannot move the cursor or make up a line", () => {
  expect(findingText(fail, false)).toBe("FAIL  input /var/log/[2Jx: evil  OK    all is well\n");
});

test("the count and the exit code", () => {
  expect([countText([ok, warn]), exitOf([ok, warn])]).toEqual(["1 ok, 1 warning, 0 failures", 0]);
  expect([countText([ok, ok, warn, warn, fail]), exitOf([fail, ok])]).toEqual(["2 ok, 2 warnings, 1 failure", 1]);
});
