import { expect, test } from "vitest";
import { AT, fragment } from "../../../test/support/fragment.ts";
import { SlabWriter } from "../../../test/support/slab-of.ts";
import { compareIds, hashClient, hashWriter, namesLogin, sameMessage, sameQueueId } from "./compare.ts";
import { packRecord } from "./from-slab.ts";
import type { MailFragment } from "../mail-fragment.ts";
import { PackedMails } from "./packed-mails.ts";

function packed(...said: readonly Partial<MailFragment>[]): PackedMails {
  const mails = new PackedMails();
  const slab = new SlabWriter().slabOf(said.map((one) => fragment({ acceptedAt: AT, messageId: "a@x", ...one })));
  for (let record = 0; record < slab.end; record += slab.end / said.length) packRecord(mails, slab, record);
  return mails;
}

test.each([
  ["Jo <jo@x.example>", "jo@x.example", true],
  ["<jo@x.example>", "jo@x.example", true],
  ["jo@x.example", "jo@x.example", false],
  ["Jo <joe@x.example>", "jo@x.example", false],
  ["Jo <jo@x.example>", "o@x.example", false],
  ["Jo <Jo@x.example>", "jo@x.example", false],
  ['"<ann@x.example>" <jo@x.example>', "jo@x.example", false],
  ["Ann <ann@x.example> <jo@x.example>", "jo@x.example", false],
  ["Jo <jo@x.example> (home)", "jo@x.example", false],
  [">", ">", false],
  ["", "", false],
])("From %j is the login %j: %s", (from, login, isSame) => {
  expect(namesLogin(packed({ login, headers: { from } }), 0)).toBe(isSame);
});

const BASE: Partial<MailFragment> = { client: "192.0.2.7", login: "jo", sender: "jo@x", headers: { from: "<jo@x>" } };

test.each<[string, Partial<MailFragment>, boolean, boolean]>([
  ["a subject", { headers: { from: "<jo@x>", subject: "x" } }, true, true],
  ["a message", { messageId: "b@x" }, true, true],
  ["a client", { client: "192.0.2.8" }, false, false],
  ["a host", { host: "mx2" }, false, true],
  ["a login", { login: "ann" }, true, false],
  ["no login", { login: undefined }, true, false],
  ["a sender", { sender: "ann@x" }, true, false],
  ["bytes of one in the other", { login: "j", sender: "ojo@x" }, true, false],
  ["a From", { headers: { from: "<ann@x>" } }, true, false],
  ["no From", { headers: undefined }, true, false],
])("%s apart: the same client %s, the same writer %s", (_name, other, sameClient, sameWriter) => {
  const mails = packed(BASE, { ...BASE, ...other });
  const keys = [0, 1].map((mail) => {
    const [client, writer] = [new Int32Array(2), new Int32Array(2)];
    hashClient(mails, mail, client);
    hashWriter(mails, mail, writer);
    return { client: client.join(), writer: writer.join() };
  });
  expect(keys[0]?.client === keys[1]?.client).toBe(sameClient);
  expect(keys[0]?.writer === keys[1]?.writer).toBe(sameWriter);
});

test("ids are compared whole", () => {
  const mails = packed(
    { queueId: "AAAAAA", messageId: "a@x" },
    { queueId: "AAAAAA", messageId: "b@x" },
    { queueId: "AAAAAB", messageId: "a@x" },
    { queueId: "AAAAAA", messageId: "a@x", host: "mx2" },
    { queueId: "AAAAAA", messageId: "a@xx" },
  );
  const against = (compare: (other: number) => number | boolean): (number | boolean)[] =>
    Array.from({ length: mails.count }, (_, other) => compare(other));
  expect(against((other) => Math.sign(compareIds(mails, 0, other)))).toEqual([0, -1, -1, 0, -1]);
  expect(against((other) => sameMessage(mails, 0, mails, other))).toEqual([true, false, true, true, false]);
  expect(against((other) => sameQueueId(mails, 0, mails, other))).toEqual([true, true, false, false, true]);
});
