import { describe, expect, test } from "vitest";
import type { ListEvidence, ListSighting, MailEvent } from "../../shared/domain/mail-event.ts";
import { detectorSurvey } from "./detector.ts";
import { feed, mail, newDetector, read, settingsWith } from "./testing/conversation.ts";

const named = (via: ListEvidence, ...names: readonly string[]): ListSighting[] =>
  names.map((name) => ({ address: `${name}@corp.example`, via }));
const READERS = named("expanded", "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7");
const OTHERS = named("orig_to", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7");
const toAll = (lists: readonly ListSighting[]): MailEvent =>
  mail({ seconds: 0, id: "m", recipients: 900, lists: lists.toSorted((a, b) => (a.address < b.address ? -1 : 1)) });

describe("a mail that names more lists than are looked at", () => {
  test.each([
    { name: "a list by orig_to", lists: [...READERS, ...named("orig_to", "staff")], kept: ["staff"], dropped: 0 },
    { name: "a list by List-Id", lists: [...READERS, ...named("list-id", "staff")], kept: ["staff"], dropped: 0 },
    { name: "a configured list", lists: [...READERS, ...named("configured", "staff")], kept: ["staff"], dropped: 0 },
    { name: "recipients alone", lists: [...READERS, ...named("expanded", "staff")], kept: [], dropped: 0 },
    { name: "a recipient in a header", lists: [...READERS, ...named("header", "zoe")], kept: [], dropped: 0 },
    {
      name: "nine lists, the first by address",
      lists: [...OTHERS, ...named("orig_to", "staff")],
      kept: ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"],
      dropped: 1,
    },
  ])("keeps the surest, and tells only of lists: $name", ({ lists, kept, dropped }) => {
    const { state } = read([toAll(lists)]);
    const { lists: known, counters } = detectorSurvey(state);
    expect(known.map(({ address }) => address).toSorted()).toEqual(kept.map((name) => `${name}@corp.example`));
    expect(counters.hintsDropped).toBe(dropped);
  });

  test("keeps one that the settings name before other recipients", () => {
    const state = newDetector(settingsWith({ listRules: [{ list: "staff@corp.example" }] }));
    const handedOn = { ...toAll([...READERS, ...named("expanded", "staff")]), recipients: 9 };
    feed(read([handedOn], state), [mail({ seconds: 1, id: "m", hop: "mx2", recipients: 900, list: null })]);
    expect(detectorSurvey(state).lists.map(({ address }) => address)).toEqual(["staff@corp.example"]);
  });

  test.each([
    { name: "before", order: [0, 1] },
    { name: "after", order: [1, 0] },
  ])("knows the list where another queue id names it, told $name the recipients", ({ order }) => {
    const queueIds = [toAll(named("orig_to", "staff")), { ...toAll(READERS), hop: "mx2" }];
    const { state } = read(order.flatMap((index) => queueIds[index] ?? []));
    expect(detectorSurvey(state).lists.map(({ address }) => address)).toEqual(["staff@corp.example"]);
  });
});
