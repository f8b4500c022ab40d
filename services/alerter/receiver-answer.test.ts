import { expect, test } from "vitest";

import { outcomeOfAnswer, outcomeOfCommand } from "./receiver-answer.ts";

const answer = (status: number, retryAfter?: string) => ({
  answered: true as const,
  status,
  retryAfter,
  date: undefined,
  excerpt: "",
});

test.each([
  [200, "delivered", undefined],
  [202, "delivered", undefined],
  [204, "delivered", undefined],
  [301, "retry", "redirect"],
  [307, "retry", "redirect"],
  [400, "refused", undefined],
  [401, "retry", "auth-error"],
  [403, "retry", "auth-error"],
  [404, "retry", "client-error"],
  [405, "retry", "client-error"],
  [408, "retry", "client-error"],
  [409, "retry", "client-error"],
  [410, "gone", undefined],
  [413, "refused", undefined],
  [415, "refused", undefined],
  [422, "refused", undefined],
  [425, "retry", "client-error"],
  [429, "retry", "rate-limited"],
  [500, "retry", "server-error"],
  [502, "retry", "server-error"],
  [504, "retry", "server-error"],
])("status %i: %s %s", (status, kind, reason) => {
  expect(outcomeOfAnswer(answer(status), 0)).toMatchObject({ kind, ...(reason === undefined ? {} : { reason }) });
});

test.each([
  ["429 asks all to wait", answer(429, "30"), { waitMs: 30_000, pausesReceiver: true }],
  ["429 without a time pauses all too", answer(429), { pausesReceiver: true }],
  ["503 with a time asks all to wait", answer(503, "30"), { waitMs: 30_000, pausesReceiver: true }],
  ["500 with a time is about this one", answer(500, "30"), { waitMs: 30_000 }],
])("%s", (_name, given, expected) => {
  const outcome = outcomeOfAnswer(given, 0);
  expect(outcome).toMatchObject(expected);
  expect("pausesReceiver" in outcome).toBe("pausesReceiver" in expected);
});

test("what the receiver said is told, and why there was no answer", () => {
  expect(outcomeOfAnswer({ ...answer(500), excerpt: "out of memory" }, 0)).toMatchObject({
    detail: "status 500: out of memory",
  });
  expect(outcomeOfAnswer({ answered: false, reason: "unreachable", code: "ECONNREFUSED" }, 0)).toEqual({
    kind: "retry",
    reason: "unreachable",
    detail: "ECONNREFUSED",
  });
});

test.each([
  [{ ended: "exit" as const, code: 0, output: "paged" }, { kind: "delivered" }],
  [
    { ended: "exit" as const, code: 3, output: "no modem" },
    { kind: "retry", reason: "exit-code", detail: "exit code 3: no modem" },
  ],
  [
    { ended: "signal" as const, signal: "SIGSEGV", output: "" },
    { kind: "retry", reason: "killed", detail: "SIGSEGV" },
  ],
  [
    { ended: "timeout" as const, output: "dialling" },
    { kind: "retry", reason: "timeout", detail: "stopped: dialling" },
  ],
  [
    { ended: "not-started" as const, code: "ENOENT" },
    { kind: "retry", reason: "not-started", detail: "ENOENT" },
  ],
])("a command that ended so: %o", (end, expected) => {
  expect(outcomeOfCommand(end)).toEqual(expected);
});
