import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { pollUntil } from "../../../test/support/poll.ts";
import type { Command, CommandEnd } from "./run-command.ts";
import { runCommand } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PATH = "/usr/bin:/bin";
const run = (argv: readonly string[], change: Partial<Command> = {}): Promise<CommandEnd> =>
  runCommand({
    argv,
    env: { PATH },
    input: '{"a":1}\n',
    timeoutMs: 30_000,
    killAfterMs: 200,
    outputBytesMax: 100,
    ...change,
  });
const shell = (script: string, change: Partial<Command> = {}): Promise<CommandEnd> => run(["sh", "-c", script], change);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended; only its parent has not looked.
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("it gets its input, its arguments as they stand, and the environment that was given", async () => {
  expect(await run(["cat"])).toEqual({ ended: "exit", code: 0, output: '{"a":1}\n' });
  expect(await run(["printf", "%s|", "a b", "$HOME", "*"])).toEqual({ ended: "exit", code: 0, output: "a b|$HOME|*|" });
  expect(await run(["env"], { env: { PATH, X: "1" } })).toMatchObject({
    output: expect.stringMatching(/^PATH=.*\nX=1\n$/u) as string,
  });
});

test.each([
  ["exit 0", { ended: "exit", code: 0, output: "" }],
  [
    "echo out; echo err >&2; exit 3",
    { ended: "exit", code: 3, output: expect.stringMatching(/^(out\nerr|err\nout)\n$/u) as string },
  ],
  ["kill -SEGV $$", { ended: "signal", signal: "SIGSEGV", output: "" }],
])("%s", async (script, expected) => {
  expect(await shell(script)).toEqual(expected);
});

test("a program that is not there, or may not be run", async () => {
  const plain = join(folder, "plain");
  writeFileSync(plain, "x");
  expect(await run(["/nonexistent/page"])).toEqual({ ended: "not-started", code: "ENOENT" });
  expect(await run([plain])).toEqual({ ended: "not-started", code: "EACCES" });
  expect(await run(["a\0b"])).toMatchObject({ ended: "not-started" });
});

test("a command that does not read its input is none the worse", async () => {
  expect(await shell("exec <&-; exit 0", { input: "x".repeat(10_000_000) })).toMatchObject({ ended: "exit", code: 0 });
});

test("the last of much output is kept", async () => {
  const end = await shell("yes | head -c 5000000; echo the end");
  expect(end).toMatchObject({ ended: "exit", code: 0 });
  expect("output" in end && end.output.length).toBe(100);
  expect("output" in end && end.output.endsWith("the end\n")).toBe(true);
});

test.each([
  ["that minds SIGTERM", ""],
  ["that does not", "trap '' TERM;"],
])("a command %s is stopped in time, with all that it started", async (_name, trap) => {
  const pids = join(folder, `pids${trap.length}`);
  const script = `${trap} sh -c "${trap} echo \\$\\$ > ${pids}; while :; do sleep 1; done" & echo waiting; wait; while :; do sleep 1; done`;
  const ending = shell(script, { timeoutMs: 1_500 });
  await pollUntil(() => existsSync(pids) && readFileSync(pids, "utf8").endsWith("\n"), {
    deadlineMs: 10_000,
    what: "the grandchild",
  });
  const grandchild = Number(readFileSync(pids, "utf8"));
  expect(isAlive(grandchild)).toBe(true);
  expect(await ending).toEqual({ ended: "timeout", output: "waiting\n" });
  await pollUntil(() => !isAlive(grandchild), { deadlineMs: 10_000, what: "the grandchild to be gone" });
});

test("a grandchild that keeps the output open does not keep the command from having ended", async () => {
  const pid = join(folder, "background");
  const end = await shell(`sleep 60 & echo $! > ${pid}; echo done`);
  expect(end).toEqual({ ended: "exit", code: 0, output: "done\n" });
  process.kill(Number(readFileSync(pid, "utf8")), "SIGKILL");
});

test("whoever asked can give up", async () => {
  const controller = new AbortController();
  const ending = shell("sleep 60", { signal: controller.signal });
  controller.abort();
  expect(await ending).toEqual({ ended: "aborted", output: "" });
  expect(await shell("sleep 60", { signal: controller.signal })).toEqual({ ended: "aborted", output: "" });
});
