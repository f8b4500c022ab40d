// Who holds a folder, as its lock file says.

import { readFile, readlink, stat } from "node:fs/promises";
import { hostname } from "node:os";

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly title: string;
  readonly isBrief: boolean;
  /** RFC 3339. */
  readonly since: string;
  /** Name of the socket it listens on, within the folder. */
  readonly socket: string;
  readonly isReleased: boolean;
  /** What makes a process one of its kind: the machine's start, its own start, its name space of numbers, and its folder. Absent where the system does not say. */
  readonly process?: string;
}

const SOCKET = /^control-[0-9a-f]+\.sock$/;

export async function thisProcess(
  folder: string,
  { title, isBrief, socket }: Pick<LockHolder, "title" | "isBrief" | "socket">,
): Promise<LockHolder> {
  const { pid } = process;
  const kind = await processKind(folder, pid);
  const since = new Date().toISOString();
  const holder = { pid, host: hostname(), title, isBrief, since, socket, isReleased: false };
  return kind === undefined ? holder : { ...holder, process: kind };
}

/** Undefined for what a power cut has left of a lock file, or no lock file of ours. */
export function decodeHolder(text: string): LockHolder | undefined {
  const value = parsed(text);
  if (value === undefined || value["v"] !== 1) return undefined;
  const { pid, host, title, isBrief, since, socket, isReleased, process: kind } = value;
  if (typeof pid !== "number" || typeof host !== "string" || typeof title !== "string") return undefined;
  if (typeof since !== "string" || typeof socket !== "string" || !SOCKET.test(socket)) return undefined;
  const holder = { pid, host, title, isBrief: isBrief === true, since, socket, isReleased: isReleased === true };
  return typeof kind === "string" ? { ...holder, process: kind } : holder;
}

/** `squall standalone, process 4711 on mail1, since 2026-11-26T17:45:00.000Z`. */
export function holderWords({ title, pid, host, since }: LockHolder): string {
  return `${title}, process ${pid} on ${host}, since ${since}`;
}

/** The very process that wrote the lock file lives, though nobody listens: somebody has removed its socket. */
export async function isSameProcessAlive(folder: string, { pid, process: kind }: LockHolder): Promise<boolean> {
  return kind !== undefined && kind === (await processKind(folder, pid));
}

/** Undefined where the system does not say (it is no Linux), or no such process is seen from here. */
async function processKind(folder: string, pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const names = await readlink(`/proc/${pid}/ns/pid`);
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name of the program may hold anything; what follows its bracket does not.
    const [state, ...fields] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    const { dev, ino } = await stat(folder);
    return [boot.trim(), names, fields[18] ?? "", `${dev}:${ino}`].join(" ");
  } catch {
    return undefined;
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
