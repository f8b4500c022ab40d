// Of the contract of partitioned logs: what is left of a process that died, what a member knows of its reading,
// and what becomes of a record that could not be used.

import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { deadLetterRecord } from "../../shared/runtime/dead-letter-record.ts";
import type { ContractCase } from "./topic-log-contract.ts";
import { numbered, TopicReader, until } from "./topic-reader.ts";

export const CRASH_CASES: Readonly<Record<string, (given: ContractCase) => Promise<void>>> = {
  "what a process read that was killed before it committed comes again to the next": async ({ place, open, topic }) => {
    const at = { topic, partition: 0 };
    const log = open();
    const writer = await log.openPlainWriter();
    await writer.write(numbered(at, 0, 6));
    const group = randomUUID();
    const killed = await place.startMember(topic, group);
    await until("records", () => killed.values().length === 6);
    await killed.kill();
    await writer.write(numbered(at, 6, 2));
    const next = await TopicReader.join(log, topic, group);
    expect(await next.member?.committed(at)).toBeUndefined();
    await until("records", () => next.values(0).length >= 8);
    expect(next.values(0)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    expect(killed.values()).toEqual(["0", "1", "2", "3", "4", "5"]);
  },
  "a member knows how long ago it read, and while nothing answers that grows": async ({ place, open, topic }) => {
    const reader = await TopicReader.join(open(), topic, randomUUID());
    const sinceMs = (): number => reader.member?.sinceReadMs() ?? Number.NaN;
    await until("a read", () => sinceMs() < 1_000);
    await place.down();
    await until("none for a while", () => sinceMs() > 2_000);
    await place.up();
    await until("a read again", () => sinceMs() < 1_000);
    expect(reader.dead).toEqual([]);
  },
  "a dead letter is the record as it came, and says where it stood, why, and by which version": async (given) => {
    const { place, open, topic } = given;
    const log = open();
    const value = Buffer.from([0xff, 0x00, 0x7b]);
    const from = { topic: "squall.mail-logs", partition: 4 };
    const to = { topic, partition: 2 };
    const writer = await log.openWriter(randomUUID());
    await writer.write([deadLetterRecord({ to, from, offset: 17, reason: "not-utf-8", value, version: "0.1.0" })]);
    const reader = await TopicReader.join(log, topic, randomUUID());
    await until("records", () => reader.values(2).length === 1);
    expect(reader.batches.find(({ partition }) => partition === 2)?.records[0]?.value).toEqual(value);
    expect(await place.headersOf(to)).toEqual([
      { topic: "squall.mail-logs", partition: "4", offset: "17", reason: "not-utf-8", version: "0.1.0" },
    ]);
  },
};
