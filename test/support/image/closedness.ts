// What the kernel says of a process: who it is, and what it is kept from.

import { readFileSync } from "node:fs";

/** The user and group of the image. */
export const USER = 65_532;

/** As a process of a container is to be. */
export const CLOSED = {
  users: `${USER} ${USER} ${USER} ${USER}`,
  groups: `${USER} ${USER} ${USER} ${USER}`,
  capabilities: ["0000000000000000"],
  mayGainRights: false,
  hasFilter: true,
  isRootReadOnly: true,
};

export function closedness(pid: number): typeof CLOSED {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const value = (name: string): string =>
    (new RegExp(`^${name}:\\s*(.*)$`, "mu").exec(status)?.[1] ?? "").replaceAll("\t", " ");
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, "utf8").split("\n");
  const [, rights = ""] =
    /^\S+ \S+ \S+ \S+ \/ (\S+) /u.exec(mounts.find((line) => line.split(" ")[4] === "/") ?? "") ?? [];
  return {
    users: value("Uid"),
    groups: value("Gid"),
    capabilities: [...new Set(["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(value))],
    mayGainRights: value("NoNewPrivs") !== "1",
    hasFilter: value("Seccomp") === "2",
    isRootReadOnly: rights.split(",").includes("ro"),
  };
}
