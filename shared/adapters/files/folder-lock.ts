// One process a folder. Who holds it stands in the highest numbered lock file; it holds it while somebody listens on the socket named
// there. The socket is the kernel's: it is closed with the process, whatever killed it and whoever has its number now, and it is
// found from every container that shares the folder. So nothing is ever cleaned by hand.
//
// A lock file appears whole (link), with the next number, and only after the one before was seen dead; the dead do not come back. The
// highest one is never removed. Whoever was slow and made a number that others have passed sees theirs, and tries again.

import { randomBytes } from "node:crypto";
import { chown, link, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StateLogError } from "../../runtime/state-log.ts";
import { whyNobodyListens } from "../control/control-client.ts";
import type { ControlHandler, ControlServer } from "../control/control-server.ts";
import { listenForControl } from "../control/control-server.ts";
import type { LockHolder } from "./lock-holder.ts";
import { decodeHolder, holderWords, isSameProcessAlive, thisProcess } from "./lock-holder.ts";
import type { FolderOwner } from "./state-folder.ts";
import { stateFault } from "./state-log/state-fault.ts";

export interface LockOptions {
  /** What the holder is called in the words of a refusal: `squall standalone`. */
  readonly title: string;
  /** It is held for a moment only: others may wait for it. */
  readonly isBrief: boolean;
  /** How long to wait for one who holds it for a moment, ms. */
  readonly waitMs: number;
  /** Whom the files are given to. */
  readonly owner: FolderOwner | undefined;
}

export interface FolderLock {
  /** Answers what commands ask; until then they are told to ask again soon. */
  serve(handler: ControlHandler): void;
  readonly control: ControlServer["counters"];
  /** Throws StateLogError `held` when another process has taken the folder over, or the lock was removed. */
  checkHeld(): Promise<void>;
  release(): Promise<void>;
}

const LOCK = /^lock-(\d{10})$/;
const LEFT_OVER = /^(?:control-[0-9a-f]+\.sock|lock-[0-9a-f]+\.new)$/;
const LEFT_OVER_MS = 60_000;
const RETRY_MS = 50;
const OWNER_ONLY = 0o600;

/** Takes the folder, or throws StateLogError `held` in words that name the holder. */
export async function lockFolder(folder: string, options: LockOptions): Promise<FolderLock> {
  const mark = randomBytes(6).toString("hex");
  const socket = `control-${mark}.sock`;
  const fresh = join(folder, `lock-${mark}.new`);
  const server = await listenForControl(folder, socket);
  const holder = await thisProcess(folder, { title: options.title, isBrief: options.isBrief, socket });
  try {
    await giveTo(options.owner, join(folder, socket));
    await writeHolder(fresh, holder, options.owner);
    const number = await takeNumber(folder, fresh, options.waitMs);
    await rm(fresh, { force: true });
    await sweep(folder, number);
    return heldLock({ folder, number, holder, server, owner: options.owner });
  } catch (error) {
    await server.close();
    await rm(fresh, { force: true });
    throw stateFault(folder, error);
  }
}

/** Who holds the folder now; undefined: nobody. Throws StateLogError when that cannot be found out. */
export async function folderHolder(folder: string): Promise<LockHolder | undefined> {
  const numbers = await lockNumbers(folder);
  const highest = numbers.at(-1);
  if (highest === undefined) return undefined;
  const holder = decodeHolder(await readLock(folder, highest));
  if (holder === undefined || holder.isReleased) return undefined;
  const why = await whyNobodyListens(folder, holder.socket);
  const isGone = why === "ECONNREFUSED" || why === "ENOENT";
  return isGone && !(await isSameProcessAlive(folder, holder)) ? undefined : holder;
}

/** Links the lock file under the next number once the one before is dead. */
async function takeNumber(folder: string, fresh: string, waitMs: number): Promise<number> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const before = await lockNumbers(folder);
    const holder = await folderHolder(folder);
    if (holder !== undefined) {
      if (!holder.isBrief || performance.now() > deadline) {
        const way = "stop it first, or name another folder with --state";
        throw new StateLogError("held", `${folder}: is in use by ${holderWords(holder)}: ${way}`);
      }
      await pause(RETRY_MS);
      continue;
    }
    const number = (before.at(-1) ?? 0) + 1;
    if (!(await isLinked(fresh, lockPath(folder, number)))) continue;
    const after = await lockNumbers(folder);
    if (after.at(-1) === number) return number;
    // Others have passed it meanwhile.
    await rm(lockPath(folder, number), { force: true });
  }
}

async function isLinked(fresh: string, path: string): Promise<boolean> {
  try {
    await link(fresh, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

interface Held {
  readonly folder: string;
  readonly number: number;
  readonly holder: LockHolder;
  readonly server: ControlServer;
  readonly owner: FolderOwner | undefined;
}

function heldLock({ folder, number, holder, server, owner }: Held): FolderLock {
  const socket = join(folder, holder.socket);
  return {
    serve: (handler) => {
      server.serve(handler);
    },
    control: server.counters,
    async checkHeld() {
      // Asked once a second: it needs no descriptor, of which there may be none left.
      const isThere = await isFile(lockPath(folder, number));
      if (isThere && !(await isFile(lockPath(folder, number + 1)))) return;
      const numbers = await lockNumbers(folder).catch((error: unknown) => {
        throw stateFault(folder, error);
      });
      const highest = numbers.at(-1) ?? number;
      const other = highest > number ? decodeHolder(await readLock(folder, highest)) : undefined;
      const what = other === undefined ? "the lock was removed" : `it was taken over by ${holderWords(other)}`;
      throw new StateLogError("held", `${folder}: is not ours any more: ${what}`);
    },
    async release() {
      const released = join(folder, `lock-${randomBytes(6).toString("hex")}.new`);
      try {
        await writeHolder(released, { ...holder, isReleased: true }, owner);
        await rename(released, lockPath(folder, number));
      } catch {
        // A full disk: then it is the socket that says so.
        await rm(released, { force: true });
      }
      await server.close();
      await rm(socket, { force: true });
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw stateFault(path, error);
  }
}

async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  const numbers = names.flatMap((name) => {
    const digits = LOCK.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  return numbers.sort((one, other) => one - other);
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock-${String(number).padStart(10, "0")}`);
}

/** Empty when somebody has removed it meanwhile. */
async function readLock(folder: string, number: number): Promise<string> {
  const path = lockPath(folder, number);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw stateFault(path, error);
  }
}

async function writeHolder(path: string, holder: LockHolder, owner: FolderOwner | undefined): Promise<void> {
  await writeFile(path, `${JSON.stringify({ v: 1, ...holder })}\n`, { mode: OWNER_ONLY });
  await giveTo(owner, path);
}

async function giveTo(owner: FolderOwner | undefined, path: string): Promise<void> {
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

/** What the dead have left: their lock files and sockets, and those of processes that died before they had a number. */
async function sweep(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const digits = LOCK.exec(name)?.[1];
    const path = join(folder, name);
    if (digits !== undefined && Number(digits) < number) {
      const dead = decodeHolder(await readFile(path, "utf8").catch(() => ""));
      if (dead !== undefined) await rm(join(folder, dead.socket), { force: true });
      await rm(path, { force: true });
    } else if (LEFT_OVER.test(name) && (await isLeftOver(folder, name))) await rm(path, { force: true });
  }
}

async function isLeftOver(folder: string, name: string): Promise<boolean> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < LEFT_OVER_MS) return false;
  return !name.endsWith(".sock") || (await whyNobodyListens(folder, name)) === "ECONNREFUSED";
}
