import { expect, test } from "vitest";
import { MemoryBroker } from "../../test/support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../../test/support/memory-log/memory-topic-log.ts";
import { openTopicStateLog } from "./topic-state-log.ts";

test("others have their turns while a large state is read back", async () => {
  const broker = new MemoryBroker();
  broker.createTopic("state", 1);
  const place = { log: new MemoryTopicLog(broker), at: { topic: "state", partition: 0 }, writerId: "writer" };
  const before = await openTopicStateLog(place);
  const value = Buffer.from("known");
  await before.append(Array.from({ length: 10_000 }, (_, number) => ({ key: `entry-${number}`, value })));
  await before.close();

  const state = await openTopicStateLog(place);
  let entries = 0;
  const seen = new Set<number>();
  let others = setImmediate(function look(): void {
    seen.add(entries);
    others = setImmediate(look);
  });
  await state.read(() => void (entries += 1));
  clearImmediate(others);
  expect(entries).toBe(10_000);
  expect(seen.size).toBeGreaterThan(5);
  await state.close();
});
