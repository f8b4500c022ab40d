// A process that holds a state directory as `squall standalone` does, with its silences, and asks of each line on its standard input, a
// storm on that list, whether anybody is to be told: `told LIST` or `silenced LIST`. Says `ready` first, and `due LIST` for a storm
// that is told because its silence has ended. Arguments: directory.

import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { SILENCE_PREFIX, Silences } from "../../services/alerter/silences.ts";
import { createSilenceControl } from "../../services/squall/silence-control.ts";
import { openStateDirectory } from "../../services/squall/state-directory.ts";
import type { StateEntry } from "../../shared/runtime/state-log.ts";
import { stormAlert } from "../support/storm-alert.ts";

const [folder = ""] = process.argv.slice(2);
const { log, lock } = await openStateDirectory(folder, { title: "squall standalone", isBrief: false, waitMs: 5000 });
const silences = new Silences();
await log.read((key, value) => {
  if (key.startsWith(SILENCE_PREFIX)) silences.restore(key, value);
});
silences.restored();
await log.append([{ key: "detector/x", value: Buffer.from("more than silences") }]);
lock.serve(createSilenceControl({ silences, nowMs: Date.now, flush }));
say("ready");
setInterval(() => {
  for (const { list } of silences.due(Date.now())) say(`due ${list}`);
}, 10);
for await (const list of createInterface({ input: process.stdin })) {
  const isSilenced = silences.isSilenced(stormAlert({ stormId: list, list }), Date.now());
  await flush();
  say(`${isSilenced ? "silenced" : "told"} ${list}`);
}

async function flush(): Promise<void> {
  const entries: StateEntry[] = [];
  silences.changes((key, value) => entries.push({ key, value }));
  await log.append(entries);
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
