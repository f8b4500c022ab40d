import { describe, expect, test } from "vitest";
import { MemoryTopicLog } from "../../../test/support/memory-log/memory-topic-log.ts";
import { SlowLog } from "../../../test/support/memory-log/slow-log.ts";
import { type StageProcess, StageWorld } from "../../../test/support/stage-world.ts";
import { StateLogError } from "../state-log.ts";
import { type GroupMember, type GroupOptions, LogError } from "../topic-log.ts";
import type { PartitionFold } from "./partition-fold.ts";

const MIB = 1024 * 1024;
const never = new Promise<never>(() => undefined);

function hang(): Promise<never> {
  return never;
}

/** As the log, but for what a test replaces of a member. */
class OtherMember extends MemoryTopicLog {
  private readonly change: (member: GroupMember) => Partial<GroupMember>;

  constructor(world: StageWorld, change: (member: GroupMember) => Partial<GroupMember>) {
    super(world.broker);
    this.change = change;
  }

  override async join(options: GroupOptions): Promise<GroupMember> {
    const member = await super.join(options);
    const change = this.change(member);
    return {
      seek: (at, offset) => member.seek(at, offset),
      pause: (at) => member.pause(at),
      resume: (at) => member.resume(at),
      commit: (at, offset) => member.commit(at, offset),
      committed: (at) => member.committed(at),
      leave: () => member.leave(),
      sinceReadMs: () => member.sinceReadMs(),
      ...change,
    };
  }
}

describe("what does not fit is refused, with the mend", () => {
  test("a topic that is missing", async () => {
    const world = new StageWorld();
    const { runner } = world.create(undefined, { inputTopic: "none", stateTopic: "none.state" });
    await expect(runner.start()).rejects.toMatchObject({
      fault: "refused",
      message: "no such topic: none, none.state. Create them with squall topics --create",
    });
  });

  test("state cut otherwise than the input", async () => {
    const world = new StageWorld(2);
    world.broker.createTopic("other-state", 3);
    const { runner } = world.create(undefined, { stateTopic: "other-state" });
    await expect(runner.start()).rejects.toMatchObject({
      fault: "refused",
      message: expect.stringContaining("set its partitions to 2") as string,
    });
  });

  test("an input that got more partitions since the state was written", async () => {
    const world = new StageWorld(1);
    const first = await world.start();
    world.write(0, ["a"]);
    await world.until("the first", () => world.isDone);
    await world.stop(first);
    for (const topic of ["in", "in.counter-state"]) {
      const kept = world.broker.recordsOf({ topic, partition: 0 });
      world.broker.createTopic(topic, 2);
      world.broker.recordsOf({ topic, partition: 0 }).push(...kept);
    }
    const second = await world.start();
    await world.until("the end", () => second.ended !== undefined);
    expect(second.ended).toBeInstanceOf(StateLogError);
    expect(String(second.ended)).toContain("in has 2 partitions and had 1 when the state was written");
    expect(String(second.ended)).toContain("squall topics --create");
  });

  test("an input that was made anew under a state that was kept: nothing is passed over in silence", async () => {
    const world = new StageWorld(1);
    const first = await world.start();
    world.write(0, ["a", "b", "c"]);
    await world.until("the first", () => world.isDone);
    await world.stop(first);
    world.broker.createTopic("in", 1);
    world.write(0, ["d"]);
    const second = await world.start();
    await world.until("the end", () => second.ended !== undefined);
    expect(second.ended).toMatchObject({ fault: "misuse" });
    expect(String(second.ended)).toContain("in, partition 0 ends at 1 and was read up to 3");
  });
});

describe("records that were deleted before they were read", () => {
  test("are counted and said, and reading goes on behind them", async () => {
    const world = new StageWorld(1);
    const first = await world.start();
    world.write(0, ["a", "b"]);
    await world.until("the first", () => world.isDone);
    await world.stop(first);
    world.write(0, ["c", "d", "e", "f"]);
    world.broker.deleteBefore({ topic: "in", partition: 0 }, 5);
    const second = await world.start();
    await world.until("the rest", () => world.said(0).length === 3);
    expect(world.said(0)).toEqual(["a 1", "b 1", "f 1"]);
    expect(second.runner.missedRecords).toBe(3);
    expect(second.said).toEqual(["in, partition 0: 3 records were deleted before they were read"]);
  });

  test("are none of ours at the first start", async () => {
    const world = new StageWorld(1);
    world.write(0, ["a", "b", "c"]);
    world.broker.deleteBefore({ topic: "in", partition: 0 }, 2);
    const process = await world.start();
    await world.until("the rest", () => world.said(0).length === 1);
    expect([process.runner.missedRecords, process.said]).toEqual([0, []]);
  });
});

