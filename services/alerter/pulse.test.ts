import { expect, test } from "vitest";
import { StateValueError } from "../../shared/domain/state-value.ts";
import type { StreamProgress } from "../../shared/domain/stream-progress.ts";
import { Pulse } from "./pulse.ts";

const MINUTE = 60_000;

function word(partition: number, at: number | undefined, site = "corp"): StreamProgress {
  const progress = { site, input: "events", partition, of: 6 };
  return at === undefined ? { ...progress, at, state: "unknown" } : { ...progress, at, state: "known" };
}

function started(): Pulse {
  const pulse = new Pulse();
  pulse.start(0);
  return pulse;
}

test("goes on as long as each partition's time moves", () => {
  const pulse = started();
  for (let minute = 0; minute < 20; minute += 1) {
    pulse.take(word(0, minute), minute * MINUTE);
    pulse.take(word(3, minute), minute * MINUTE);
    expect(pulse.isAlive((minute + 1) * MINUTE)).toBe(true);
  }
  pulse.take(word(0, 100), 20 * MINUTE);
  pulse.take(word(3, 100), 20 * MINUTE);
  // One is dead.
  for (let minute = 21; minute < 23; minute += 1) pulse.take(word(0, 100 + minute), minute * MINUTE);
  expect(pulse.isAlive(23 * MINUTE - 1)).toBe(true);
  expect(pulse.isAlive(23 * MINUTE)).toBe(false);
  pulse.take(word(3, 101), 24 * MINUTE);
  pulse.take(word(0, 200), 24 * MINUTE);
  expect(pulse.isAlive(24 * MINUTE)).toBe(true);
});

test("does not go on where a detector lives and time stands still", () => {
  const pulse = started();
  for (let minute = 0; minute < 5; minute += 1) pulse.take(word(0, 7), minute * MINUTE);
  expect(pulse.isAlive(2 * MINUTE)).toBe(true);
  expect(pulse.isAlive(5 * MINUTE)).toBe(false);
  pulse.take(word(0, undefined), 5 * MINUTE);
  expect(pulse.isAlive(5 * MINUTE)).toBe(false);
});

test("a site whose time stands still for ever is no end of its partition's", () => {
  const pulse = started();
  pulse.take(word(0, 9_999_999, "gone"), 0);
  for (let minute = 0; minute < 9; minute += 1) pulse.take(word(0, minute, "here"), minute * MINUTE);
  expect(pulse.isAlive(9 * MINUTE)).toBe(true);
});

test("where nobody ever spoke it is waited for, a while", () => {
  expect([started().isAlive(0), started().isAlive(3 * MINUTE - 1), started().isAlive(3 * MINUTE)]).toEqual([
    true,
    true,
    false,
  ]);
});

test("after a restart each partition that ever spoke is to speak again", () => {
  const pulse = started();
  const told: string[] = [];
  const tell = (): void => pulse.changes((key, value) => void told.push(`${key} ${value?.toString()}`));
  pulse.take(word(0, 1), 0);
  pulse.take(word(5, 1), 0);
  tell();
  pulse.take(word(5, 2), 1);
  tell();
  expect(told).toEqual(['pulse {"v":1,"partitions":[0,5]}']);
  const next = new Pulse();
  next.restore(Buffer.from('{"v":1,"partitions":[0,5]}'));
  next.start(10 * MINUTE);
  next.take(word(0, 3), 11 * MINUTE);
  expect(next.isAlive(12 * MINUTE)).toBe(true);
  next.take(word(0, 4), 13 * MINUTE);
  expect(next.isAlive(13 * MINUTE)).toBe(false);
  for (const bad of [
    '{"v":2}',
    '{"v":1}',
    '{"v":1,"partitions":[]}',
    '{"v":1,"partitions":[-1]}',
    '{"v":1,"partitions":["0"]}',
  ])
    expect(() => new Pulse().restore(Buffer.from(bad))).toThrow(StateValueError);
});
