import { expect, test } from "vitest";
import { AT, fragment } from "../../test/support/fragment.ts";
import { SlabWriter } from "../../test/support/slab-of.ts";
import { packRecord } from "../../shared/domain/packed/from-slab.ts";
import { keyHash } from "../../shared/domain/packed/key-hash.ts";
import { KEY_HASH, MESSAGE_ID, NRCPT, REMOVED_AT } from "../../shared/domain/packed/layout.ts";
import { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import { PackedMailStore } from "./packed-mail-store.ts";

function packed(ids: readonly string[], queueId = "ABCDEF"): PackedMails {
  const mails = new PackedMails();
  for (const [index, messageId] of ids.entries()) {
    const slab = new SlabWriter().slabOf([fragment({ acceptedAt: AT, messageId, queueId, nrcpt: index + 1 })]);
    packRecord(mails, slab, 0);
  }
  return mails;
}

const take = (store: PackedMailStore, id: string): string | undefined =>
  store.take(id, keyHash(id), (mails, mail) => `${mails.textAt(mail, MESSAGE_ID)} ${mails.number(mail, NRCPT)}`);

test("a mail is found by its Message-ID until it is taken out", () => {
  const ids = Array.from({ length: 3000 }, (_, index) => `${index}@x`);
  const mails = packed(ids);
  const store = new PackedMailStore();
  for (const index of ids.keys()) expect(store.put(mails, index)).toBe(true);
  expect(store.youngSize).toBe(3000);
  expect(take(store, "nobody@x")).toBeUndefined();
  for (const [index, id] of ids.entries()) {
    expect(take(store, id)).toBe(`${id} ${index + 1}`);
    expect(take(store, id)).toBeUndefined();
  }
  // Room that was left is used again.
  for (const index of ids.keys()) expect(store.put(mails, index)).toBe(true);
  expect(take(store, "7@x")).toBe("7@x 8");
});

test("a second mail with a Message-ID that is kept is not put beside it, in whichever generation", () => {
  const mails = packed(["a@x", "a@x"]);
  const store = new PackedMailStore();
  expect(store.put(mails, 0)).toBe(true);
  expect(store.put(mails, 1)).toBe(false);
  expect(store.rotate()).toBe(0);
  expect(store.put(mails, 1)).toBe(false);
  expect(store.rotate()).toBe(1);
  expect(store.put(mails, 1)).toBe(true);
  expect(take(store, "a@x")).toBe("a@x 2");
});

test("mails with one hash are told apart, and too many of them are not taken", () => {
  const mails = packed(Array.from({ length: 200 }, (_, index) => `${index}@x`));
  for (let mail = 0; mail < mails.count; mail += 1) mails.setNumber(mail, KEY_HASH, 7);
  const store = new PackedMailStore();
  const taken = Array.from({ length: 200 }, (_, mail) => store.put(mails, mail));
  expect(taken.filter(Boolean)).toHaveLength(64);
  expect(taken.indexOf(false)).toBe(64);
  expect(store.take("63@x", 7, (others, mail) => others.number(mail, NRCPT))).toBe(64);
  // The place that it left is free again.
  expect(store.put(mails, 100)).toBe(true);
  expect(store.put(mails, 101)).toBe(false);
});

test("a removal is noted for the queue id that is kept, and for no other", () => {
  const store = new PackedMailStore();
  const [mails, others] = [packed(["a@x"]), packed(["a@x"], "FEDCBA")];
  for (const told of [mails, others]) told.setTime(0, REMOVED_AT, AT + 1000);
  expect(store.noteRemoved(mails, 0)).toBe(false);
  mails.setTime(0, REMOVED_AT, Number.NaN);
  store.put(mails, 0);
  expect(store.noteRemoved(others, 0)).toBe(false);
  mails.setTime(0, REMOVED_AT, AT + 1000);
  expect(store.noteRemoved(mails, 0)).toBe(true);
  expect(store.take("a@x", keyHash("a@x"), (kept, mail) => kept.time(mail, REMOVED_AT))).toBe(AT + 1000);
});
