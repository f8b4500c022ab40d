import { expect, test } from "vitest";

import { keyHash } from "../../shared/domain/packed/key-hash.ts";
import type { SmallMailEntry } from "./small-mail.ts";
import { SmallMailStore } from "./small-mail-store.ts";
import { mail } from "./testing/conversation.ts";

const COUNTS = { lastAt: 7, start: 60_000, delivered: 2, more: undefined, earlier: 0 };

function entryOf(id: string, over: Partial<SmallMailEntry> = {}): SmallMailEntry {
  const event = mail({ seconds: 1, id, list: null, sender: "jö@corp.example", hints: {} });
  return { event, key: id, hash: keyHash(id), counts: COUNTS, ...over };
}

test("what is put is what is taken, once", () => {
  const store = new SmallMailStore();
  const rich = mail({
    seconds: 1,
    id: "rich",
    subject: "é\n",
    automatic: "subject",
    removedAt: 9,
    hints: { references: ["a"] },
  });
  const counts = { ...COUNTS, more: [60_000, 1, 120_000, 1], earlier: 3 };
  expect(store.put({ event: rich, key: "rich", hash: keyHash("rich"), counts })).toBe(true);
  const { minutes: _minutes, ...said } = rich;
  expect(store.take("rich", keyHash("rich"))).toMatchObject({ ...said, ...counts, key: "rich" });
  expect(store.take("rich", keyHash("rich"))).toBeUndefined();
});

test("thousands are told apart, also where their hashes are the same", () => {
  const store = new SmallMailStore();
  const ids = Array.from({ length: 5000 }, (_, index) => `m${index}@x`);
  for (const id of ids) store.put(entryOf(id, { hash: keyHash(id) & ~7 }));
  for (const id of ids) expect(store.take(id, keyHash(id) & ~7)?.key).toBe(id);
});

test("too many of one hash find no place, and say so", () => {
  const store = new SmallMailStore();
  const taken = Array.from({ length: 65 }, (_, index) => store.put(entryOf(`m${index}`, { hash: 1 })));
  expect([taken.slice(0, 64).every(Boolean), taken[64]]).toEqual([true, false]);
});

test("a mail outlives one rotation, not two", () => {
  const store = new SmallMailStore();
  store.put(entryOf("one"));
  expect(store.rotate()).toBe(0);
  store.put(entryOf("two"));
  expect(store.rotate()).toBe(1);
  expect(store.take("one", keyHash("one"))).toBeUndefined();
  expect(store.take("two", keyHash("two"))?.key).toBe("two");
});

test("mails revised a thousand times keep the store within a few times what they take, and none is lost", () => {
  const store = new SmallMailStore();
  const ids = Array.from({ length: 1500 }, (_, index) => `m${index}@x`);
  for (const id of ids) store.put(entryOf(id));
  const before = store.bytes;
  for (let revision = 2; revision <= 1001; revision += 1) {
    for (const id of ids.slice(0, revision % 50 === 0 ? ids.length : 30)) {
      const small = store.take(id, keyHash(id));
      if (small === undefined) throw new Error(`${id} is lost at revision ${revision}`);
      store.put({ event: { ...small, revision }, key: id, hash: keyHash(id), counts: small });
    }
  }
  expect(store.bytes).toBeLessThanOrEqual(before * 2);
  expect(store.youngSize).toBe(ids.length);
  const revisions = ids.map((id) => store.take(id, keyHash(id))?.revision);
  expect(new Set(revisions)).toEqual(new Set([1001, 1000]));
});

test("the room of what was large and was taken is used again", () => {
  const store = new SmallMailStore();
  const large = mail({ seconds: 1, id: "large", subject: "long ".repeat(2000) });
  for (let round = 0; round < 2000; round += 1) {
    store.put({ event: large, key: "large", hash: keyHash("large"), counts: COUNTS });
    expect(store.take("large", keyHash("large"))?.subject).toBe(large.subject);
  }
  expect(store.bytes).toBeLessThan(2_000_000);
  expect(store.youngBytes).toBe(0);
});