describe("a fold that throws ends the runner with what it threw, and nothing is flushed behind it", () => {
  const boom = new Error("a bug");
  const throwing = (inner: PartitionFold, name: keyof PartitionFold): PartitionFold =>
    new Proxy(inner, {
      get(target, key): unknown {
        const value: unknown = Reflect.get(target, key);
        if (key === name) {
          return () => {
            throw boom;
          };
        }
        return typeof value === "function" ? value.bind(target) : value;
      },
    });

  test.each(["take", "advance", "drain", "flushed", "restore", "restored"] as const)("in %s", async (name) => {
    const world = new StageWorld(1);
    const before = await world.start();
    world.write(0, ["a"]);
    await world.until("the first", () => world.isDone);
    await world.stop(before);
    world.write(0, ["b"]);
    const process = await world.start(undefined, { fold: (inner) => throwing(inner, name) });
    await world.until("the end", () => process.ended !== undefined);
    expect(process.ended).toBe(boom);
    const after = await world.start();
    await world.until("the rest", () => world.isDone);
    expect(world.said(0)).toEqual(["a 1", "b 1"]);
    expect(after.ended).toBeUndefined();
  });
});

test("an entry that no state takes ends the runner: trying again changes nothing", async () => {
  const world = new StageWorld(1);
  const process = await world.start(undefined, {
    fold: (inner) =>
      Object.assign(inner, {
        drain: ({ entry }: { readonly entry: (key: string, value: Buffer) => void }) => {
          entry("x".repeat(2_000), Buffer.from("1"));
        },
      }),
  });
  await world.until("the end", () => process.ended !== undefined);
  expect(process.ended).toMatchObject({ fault: "misuse" });
});

describe("a writer that hangs", () => {
  test("stops the reading within a bound, and it goes on when it is over", async () => {
    const world = new StageWorld(2);
    const process = await world.start();
    await world.until("the takeover", () => process.runner.isReady && process.runner.status().length === 2);
    await world.turns(20);
    const held: (() => void)[] = [];
    world.broker.onWrite = (id, append) =>
      new Promise((resolve) => {
        if (id === "counter.0") held.push(() => resolve(append()));
        else resolve(append());
      });
    world.write(0, ["!first"]);
    await world.until("a flush that hangs", () => held.length === 1);
    const large = Array.from({ length: 300 }, (_, n) => `${n} `.padEnd(100 * 1024, "x"));
    for (let round = 0; round < 2; round += 1) world.write(0, large);
    const fold = process.folds.find(({ at }) => at.partition === 0);
    await world.until("the reading to stop", () => (fold?.taken ?? 0) > 8 * MIB);
    await world.turns(300);
    expect(fold?.taken).toBeLessThan(10 * MIB);
    // The other partition is none the worse for it, and this one is not taken for read to its end.
    world.write(1, ["a"]);
    await world.until("the other", () => world.said(1).length === 1);
    expect(fold?.wasCaughtUp.at(-1)).toBe(false);
    world.broker.onWrite = (_id, append) => Promise.resolve(append());
    held[0]?.();
    await world.until("the rest", () => world.isDone);
    expect(world.said(0)).toEqual(world.expected(0));
    expect(process.ended).toBeUndefined();
  });
});

