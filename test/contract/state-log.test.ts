import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { StateLogError } from "../../shared/runtime/state-log.ts";
import { FaultyDisk } from "../support/faulty-disk.ts";
import { createStateMemory, MemoryStateLog } from "../support/memory-state-log.ts";
import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../support/memory-log/memory-topic-log.ts";
import { topicStatePlace } from "../support/topic-state-place.ts";
import { describeStateLog } from "./state-log-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-state-contract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeStateLog("the one in memory", () => {
  const memory = createStateMemory();
  return {
    open: () => Promise.resolve(new MemoryStateLog(memory)),
    kill: () => Promise.resolve(),
    failNext(fault) {
      memory.fault = new StateLogError(fault, "scripted");
    },
  };
});

for (const [name, settings] of [
  ["the one in a folder", {}],
  ["the one in a folder, in small segments, always cleaning", { segmentBytes: 4096, slackBytes: 0, keepDroppedMs: 0 }],
] as const) {
  describeStateLog(name, () => {
    let disk = new FaultyDisk(mkdtempSync(join(folder, "log-")));
    return {
      open: () => openFileStateLog(disk, settings),
      async kill() {
        await disk.die();
        disk = new FaultyDisk(disk.folder);
      },
      failNext(fault) {
        disk.fault = { afterBytes: 50, code: fault === "full" ? "ENOSPC" : "EIO", once: true };
      },
    };
  });
}

describeStateLog(
  "the one on a topic",
  () => {
    const broker = new MemoryBroker();
    broker.createTopic("state", 2);
    return topicStatePlace(() => new MemoryTopicLog(broker), { topic: "state", partition: 1 });
  },
  { isEverFull: false },
);
