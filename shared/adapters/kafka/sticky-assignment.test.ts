import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TopicPartition } from "../../runtime/topic-log.ts";
import { assignSticky, type GroupMemberClaim, nameOf } from "./sticky-assignment.ts";

const partitionsOf = (topic: string, count: number): TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

function claimsFrom(shares: ReadonlyMap<string, readonly TopicPartition[]>, members: readonly string[]) {
  return members.map((member): GroupMemberClaim => ({ member, owned: shares.get(member) ?? [], sinceMs: 1 }));
}

const groups = fc.record({
  before: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 7 }),
  after: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 7 }),
  count: fc.integer({ min: 0, max: 20 }),
});

describe("shares", () => {
  test("every partition is somebody's, once, and shares differ by one at most", () => {
    fc.assert(
      fc.property(groups, ({ before, after, count }) => {
        const partitions = [...partitionsOf("a", count), ...partitionsOf("b", 3)];
        const first = assignSticky(claimsFrom(new Map(), before), partitions);
        const second = assignSticky(claimsFrom(first, after), partitions);
        for (const shares of [first, second]) {
          const given = [...shares.values()].flat().map(nameOf);
          expect(given.toSorted()).toEqual(partitions.map(nameOf).toSorted());
          const sizes = [...shares.values()].map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("who stays keeps what it has, up to its share", () => {
    fc.assert(
      fc.property(groups, ({ before, after, count }) => {
        const partitions = partitionsOf("a", count);
        const first = assignSticky(claimsFrom(new Map(), before), partitions);
        const second = assignSticky(claimsFrom(first, after), partitions);
        for (const [member, share] of second) {
          const had = new Set((first.get(member) ?? []).map(nameOf));
          const kept = share.filter((at) => had.has(nameOf(at))).length;
          expect(kept).toBe(Math.min(had.size, share.length));
        }
      }),
    );
  });

  test("the order in which members are named does not matter", () => {
    fc.assert(
      fc.property(groups, fc.integer(), ({ before, count }, turn) => {
        const partitions = partitionsOf("a", count);
        const claims = claimsFrom(new Map(), before);
        const at = Math.abs(turn) % before.length;
        const turned = [...claims.slice(at), ...claims.slice(0, at)];
        expect(assignSticky(turned, partitions)).toEqual(assignSticky(claims, partitions));
      }),
    );
  });

  test("of two that claim one partition the later is believed", () => {
    const [at] = partitionsOf("a", 1) as [TopicPartition];
    const zombie = { member: "a", owned: [at], sinceMs: 1 };
    const present = { member: "b", owned: [at], sinceMs: 2 };
    expect(assignSticky([zombie, present], [at]).get("b")).toEqual([at]);
  });
});