describe("a stop", () => {
  test("flushes what was taken, leaves the group, and whoever asks again waits for it too", async () => {
    const world = new StageWorld(1);
    const process = await world.start(undefined, { flushEveryMs: 3_600_000 });
    world.write(0, ["a", "b"]);
    await world.until("the reading", () => process.folds[0]?.counts.size === 2);
    expect(world.said(0)).toEqual([]);
    const stops = Promise.all([process.runner.stop(), process.runner.stop()]);
    await world.until("the end", () => process.ended !== undefined);
    await stops;
    expect(world.said(0)).toEqual(["a 1", "b 1"]);
    expect(process.ended).toBe("stopped");
  });

  async function stopsWithin(world: StageWorld, process: StageProcess): Promise<number> {
    const startMs = process.clock.nowMs();
    void process.runner.stop();
    await world.until("the end", () => process.ended !== undefined);
    expect(process.ended).toBe("stopped");
    return process.clock.nowMs() - startMs;
  }

  test("takes 10 s at most though a flush hangs, and the group is left", async () => {
    const world = new StageWorld(1);
    const process = await world.start();
    await world.until("the takeover", () => process.runner.status()[0]?.task !== undefined);
    world.broker.onWrite = hang;
    world.write(0, ["!a"]);
    await world.until("the reading", () => process.folds[0]?.counts.size === 1);
    expect(await stopsWithin(world, process)).toBeLessThan(10_000);
    expect(process.said.join()).toContain("a last flush or a takeover takes too long");
    world.broker.onWrite = (_id, append) => Promise.resolve(append());
    await world.start();
    await world.until("another", () => world.isDone);
    expect(world.said(0)).toEqual(["a 1".replace("a", "!a")]);
  });

  test("takes 10 s at most though a takeover and the farewell hang", async () => {
    const world = new StageWorld(1);
    const process = await world.start(new OtherMember(world, () => ({ leave: hang })));
    world.broker.onWrite = hang;
    expect(await stopsWithin(world, process)).toBeLessThan(10_000);
    expect(process.said).toEqual([
      "a last flush or a takeover takes too long, and is left to whoever comes next",
      "leaving the group takes too long",
    ]);
  });

  test("waits for a takeover under way: nothing is asked of the log behind it", async () => {
    const world = new StageWorld(1);
    let isStopped = false;
    const late: string[] = [];
    class Watched extends MemoryTopicLog {
      protected override async reading(): Promise<void> {
        await world.turns(100, 0);
        if (isStopped) late.push("readBack");
      }

      override endsOf(topic: string): ReturnType<MemoryTopicLog["endsOf"]> {
        if (isStopped) late.push("endsOf");
        return super.endsOf(topic);
      }
    }
    const process = await world.start(new Watched(world.broker));
    await world.turns(10, 0);
    void process.runner.stop().then(() => (isStopped = true));
    await world.until("the stop", () => isStopped);
    await world.turns(300);
    expect([late, process.said, process.ended]).toEqual([[], [], "stopped"]);
  });

  test("before the group was joined: it is left as soon as it is", async () => {
    const world = new StageWorld(1);
    const process = world.create();
    const started = process.runner.start();
    await process.runner.stop();
    await started;
    const other = await world.start();
    await world.until("another to have all", () => other.runner.isReady && other.runner.status().length === 1);
    expect([process.ended, process.runner.status()]).toEqual(["stopped", []]);
  });
});

test("a group that cannot be joined: the start is refused, and no takeover is left standing", async () => {
  class NoGroup extends MemoryTopicLog {
    override join(options: GroupOptions): Promise<GroupMember> {
      options.onAssigned([{ topic: "in", partition: 0 }]);
      return Promise.reject(new LogError("unreachable", "no coordinator"));
    }
  }
  const world = new StageWorld(1);
  const process = world.create(new NoGroup(world.broker));
  await expect(process.runner.start()).rejects.toMatchObject({ fault: "unreachable" });
  await process.runner.stop();
  expect(process.runner.isReady).toBe(false);
});

test("a partition that is lost and given again while it is taken over is read back by one at a time", async () => {
  const world = new StageWorld(2);
  class SlowReadBack extends MemoryTopicLog {
    protected override async reading(): Promise<void> {
      await world.turns(200, 0);
    }
  }
  const process = await world.start(new SlowReadBack(world.broker));
  for (let n = 0; n < 4; n += 1) {
    const other = await world.start();
    await world.turns(3);
    world.kill(other);
    await world.turns(20);
  }
  for (const partition of [0, 1]) world.write(partition, ["a", "b"]);
  await world.until("the rest", () => world.isDone);
  expect([process.ended, process.said]).toEqual([undefined, []]);
  expect([world.said(0), world.said(1)]).toEqual([world.expected(0), world.expected(1)]);
});

