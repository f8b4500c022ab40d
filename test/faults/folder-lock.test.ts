import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { askControl } from "../../shared/adapters/control/control-client.ts";
import type { FolderLock, LockOptions } from "../../shared/adapters/files/folder-lock.ts";
import { folderHolder, lockFolder } from "../../shared/adapters/files/folder-lock.ts";
import { StateLogError } from "../../shared/runtime/state-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { onlyWhere } from "../support/only-where.ts";
import { pollUntil } from "../support/poll.ts";
import { speakingProcess, type SpeakingProcess } from "../support/speaking-process.ts";

const base = mkdtempSync(join(tmpdir(), "squall-lock-"));
const HOLDER = join(import.meta.dirname, "lock-holder.ts");
const OPTIONS: LockOptions = { title: "squall test", isBrief: false, waitMs: 0, owner: undefined };
const closers = closersAfterEach();
afterAll(() => rmSync(base, { recursive: true, force: true }));

function newFolder(): string {
  return mkdtempSync(join(base, "folder-"));
}

function start(args: readonly string[], within: readonly string[] = []): SpeakingProcess {
  const holder = speakingProcess(HOLDER, args, within);
  closers.push(holder.kill);
  return holder;
}

async function said(holder: SpeakingProcess, count = 1): Promise<string> {
  await pollUntil(() => holder.says.length >= count, { deadlineMs: 30_000, what: "a process to speak" });
  return holder.says[count - 1] ?? "";
}

async function refusal(folder: string, options = OPTIONS): Promise<StateLogError> {
  let lock: FolderLock | undefined;
  try {
    lock = await lockFolder(folder, options);
  } catch (error) {
    if (error instanceof StateLogError) return error;
    throw error;
  }
  await lock.release();
  throw new Error("it was taken");
}

function lockFile(folder: string): string {
  const name =
    readdirSync(folder)
      .filter((one) => /^lock-\d+$/.test(one))
      .sort()
      .at(-1) ?? "";
  return join(folder, name);
}

function holderIn(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(lockFile(folder), "utf8")) as Record<string, unknown>;
}

describe("two on one folder", () => {
  test("the second is refused in words that name the first, and takes it when the first has left", async () => {
    const folder = newFolder();
    const first = await lockFolder(folder, OPTIONS);
    const error = await refusal(folder);
    expect(error.fault).toBe("held");
    const { pid } = process;
    expect(error.message).toMatch(`${folder}: is in use by squall test, process ${pid} on ${hostname()}, since 20`);
    await first.checkHeld();
    await first.release();
    const second = await lockFolder(folder, OPTIONS);
    await second.release();
    // Nothing piles up.
    expect(readdirSync(folder)).toEqual(["lock-0000000002"]);
  });

  test("killed holders leave nothing to clean by hand, and their numbers may be anybody's", async () => {
    const folder = newFolder();
    for (let kill = 0; kill < 5; kill++) {
      const holder = start([folder]);
      expect(await said(holder)).toBe("held");
      expect((await refusal(folder)).message).toContain(`squall standalone, process ${holder.pid} on `);
      await holder.kill();
      expect(await folderHolder(folder)).toBeUndefined();
      // Its number is now that of a process that lives: ours.
      writeFileSync(lockFile(folder), JSON.stringify({ ...holderIn(folder), pid: process.pid }));
    }
    const lock = await lockFolder(folder, OPTIONS);
    expect(readdirSync(folder).toSorted()).toEqual([expect.stringMatching(/^control-.*sock$/), "lock-0000000006"]);
    await lock.release();
  });

  test("of eight that start at the same moment exactly one wins, be the folder fresh or left by a killed one", async () => {
    const folder = newFolder();
    for (let round = 0; round < 4; round++) {
      const signal = join(base, `go-${round}`);
      const racers = Array.from({ length: 8 }, () => start([folder, signal]));
      for (const racer of racers) expect(await said(racer)).toBe("ready");
      writeFileSync(signal, "");
      const words = await Promise.all(racers.map((racer) => said(racer, 2)));
      expect(words.filter((word) => word === "held")).toHaveLength(1);
      const winner = racers[words.indexOf("held")];
      const others = words.filter((word) => word !== "held");
      for (const word of others) expect(word).toContain(`is in use by squall standalone, process ${winner?.pid} on `);
      for (const racer of racers) await racer.kill();
    }
  });

  test("one who holds it for a moment is waited for", async () => {
    const folder = newFolder();
    const brief = await lockFolder(folder, { ...OPTIONS, isBrief: true });
    expect((await refusal(folder)).fault).toBe("held");
    const waiting = lockFolder(folder, { ...OPTIONS, waitMs: 20_000 });
    await brief.release();
    const lock = await waiting;
    expect((await refusal(folder, { ...OPTIONS, waitMs: 20_000 })).fault).toBe("held");
    await lock.release();
  });

  const canUnshare = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;
  const container = "in a container with its own process numbers on the same volume";
  test.each(onlyWhere(canUnshare, container))("%s", async () => {
    const folder = newFolder();
    const holder = start([folder], ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]);
    expect(await said(holder)).toBe("held");
    expect((await refusal(folder)).message).toContain("squall standalone, process 1 on ");
    await holder.kill();
    await pollUntil(async () => (await folderHolder(folder)) === undefined, { deadlineMs: 10_000, what: "its end" });
    await (await lockFolder(folder, OPTIONS)).release();
  });
});

