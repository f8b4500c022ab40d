// A process that takes a folder, says `held` or why not, answers `ping` on the control socket, and keeps the folder until it is killed.
// Arguments: folder; a file that it waits for before it tries.

import { existsSync, writeSync } from "node:fs";
import { lockFolder } from "../../shared/adapters/files/folder-lock.ts";
import { StateLogError } from "../../shared/runtime/state-log.ts";

const [folder = "", signal] = process.argv.slice(2);
if (signal !== undefined) {
  writeSync(1, "ready\n");
  while (!existsSync(signal));
}
try {
  const lock = await lockFolder(folder, { title: "squall standalone", isBrief: false, waitMs: 0, owner: undefined });
  lock.serve((request) => Promise.resolve({ pong: request, pid: process.pid }));
  writeSync(1, "held\n");
  // Nothing else keeps the process.
  setInterval(() => undefined, 60_000);
} catch (error) {
  if (!(error instanceof StateLogError)) throw error;
  writeSync(1, `${error.fault}: ${error.message}\n`);
}
