import { chownSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { openStateDirectory } from "../../services/squall/state-directory.ts";
import { closersAfterEach } from "../support/closers.ts";
import { onlyWhere } from "../support/only-where.ts";
import { pollUntil } from "../support/poll.ts";
import { speakingProcess, type SpeakingProcess } from "../support/speaking-process.ts";
import type { Finished } from "./squall-process.ts";
import { ROOT, squall } from "./squall-process.ts";

const base = mkdtempSync(join(tmpdir(), "squall-silence-"));
const closers = closersAfterEach();
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Standing extends SpeakingProcess {
  /** A storm on the list; what becomes of it. */
  readonly storm: (list: string) => Promise<string>;
}

async function standing(folder: string): Promise<Standing> {
  const child = speakingProcess(join(ROOT, "test/faults/standing-squall.ts"), [folder]);
  const { says } = child;
  closers.push(child.kill);
  await pollUntil(() => says.includes("ready"), { deadlineMs: 30_000, what: "the process to be ready" });
  return {
    ...child,
    async storm(list) {
      const before = says.length;
      child.tell(list);
      const answer = (): string | undefined => says.slice(before).find((line) => /^(?:told|silenced)/.test(line));
      await pollUntil(() => answer() !== undefined, { deadlineMs: 30_000, what: "an answer" });
      return answer() ?? "";
    },
  };
}

function newFolder(): string {
  return join(mkdtempSync(join(base, "state-")), "squall");
}

function silence(folder: string, ...args: readonly string[]): Promise<Finished> {
  return squall(["silence", ...args, "--state", folder]);
}

/** The first line that comes back. */
function exchange(socket: string, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    connection.on("error", reject);
    createInterface({ input: connection }).on("line", (line) => {
      connection.destroy();
      resolve(line);
    });
    connection.write(words);
  });
}

const STAMP = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

describe("on a running process", () => {
  test("a list is silenced at once, it is listed, survives a kill, and is ended", async () => {
    const folder = newFolder();
    let process = await standing(folder);
    expect(await process.storm("all@example.org")).toBe("told all@example.org");
    const set = await silence(folder, "ALL@example.org", "--for", "4h", "--why", "town hall");
    expect(set).toMatchObject({ code: 0, err: "" });
    expect(set.out).toMatch(
      new RegExp(`^Silence 1: nobody is told of storms on ALL@example.org until ${STAMP} UTC.\n`),
    );
    expect(set.out).toContain("To end it before: squall silence --end 1 --state ");
    expect(await process.storm("all@example.org")).toBe("silenced all@example.org");
    expect(await process.storm("other@example.org")).toBe("told other@example.org");
    await process.kill();
    process = await standing(folder);
    expect(await process.storm("all@example.org")).toBe("silenced all@example.org");
    const listed = await squall(["silences", "--state", folder]);
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out).toMatch(
      new RegExp(`^1  ALL@example.org  until ${STAMP} UTC \\((?:4 h 0|3 h 5\\d) min left\\)\n`),
    );
    expect(listed.out).toMatch(new RegExp(`\n   ${userInfo().username}, ${STAMP} UTC: town hall\n$`));
    const ended = await silence(folder, "--end", "1");
    expect(ended).toMatchObject({ code: 0, err: "" });
    expect(ended.out).toBe("Silence 1 on ALL@example.org has ended; storms that are still open are told now.\n");
    await pollUntil(() => process.says.includes("due all@example.org"), { deadlineMs: 10_000, what: "the storm" });
    expect(await process.storm("all@example.org")).toBe("told all@example.org");
    expect((await squall(["silences", "--state", folder])).out).toBe("No silences.\n");
    const again = await silence(folder, "--end", "1");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toBe("squall: no silence 1 holds: squall silences lists those that do\n");
  });

  test("when its time is over a storm that is still open is told", async () => {
    const folder = newFolder();
    const process = await standing(folder);
    expect((await silence(folder, "*", "--for", "1s", "--why", "test")).code).toBe(0);
    // Unless the machine is so slow that the second is over.
    const first = await process.storm("all@example.org");
    await pollUntil(() => first.startsWith("told") || process.says.includes("due all@example.org"), {
      deadlineMs: 10_000,
      what: "the storm to be told",
    });
    expect(await process.storm("all@example.org")).toBe("told all@example.org");
  });

  test("a process that hangs is named", async () => {
    const folder = newFolder();
    const { pid } = await standing(folder);
    process.kill(pid, "SIGSTOP");
    const answer = await silence(folder, "a@example.org", "--for", "1h", "--why", "w");
    expect(answer).toMatchObject({ code: 69, out: "" });
    expect(answer.err).toMatch(
      new RegExp(`^squall: squall standalone, process ${pid} on .* does not answer \\(timeout\\)`),
    );
  });

  test("a second squall is refused in words", async () => {
    const folder = newFolder();
    const { pid } = await standing(folder);
    await expect(openStateDirectory(folder, { title: "x", isBrief: false, waitMs: 0 })).rejects.toThrow(
      new RegExp(`is in use by squall standalone, process ${pid} on .*: stop it first, or name another folder`),
    );
  });

  test("six commands at once have six numbers", async () => {
    const folder = newFolder();
    const process = await standing(folder);
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, n) => silence(folder, `list-${n}@example.org`, "--for", "1h", "--why", "w")),
    );
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect((await squall(["silences", "--state", folder])).out.match(/^\d+ {2}list-/gm)).toHaveLength(6);
    await process.kill();
    // And the next process knows them.
    expect((await squall(["silences", "--state", folder])).out.match(/^\d+ {2}list-/gm)).toHaveLength(6);
  });
});

