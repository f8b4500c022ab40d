import { expect, test } from "vitest";
import { AT, fragment } from "../../test/support/fragment.ts";
import { SlabWriter } from "../../test/support/slab-of.ts";
import { HEADER_NAMES, type MailFragment } from "../../shared/domain/mail-fragment.ts";
import { ACCEPTED_AT } from "../../shared/domain/packed/layout.ts";
import { defaultAssemblerSettings, eventSink } from "./assembler-settings.ts";
import { MailTable } from "./mail-table.ts";
import { NOT_SIMPLE, PackedLane } from "./packed-lane.ts";
import { TurnQueue } from "./turn-queue.ts";

const HOUR_MS = 3_600_000;

class Bench {
  readonly writer = new SlabWriter();
  readonly queue = new TurnQueue();
  readonly open = new MailTable(defaultAssemblerSettings);
  readonly lane: PackedLane;
  private readonly sink = eventSink(() => undefined);

  constructor(openMailsMax = 100_000) {
    this.lane = new PackedLane(
      { ...defaultAssemblerSettings, openMailsMax },
      {
        site: "test",
        hostNames: this.writer.hostNames,
        people: { name: (address) => address, allowSubject: true },
        open: this.open,
        queue: this.queue,
      },
    );
  }

  apply(said: Partial<MailFragment>, nowMs = AT): number {
    this.lane.table.nowMs = nowMs;
    const mail = this.lane.apply(this.writer.slabOf([fragment(said)]), 0, this.sink);
    if (mail >= 0) this.queue.push(mail, this.lane.table.mails.time(mail, ACCEPTED_AT));
    return mail;
  }
}

const simple = (index: number, more: Partial<MailFragment> = {}): Partial<MailFragment> => ({
  queueId: `Q${index}`,
  acceptedAt: AT,
  messageId: `${index}@x`,
  nrcpt: 2,
  ...more,
});

test("a mail that ceases to be simple while it waits keeps its turn, and leaves nothing behind once it had it", () => {
  const bench = new Bench();
  const { lane, queue, open } = bench;
  for (let index = 0; index < 5000; index += 1) {
    expect(bench.apply(simple(index))).toBeGreaterThanOrEqual(0);
    expect(bench.apply(simple(index, { origTo: [{ address: "all@x", seen: 1 }] }))).toBe(NOT_SIMPLE);
    expect(lane.otherAt(queue.next)?.queueId).toBe(`Q${index}`);
    queue.shift(lane.leave(queue.next));
    lane.sweep();
  }
  expect(open.size).toBe(5000);
  expect(lane.table.size).toBe(0);
  expect(lane.table.mails.count).toBeLessThan(2_100);
});

test("mails that wait keep their turn and their texts through sweeps", () => {
  const bench = new Bench();
  for (let index = 0; index < 3000; index += 1) {
    bench.apply(simple(index));
    bench.lane.sweep();
  }
  for (let index = 0; index < 3000; index += 1) {
    const mail = bench.lane.packedAt(bench.queue.next);
    expect(bench.lane.unpack(mail).said).toMatchObject({ queueId: `Q${index}`, messageId: `${index}@x` });
    bench.queue.shift(bench.lane.leave(bench.queue.next));
  }
});

test("the eldest give way when there are too many, half of all room stays for packed mails", () => {
  const bench = new Bench(1000);
  for (let index = 0; index < 1000; index += 1) bench.open.open(fragment({ queueId: `OPEN${index}` }));
  for (let index = 0; index < 700; index += 1) bench.apply({ ...simple(index), acceptedAt: undefined });
  bench.lane.sweep();
  expect(bench.lane.table.size).toBe(475);
  expect(bench.lane.roomForOthers).toBe(525);
  expect(bench.lane.table.counters).toMatchObject({ incomplete: 225 });
  // The youngest are still there.
  expect(bench.apply({ ...simple(699), acceptedAt: undefined })).not.toBe(NOT_SIMPLE);
  expect(bench.lane.table.size).toBe(475);
});

test("long header lines fill the room before there are many mails", () => {
  const bench = new Bench();
  const headers = Object.fromEntries(HEADER_NAMES.map((name) => [name, "x".repeat(1000)]));
  for (let index = 0; index < 9000; index += 1) {
    bench.apply({ ...simple(index, { headers }), acceptedAt: undefined });
    if (index % 100 === 0) bench.lane.sweep();
  }
  expect(bench.lane.table.mails.size).toBeLessThan(80 * 1024 * 1024);
  expect(bench.lane.table.counters.incomplete).toBeGreaterThan(2000);
});

test("what is over is forgotten, and counted, whether the room is needed or not", () => {
  const bench = new Bench();
  bench.apply({ ...simple(1), acceptedAt: undefined });
  bench.lane.table.nowMs = AT + HOUR_MS;
  bench.lane.table.forgetOver();
  expect(bench.lane.table.size).toBe(0);
  expect(bench.lane.table.counters.incomplete).toBe(1);
});
