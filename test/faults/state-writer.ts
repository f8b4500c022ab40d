// A process that writes numbered flushes into the state log of a folder until it is killed. Says `open`, then the number of each flush
// that has resolved, a line each; `full` for one that found no room, which it tries again.
// Arguments: folder, number of flushes (0: without end), ms between two of them, how often it may find no room before it dies without a
// word more (0: it never does).

import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createDisk } from "../../shared/adapters/files/state-log/disk.ts";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { StateLogError } from "../../shared/runtime/state-log.ts";
import { flushOf } from "./numbered-flushes.ts";

const [folder = "", flushes = "0", pace = "0", fulls = "0"] = process.argv.slice(2);
const most = flushes === "0" ? Number.POSITIVE_INFINITY : Number(flushes);

/** Segments so small that cleaning is always under way; old ones stay a second for whoever copies the folder. */
const log = await openFileStateLog(createDisk(folder, undefined), {
  segmentBytes: 32_768,
  slackBytes: 65_536,
  syncEveryMs: 20,
  keepDroppedMs: 1000,
});
let last = 0;
await log.read((key, value) => {
  if (key === "last") last = Number(value.toString());
});
say("open");
let timesFull = 0;
for (let n = last + 1; n <= most; n++) {
  while (!(await isWritten(n))) {
    say("full");
    timesFull += 1;
    if (timesFull === Number(fulls)) process.kill(process.pid, "SIGKILL");
    await pause(20);
  }
  say(`${n}`);
  if (pace !== "0") await pause(Number(pace));
}
await log.close();

async function isWritten(n: number): Promise<boolean> {
  try {
    await log.append(flushOf(n));
    return true;
  } catch (error) {
    if (error instanceof StateLogError && error.fault === "full") return false;
    throw error;
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