test("a fold that goes is told of once, with all that it took", async () => {
  const world = new StageWorld(2);
  const gone: PartitionFold[] = [];
  const first = await world.start(undefined, { onGone: (fold) => void gone.push(fold) });
  world.write(0, ["a", "b"]);
  world.write(1, ["c"]);
  await world.until("all to be said", () => world.isDone);
  expect([first.folds.length, gone.length]).toEqual([2, 0]);
  const second = await world.start();
  await world.until("a partition to be taken over", () =>
    second.runner.status().some(({ task }) => task !== undefined),
  );
  await world.until("the other to be lost", () => first.runner.status().length === 1);
  expect(gone).toHaveLength(1);
  expect(first.folds).toContain(gone[0]);
  expect(first.runner.status()[0]?.task?.fold).not.toBe(gone[0]);
});

describe("the watchdog", () => {
  async function reading(): Promise<{ world: StageWorld; log: SlowLog; process: StageProcess }> {
    const world = new StageWorld(1);
    const log = new SlowLog(world.broker);
    const process = await world.start(log);
    world.write(0, ["a"]);
    await world.until("the first", () => world.isDone);
    return { world, log, process };
  }

  test("ends a runner whose partition has something to be read and is not moved", async () => {
    const { world, log, process } = await reading();
    log.isHolding = true;
    world.write(0, ["b"]);
    const fromMs = process.clock.nowMs();
    await world.until("the end", () => process.ended !== undefined, 100);
    expect(process.ended).toMatchObject({
      fault: "unknown",
      message: "in, partition 0: nothing was read for a minute",
    });
    expect(process.clock.nowMs() - fromMs).toBeGreaterThan(60_000);
    expect(process.clock.nowMs() - fromMs).toBeLessThan(100_000);
  });

  test("ends a runner whose takeover hangs", async () => {
    const world = new StageWorld(1);
    class HangingReadBack extends MemoryTopicLog {
      protected override reading(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const process = await world.start(new HangingReadBack(world.broker));
    await world.until("the end", () => process.ended !== undefined, 100);
    expect(process.ended).toMatchObject({ message: "in, partition 0: nothing was read for a minute" });
  });

  test("lets a takeover alone that takes minutes, and reads all the time", async () => {
    const world = new StageWorld(1);
    const first = await world.start();
    for (let n = 0; n < 5; n += 1) {
      world.write(0, [`a${n}`]);
      await world.until("what was written", () => world.isDone);
    }
    world.kill(first);
    class SlowReadBack extends MemoryTopicLog {
      protected override async reading(): Promise<void> {
        await world.turns(300, 100);
      }
    }
    const next = await world.start(new SlowReadBack(world.broker));
    await world.until("the takeover", () => next.runner.isReady && next.runner.status().length === 1);
    expect([next.ended, next.clock.nowMs() > 120_000]).toEqual([undefined, true]);
  });

  test("lets one alone that was idle for long and has something to be read just now", async () => {
    const { world, log, process } = await reading();
    await world.turns(6_000, 100);
    log.isHolding = true;
    world.write(0, ["b"]);
    // Its end is asked for before it is given what it asked for.
    await world.turns(120, 100);
    expect(process.ended).toBeUndefined();
    log.letGo();
    await world.until("the rest", () => world.isDone);
    await world.turns(1_200, 100);
    expect(process.ended).toBeUndefined();
  });

  test("does not count the time in which no broker answers", async () => {
    const { world, log, process } = await reading();
    log.isHolding = true;
    world.write(0, ["b"]);
    await world.turns(300, 100);
    world.broker.isDown = true;
    await world.turns(3_000, 100);
    world.broker.isDown = false;
    await world.turns(300, 100);
    expect(process.ended).toBeUndefined();
    log.letGo();
    await world.until("the rest", () => world.isDone);
    expect(world.said(0)).toEqual(["a 1", "b 1"]);
  });
});

test("positions are shown in the group, what is behind shows, and a partition that was read to its end says so", async () => {
  const world = new StageWorld(1);
  const process = await world.start();
  world.write(0, ["a", "b", "c"]);
  await world.until("the rest", () => world.isDone);
  const group = world.broker.groupOf("counter", ["in"]);
  await world.until("the commit", () => group.committed.get("in/0") === 3);
  const [status] = process.runner.status();
  expect([status?.task?.nextOffset, status?.task?.endOffset, status?.task?.flushedOffset]).toEqual([3, 3, 3]);
  expect(process.folds[0]?.wasCaughtUp.at(-1)).toBe(true);
});

test("while nothing is fetched, as when a group finds itself anew, nobody says that what came meanwhile was read", async () => {
  const world = new StageWorld(1);
  let sinceReadMs = 0;
  const process = await world.start(new OtherMember(world, () => ({ sinceReadMs: () => sinceReadMs })));
  await world.until("the takeover", () => process.runner.status()[0]?.task !== undefined);
  await world.turns(400);
  expect(process.folds[0]?.unreadMs).toBe(0);
  // Clocks that only go forward tell fractions; a time of the state is whole.
  sinceReadMs = 4_999.25;
  await world.turns(10);
  expect(process.folds[0]?.unreadMs).toBe(5_000);
  // Nothing was read since it joined: what its end was at the takeover is known.
  sinceReadMs = Number.POSITIVE_INFINITY;
  await world.turns(10);
  expect(process.folds[0]?.unreadMs).toBeGreaterThan(8_000);
  expect(process.folds[0]?.wasCaughtUp.at(-1)).toBe(true);
});

test("what came while a takeover asked for the partition's end was not read, however late the answer comes", async () => {
  const world = new StageWorld(1);
  class LateAnswer extends OtherMember {
    override async endsOf(topic: string): ReturnType<MemoryTopicLog["endsOf"]> {
      const ends = await super.endsOf(topic);
      await world.turns(50);
      return ends;
    }
  }
  const nothingRead = { sinceReadMs: (): number => Number.POSITIVE_INFINITY };
  const process = await world.start(new LateAnswer(world, () => nothingRead));
  await world.until("the takeover", () => process.folds[0]?.wasCaughtUp.at(-1) === true);
  expect(process.folds[0]?.unreadMs).toBeGreaterThanOrEqual(1_000);
});

test("what came while a partition was paused is not read before a read of it has begun", async () => {
  const world = new StageWorld(1);
  let sinceReadMs = 0;
  const process = await world.start(new OtherMember(world, () => ({ sinceReadMs: () => sinceReadMs })));
  await world.until("the takeover", () => process.runner.status()[0]?.task !== undefined);
  const held: (() => void)[] = [];
  world.broker.onWrite = (_id, append) => new Promise((resolve) => held.push(() => resolve(append())));
  world.write(0, ["!first"]);
  await world.until("a flush that hangs", () => held.length === 1);
  world.write(
    0,
    Array.from({ length: 300 }, (_, n) => `${n} `.padEnd(100 * 1024, "x")),
  );
  await world.until("the reading to stop", () => (process.folds[0]?.taken ?? 0) > 8 * MIB);
  // The last read began before.
  sinceReadMs = 60_000;
  world.broker.onWrite = (_id, append) => Promise.resolve(append());
  held[0]?.();
  await world.until("the rest", () => world.isDone);
  await world.turns(10);
  expect(process.folds[0]?.wasCaughtUp.at(-1)).toBe(false);
  sinceReadMs = 0;
  await world.turns(10);
  expect(process.folds[0]?.wasCaughtUp.at(-1)).toBe(true);
});

test("what is urgent is flushed at once, and the rest when it is due", async () => {
  const world = new StageWorld(1);
  const process = await world.start(undefined, { flushEveryMs: 60_000 });
  await world.until("the takeover", () => process.runner.status()[0]?.task !== undefined);
  world.write(0, ["a"]);
  await world.turns(100, 100);
  expect(world.said(0)).toEqual([]);
  world.write(0, ["!b"]);
  await world.turns(10, 0);
  expect(world.said(0)).toEqual(["a 1", "!b 1"]);
  world.write(0, ["c"]);
  await world.until("the rest", () => world.isDone, 1_000);
  expect(world.said(0)).toEqual(world.expected(0));
});

test.each<[string, number, number, number]>([
  ["written just now", 0, 15, 60],
  ["that waited for a minute", -60_000, 2, 8],
])("a backlog of records %s is flushed so often", async (_what, writtenAtMs, least, most) => {
  const world = new StageWorld(1);
  world.broker.nowMs = () => writtenAtMs;
  // 80 turns of 500 records, 1.6 s.
  world.write(
    0,
    Array.from({ length: 40_000 }, () => "a"),
  );
  let flushes = 0;
  await world.start(undefined, { onFlushed: () => void (flushes += 1) });
  await world.until("the rest", () => world.isDone);
  expect(flushes).toBeGreaterThanOrEqual(least);
  expect(flushes).toBeLessThanOrEqual(most);
  expect(world.said(0)).toEqual(world.expected(0));
});