describe("where no process runs", () => {
  test("the next one knows it", async () => {
    const folder = newFolder();
    await (await standing(folder)).kill();
    const set = await silence(folder, "all@example.org", "--for", "2d", "--why", "move");
    expect(set).toMatchObject({
      code: 0,
      err: `squall: no squall runs on ${folder} now: this holds when the next one starts\n`,
    });
    const listed = await squall(["silences", "--state", folder]);
    expect(listed.out).toMatch(/^1 {2}all@example.org {2}until .*(?:2 d 0 h|1 d 23 h) left/);
    const process = await standing(folder);
    expect(await process.storm("all@example.org")).toBe("silenced all@example.org");
    await process.kill();
    expect(await silence(folder, "--end", "1")).toMatchObject({
      code: 0,
      out: "Silence 1 on all@example.org has ended.\n",
    });
    const last = await standing(folder);
    expect(await last.storm("all@example.org")).toBe("told all@example.org");
  });

  test("a directory that no squall has used is left alone: 69, and what to do", async () => {
    const folder = newFolder();
    for (const args of [["silence", "a@example.org", "--for", "1h", "--why", "w"], ["silences"]]) {
      const answer = await squall([...args, "--state", folder]);
      expect(answer).toMatchObject({ code: 69, out: "" });
      expect(answer.err).toBe(
        `squall: ${folder}: no squall runs here, and none has: name the directory of the one that is meant: --state DIR\n`,
      );
    }
    expect(readdirSync(join(folder, ".."))).toEqual([]);
  });

  const byRoot = "root leaves nothing behind that its owner may not read";
  test.each(onlyWhere(process.getuid?.() === 0, byRoot))("%s", async () => {
    const folder = newFolder();
    await (await standing(folder)).kill();
    for (const name of [".", ...readdirSync(folder)]) chownSync(join(folder, name), 12_345, 12_345);
    expect((await silence(folder, "a@example.org", "--for", "1h", "--why", "w")).code).toBe(0);
    for (const name of readdirSync(folder)) {
      expect([name, statSync(join(folder, name)).uid]).toEqual([name, 12_345]);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe("which directory", () => {
  const args = ["silences"];
  test.each([
    ["SQUALL_STATE", {}],
    ["STATE_DIRECTORY", {}],
    ["XDG_STATE_HOME", { inner: "squall" }],
    ["HOME", { inner: ".local/state/squall" }],
  ])("%s", async (variable, { inner = "" }: { inner?: string }) => {
    const home = mkdtempSync(join(base, "home-"));
    const folder = join(home, inner);
    await (await standing(folder)).kill();
    expect(await squall(args, { env: { [variable]: home } })).toMatchObject({ code: 0, out: "No silences.\n" });
  });
});

test.each([
  [["silence"], /name the thread or list to silence/],
  [["silence", "a@example.org"], /--for is needed/],
  [["silence", "a@example.org", "--for", "4h"], /--why is needed/],
  [["silence", "a@example.org", "--for", "soon", "--why", "w"], /It must be a duration such as 30s/],
  [["silence", "a@example.org", "--end", "1"], /--end ends a silence: it takes no thread or list/],
  [["silence", "--end", "first"], /It must be the number that squall silences shows/],
])("wrong usage: %j", async (args, words) => {
  const answer = await squall(args, { env: { HOME: base } });
  expect(answer).toMatchObject({ code: 2, out: "" });
  expect(answer.err).toMatch(words);
});

test("too long a time is refused by the one who keeps it", async () => {
  const folder = newFolder();
  await (await standing(folder)).kill();
  const answer = await silence(folder, "a@example.org", "--for", "91d", "--why", "w");
  expect(answer).toMatchObject({ code: 1, out: "" });
  expect(answer.err).toBe("squall: for how long? 1s to 90d; what should never page is exempt in the configuration\n");
});

test("requests that no squall sends are answered or cut off, and the next one is served", async () => {
  const folder = newFolder();
  const process = await standing(folder);
  const socket = join(folder, readdirSync(folder).find((name) => name.endsWith(".sock")) ?? "");
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  for (const [words, answer] of [
    ["hello\n", /no request that this squall understands/],
    ['{"v":1,"request":{"do":"dance"}}\n', /does not know that command/],
    ['{"v":1,"request":{"do":"silence","target":3}}\n', /does not know that command/],
    ["x".repeat(70_000), /a request has at most 65536 bytes/],
  ] as const) {
    expect(await exchange(socket, words)).toMatch(answer);
  }
  expect((await squall(["silences", "--state", folder])).code).toBe(0);
  expect(await process.storm("a@example.org")).toBe("told a@example.org");
});
