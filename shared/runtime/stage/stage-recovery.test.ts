// Processes of a stage that are killed, fenced and shared out anew: what they say is what one says that nothing ever happened to.

import { describe, expect, test } from "vitest";
import { numbersOf } from "../../../test/support/numbers.ts";
import { type StageProcess, StageWorld } from "../../../test/support/stage-world.ts";
import { LogError } from "../topic-log.ts";

function expectAllSaidOnce(world: StageWorld): void {
  for (let partition = 0; partition < world.partitions; partition += 1) {
    expect(world.said(partition)).toEqual(world.expected(partition));
    expect(world.expected(partition).length).toBeGreaterThan(0);
  }
}

/** Some of the writes fail before they count, some behind that, some hang for a while. */
function trouble(world: StageWorld, random: () => number): void {
  world.broker.onWrite = async (_id, append) => {
    const fate = random();
    if (fate < 0.08) throw new LogError("unknown", "lost");
    if (fate < 0.3) await world.turns(Math.floor(random() * 30), 0);
    append();
    if (fate > 0.92) throw new LogError("unknown", "written, and nobody knows");
  };
}

async function somethingHappens(world: StageWorld, random: () => number): Promise<void> {
  const alive = world.processes.filter(({ isAlive }) => isAlive);
  const one = alive[Math.floor(random() * alive.length)];
  const what = random();
  if (one === undefined || (what < 0.3 && alive.length < 3)) await world.start();
  else if (what < 0.7) world.kill(one);
  else if (what < 0.8) one.log.timeOut();
  else if (what < 0.9) one.log.rejoin();
  else {
    await world.stop(one);
    one.isAlive = false;
  }
}

describe("whatever happens, all is said once and in order", () => {
  test.each(Array.from({ length: 24 }, (_, n) => n + 1))("seed %i", async (seed) => {
    const random = numbersOf(seed * 7_919);
    const world = new StageWorld(3);
    trouble(world, random);
    for (let step = 0; step < 60; step += 1) {
      const partition = Math.floor(random() * 3);
      const marks = ["a", "b", "c", "d", "!e"];
      world.write(
        partition,
        Array.from({ length: Math.floor(random() * 40) }, () => marks[Math.floor(random() * 5)] ?? ""),
      );
      if (random() < 0.3) await somethingHappens(world, random);
      await world.turns(Math.floor(random() * 25));
    }
    // Those that were taken for dead hear of it.
    for (const { log, isAlive } of world.processes) if (isAlive) log.rejoin();
    if (!world.processes.some(({ isAlive }) => isAlive)) await world.start();
    await world.until("all to be said", () => world.isDone);
    expectAllSaidOnce(world);
    // And whoever takes over now finds the counts of all.
    for (const process of world.processes) if (process.isAlive) world.kill(process);
    world.broker.onWrite = (_id, append) => Promise.resolve(append());
    const last = await world.start();
    await world.until("the takeover", () => last.runner.isReady && last.runner.status().length === 3);
    for (const { at, counts } of last.folds) {
      const said = world.expected(at.partition).map((text) => text.split(" "));
      expect(Object.fromEntries(counts)).toEqual(
        Object.fromEntries(said.map(([text, count]) => [text, Number(count)])),
      );
    }
  });
});

describe("a flush whose outcome is not known", () => {
  test.each([
    ["was written", true],
    ["was not", false],
  ])("and that %s: the partition is taken over anew, and nothing is said twice or never", async (_what, isWritten) => {
    const world = new StageWorld(1);
    const process = await world.start();
    world.write(0, ["a", "b"]);
    await world.until("the first", () => world.isDone);
    let failures = 0;
    world.broker.onWrite = async (_id, append) => {
      await world.turns(3, 0);
      failures += 1;
      if (failures > 1 || isWritten) append();
      if (failures === 1) throw new LogError("unknown", "the connection broke");
    };
    world.write(0, ["a", "c"]);
    await world.until("the takeover", () => process.folds.length === 2);
    world.write(0, ["a"]);
    await world.until("the rest", () => world.isDone);
    expectAllSaidOnce(world);
    expect(process.said).toEqual([
      "in, partition 0: given up and taken over anew: in.counter-state, partition 0: the connection broke",
    ]);
    expect(process.ended).toBeUndefined();
  });
});

