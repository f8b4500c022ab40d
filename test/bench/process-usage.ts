// What processes took: processor time and most memory, as Linux counts them.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const KIB_A_MIB = 1024;
let ticksASecond = 0;

/** User and system time of a process and its threads since its start, seconds. */
export function processorSeconds(pid: number): number {
  ticksASecond ||= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}

/** Memory that is resident, MiB. */
export function residentMiB(pid: number): number {
  return statusMiB(pid, /VmRSS:\s+(\d+)/);
}

/** Most memory that was resident since its start, MiB. */
export function peakResidentMiB(pid: number): number {
  return statusMiB(pid, /VmHWM:\s+(\d+)/);
}

function statusMiB(pid: number, field: RegExp): number {
  const [, kib = "0"] = field.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / KIB_A_MIB;
}

/** What the machine was asked for in the last minute, processes. */
export function loadAverage(): string {
  return readFileSync("/proc/loadavg", "utf8").split(" ")[0] ?? "?";
}