describe("what others do to the folder", () => {
  test("somebody removes the socket: the process that lives still holds it", async () => {
    const folder = newFolder();
    const holder = start([folder]);
    expect(await said(holder)).toBe("held");
    for (const name of readdirSync(folder)) if (name.endsWith(".sock")) rmSync(join(folder, name));
    expect((await refusal(folder)).message).toContain(`process ${holder.pid} on `);
    await holder.kill();
    await (await lockFolder(folder, OPTIONS)).release();
  });

  test("a copy of it is nobody's, though the holder of the first one lives", async () => {
    const folder = newFolder();
    const lock = await lockFolder(folder, OPTIONS);
    for (const how of [["-a"], ["-r", "--no-preserve=all"]]) {
      const copy = `${folder}${how[0]}`;
      spawnSync("cp", [...how, folder, copy]);
      await (await lockFolder(copy, OPTIONS)).release();
    }
    expect(await folderHolder(folder)).toMatchObject({ pid: process.pid });
    const withoutSocket = `${folder}-archived`;
    cpSync(folder, withoutSocket, { recursive: true, filter: (path) => !path.endsWith(".sock") });
    await (await lockFolder(withoutSocket, OPTIONS)).release();
    await lock.checkHeld();
    await lock.release();
  });

  test("a lock that was removed or taken over is noticed", async () => {
    const folder = newFolder();
    const lock = await lockFolder(folder, OPTIONS);
    const other = { ...holderIn(folder), host: "mail2", pid: 7 };
    writeFileSync(join(folder, "lock-0000000002"), JSON.stringify(other));
    await expect(lock.checkHeld()).rejects.toThrow(
      /is not ours any more: it was taken over by squall test, process 7 on mail2/,
    );
    rmSync(join(folder, "lock-0000000001"));
    await expect(lock.checkHeld()).rejects.toThrow(/taken over by/);
    rmSync(join(folder, "lock-0000000002"));
    await expect(lock.checkHeld()).rejects.toThrow(/is not ours any more: the lock was removed/);
    await lock.release();
  });

  test("what a power cut leaves of a lock file holds nobody", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "lock-0000000004"), "");
    await (await lockFolder(folder, OPTIONS)).release();
    expect(readdirSync(folder)).toEqual(["lock-0000000005"]);
  });

  test("a folder that cannot be written", async () => {
    expect(await refusal(join(base, "nowhere"))).toMatchObject({ fault: "access" });
  });
});

test("a path that is too long for a socket", async () => {
  const folder = join(newFolder(), "long".repeat(30), "longer".repeat(20));
  mkdirSync(folder, { recursive: true });
  const lock = await lockFolder(folder, OPTIONS);
  lock.serve((request) => Promise.resolve(request));
  const socket = readdirSync(folder).find((name) => name.endsWith(".sock")) ?? "";
  expect(statSync(join(folder, socket)).mode & 0o777).toBe(0o600);
  expect(statSync(lockFile(folder)).mode & 0o777).toBe(0o600);
  expect(await askControl(folder, socket, { a: 1 }, 5000)).toEqual({ answer: { a: 1 } });
  expect((await refusal(folder)).fault).toBe("held");
  await lock.release();
  expect(readdirSync(folder)).toEqual(["lock-0000000001"]);
});