test("an outage of all: nothing is lost, and the runner goes on behind it", async () => {
  const world = new StageWorld(2);
  const process = await world.start();
  world.write(0, ["a"]);
  world.write(1, ["b"]);
  await world.until("the first", () => world.isDone);
  world.broker.isDown = true;
  world.write(0, ["a", "a"]);
  await world.turns(500);
  world.broker.isDown = false;
  world.write(1, ["b"]);
  await world.until("the rest", () => world.isDone);
  expectAllSaidOnce(world);
  expect(process.ended).toBeUndefined();
});

describe("a zombie", () => {
  async function zombieAndHeir(): Promise<{ world: StageWorld; zombie: StageProcess; heir: StageProcess }> {
    const world = new StageWorld(1);
    const zombie = await world.start();
    world.write(0, ["a"]);
    await world.until("the first", () => world.isDone);
    zombie.log.timeOut();
    const heir = await world.start();
    await world.until("the heir", () => heir.folds.length > 0 && heir.runner.isReady);
    return { world, zombie, heir };
  }

  test("is fenced at its next flush, drops what it has and takes over anew from what the heir wrote", async () => {
    const { world, zombie, heir } = await zombieAndHeir();
    heir.isAlive = false; // It stands still: only the zombie acts.
    world.write(0, ["a", "b"]);
    await world.until("the zombie to be fenced", () => zombie.folds.length === 2);
    expect(zombie.said[0]).toContain("given up and taken over anew");
    expect(zombie.said[0]).toContain("another's");
    await world.until("the rest", () => world.isDone);
    expectAllSaidOnce(world);
  });

  test("and its heir, both in the belief that the partition is theirs, still say all once", async () => {
    const { world, zombie, heir } = await zombieAndHeir();
    for (let n = 0; n < 30; n += 1) {
      world.write(0, ["a", "b", `c${n}`]);
      await world.turns(10);
    }
    await world.until("the rest", () => world.isDone);
    expectAllSaidOnce(world);
    expect(zombie.folds.length + heir.folds.length).toBeGreaterThan(3);
    expect([zombie.ended, heir.ended]).toEqual([undefined, undefined]);
  });

  test("that hears that the partition is another's keeps still", async () => {
    const { world, zombie, heir } = await zombieAndHeir();
    zombie.log.rejoin();
    await world.until("one owner", () => zombie.runner.status().length + heir.runner.status().length === 1);
    world.write(0, ["a", "b"]);
    await world.until("the rest", () => world.isDone);
    expectAllSaidOnce(world);
  });
});

test("one that comes gets a share and one that leaves hands it back: nothing twice, nothing lost, others undisturbed", async () => {
  const world = new StageWorld(4);
  const first = await world.start();
  const fill = (): void => {
    for (let partition = 0; partition < 4; partition += 1) world.write(partition, ["a", "b", "a"]);
  };
  fill();
  await world.until("the first", () => world.isDone);
  fill();
  const second = await world.start();
  await world.until("a half each", () => second.runner.isReady && second.runner.status().length === 2);
  fill();
  await world.until("the second", () => world.isDone);
  expect(first.runner.status()).toHaveLength(2);
  expect([first.folds.length, second.folds.length]).toEqual([4, 2]);
  fill();
  await world.stop(second);
  expect(second.ended).toBe("stopped");
  await world.until("the rest", () => world.isDone && first.runner.status().length === 4);
  expectAllSaidOnce(world);
  expect(first.folds).toHaveLength(6);
  expect(first.runner.rebalances).toBe(3);
});
