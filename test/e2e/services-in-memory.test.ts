// ingest, assembler and detector as services, on a log in memory: a storm comes out as `squall replay` of the same log has it, however
// its lines are spread, and whatever becomes of the processes.

import { beforeAll, describe, expect, test } from "vitest";
import { MemoryServices, STAGES, TOPICS } from "../support/memory-services.ts";
import {
  expectAllUsed,
  expectTheProgress,
  expectTheStorm,
  expectTheWindows,
  memoryStorm,
  type MemoryStorm,
  written,
} from "../support/memory-storm.ts";
import { numbersOf } from "../support/numbers.ts";

let storm: MemoryStorm;

beforeAll(async () => {
  storm = await memoryStorm();
});

describe("a storm that is read while it is written", () => {
  test.each([1, 200])("%d lines a record, without a key", async (perRecord) => {
    const services = new MemoryServices();
    for (const stage of STAGES) await services.start(stage);
    for (const _ of written(storm, services.broker, { perRecord, random: numbersOf(perRecord) })) {
      for (let turns = 0; turns < 3; turns += 1) await services.turn(100);
    }
    await services.settle(400_000);
    expectTheStorm(services, storm);
    expectTheWindows(services, storm, 0);
    expectTheProgress(services, storm);
    expectAllUsed(services);
    expect(services.said).toEqual([]);
  });

  test.each([1, 2, 3])("processes are killed and restarted on the way, seed %i", async (seed) => {
    const random = numbersOf(seed * 7_919);
    const services = new MemoryServices();
    for (const stage of [...STAGES, ...STAGES]) await services.start(stage);
    const disturb = async (): Promise<void> => {
      const one = services.processes[Math.floor(random() * services.processes.length)];
      if (one === undefined || random() > 0.15) return;
      await (random() < 0.6 ? services.kill(one) : services.restart(one));
    };
    for (const _ of written(storm, services.broker, { perRecord: 20, random })) {
      for (let turns = Math.floor(random() * 10); turns >= 0; turns -= 1) await services.turn();
      await disturb();
    }
    await services.settle(400_000);
    expectTheStorm(services, storm);
    expectTheWindows(services, storm, 2);
    expectTheProgress(services, storm);
    expectAllUsed(services);
  });
});

/** Lines of a mail to 30 that was taken in, and delivered, at `atMs`. */
function mailAt(atMs: number, queueId: string): string {
  const line = (program: string, text: string): string =>
    `${new Date(atMs).toISOString()} mx1 postfix/${program}[1]: ${queueId}: ${text}`;
  return [
    line("smtpd", "client=pc.example.org[192.0.2.1], sasl_method=PLAIN, sasl_username=anna@example.org"),
    line("cleanup", `message-id=<${queueId}@example.org>`),
    line("qmgr", "from=<anna@example.org>, size=600, nrcpt=30 (queue active)"),
  ].join("\n");
}

test("one old line in a partition that is quiet otherwise holds nobody up for long", async () => {
  const services = new MemoryServices();
  for (const stage of STAGES) await services.start(stage);
  const write = (partition: number, text: string): void => {
    services.broker.append([{ topic: TOPICS["mail-logs"], partition, key: undefined, value: Buffer.from(text) }]);
  };
  const toldAfterMs = async (queueId: string): Promise<number> => {
    const fromMs = services.nowMs;
    write(0, mailAt(fromMs, queueId));
    while (!services.lines("mail-events").some((line) => line.includes(`${queueId}@example.org`)))
      await services.turn();
    return services.nowMs - fromMs;
  };
  expect(await toldAfterMs("4ZZZZZZZZZz1")).toBeLessThan(2_000);
  // Of a shipper that was away for 50 minutes, and says no more.
  write(2, `${new Date(services.nowMs - 3_000_000).toISOString()} mx9 postfix/qmgr[1]: 4ZZZZZZZZZz9: removed`);
  for (let turns = 0; turns < 150; turns += 1) {
    await services.turn(100);
    if (turns % 10 === 0) write(0, mailAt(services.nowMs, `4ZZZZZZZZZy${turns / 10}`));
  }
  expect(await toldAfterMs("4ZZZZZZZZZz2")).toBeLessThan(2_000);
});
