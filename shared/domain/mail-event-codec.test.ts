import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schemaFaults } from "../../test/support/json-schema.ts";
import { hasUnprintable } from "./printable-text.ts";
import { decodeMailEvent, encodeMailEvent } from "./mail-event-codec.ts";
import type { MailEvent } from "./mail-event.ts";
import { AUTOMATIC_REASONS, LIST_EVIDENCE } from "./mail-event.ts";
import schema from "./mail-event.schema.json" with { type: "json" };

const defaults = { site: "nhs" };
const AT = Date.UTC(2026, 10, 24, 8, 29);
const minimal = {
  v: 1,
  at: "2026-11-24T08:29:00Z",
  messageId: "1@croydon.example",
  from: "it@croydon.example",
  recipients: 2500,
};

function decode(fields: object): ReturnType<typeof decodeMailEvent> {
  return decodeMailEvent(JSON.stringify(fields), defaults);
}

function decoded(fields: object): MailEvent {
  const result = decode(fields);
  if (!result.ok) throw new Error(`${result.reason} ${result.detail}`);
  return result.event;
}

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .map((text) => text.toLowerCase())
  .filter((text) => text !== "" && text.length <= 40 && !hasUnprintable(text) && !text.startsWith("<"));
const count = fc.integer({ min: 0, max: 1_000_000 });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const totals = fc.record({ delivered: count, deferred: count, bounced: count });
const minutes = fc
  .uniqueArray(fc.integer({ min: 0, max: 60_000_000 }), { maxLength: 5 })
  .chain((starts) =>
    fc.tuple(
      ...starts.toSorted((a, b) => a - b).map((start) => totals.map((sum) => ({ start: start * 60_000, ...sum }))),
    ),
  );
const anyEvent: fc.Arbitrary<MailEvent> = fc.record(
  {
    eventId: word,
    revision: fc.integer({ min: 1, max: 1000 }),
    site: word,
    host: word,
    queueId: word,
    hop: word,
    at: time,
    messageId: word,
    login: word,
    from: word,
    sender: word,
    senderDomain: word,
    authenticated: fc.boolean(),
    recipients: count,
    lists: fc.array(fc.record({ address: word, via: fc.constantFrom(...LIST_EVIDENCE) }), { maxLength: 4 }),
    hints: fc.record(
      {
        references: fc.array(word, { maxLength: 4 }),
        inReplyTo: word,
        threadIndex: word,
        subjectKey: word,
        replySubject: fc.boolean(),
      },
      { requiredKeys: ["references"] },
    ),
    subject: word,
    automatic: fc.constantFrom(...AUTOMATIC_REASONS),
    headersLogged: fc.boolean(),
    minutes,
    earlier: totals,
    removedAt: time,
  },
  {
    requiredKeys: [
      ...(["eventId", "revision", "site", "host", "queueId", "hop", "at", "authenticated", "recipients"] as const),
      ...(["lists", "hints", "headersLogged", "minutes"] as const),
    ],
  },
);

describe("round trip", () => {
  test("what was written is read back, and fits the schema", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const line = encodeMailEvent(event);
        expect(line).not.toContain("\n");
        expect(decodeMailEvent(line, defaults)).toEqual({ ok: true, event });
        expect(schemaFaults(schema, JSON.parse(line))).toEqual([]);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("the bytes do not depend on the order in which an event was put together", () => {
    const event = decoded({ ...minimal, login: "a", subject: "s", hints: { inReplyTo: "x", references: ["y"] } });
    const other = Object.fromEntries(Object.entries(event).toReversed());
    expect(encodeMailEvent({ ...event, ...other })).toBe(encodeMailEvent(event));
    expect(encodeMailEvent(event)).toMatch(
      /^\{"v":1,"eventId":"nhs ndjson {2}<1@croydon.example>","revision":1,"site":"nhs","host":"ndjson"/,
    );
  });
});

describe("the door for other systems", () => {
  test("the least there can be", () => {
    const { eventId, ...event } = decoded(minimal);
    expect(eventId).toBe("nhs ndjson  <1@croydon.example>");
    expect(event).toEqual({
      revision: 1,
      site: "nhs",
      host: "ndjson",
      queueId: "",
      hop: "ndjson",
      at: AT,
      messageId: "1@croydon.example",
      from: "it@croydon.example",
      senderDomain: "croydon.example",
      authenticated: false,
      recipients: 2500,
      lists: [],
      hints: { references: [] },
      headersLogged: false,
      minutes: [],
    });
  });

  test("a login says that the sender had logged in, unless the line says otherwise", () => {
    expect(decoded({ ...minimal, login: "anna" }).authenticated).toBe(true);
    expect(decoded({ ...minimal, login: "anna", authenticated: false }).authenticated).toBe(false);
  });

  test("pseudonyms of our own events give no domain", () => {
    expect(decoded({ ...minimal, eventId: "one", from: "a1b2@c3" }).senderDomain).toBeUndefined();
  });

  test("the examples of the schema are read", () => {
    expect(schema.examples.length).toBeGreaterThan(2);
    for (const example of schema.examples) {
      expect(schemaFaults(schema, example)).toEqual([]);
      expect(decode(example)).toMatchObject({ ok: true });
    }
  });

  test("defaults follow what is given", () => {
    expect(decoded({ ...minimal, host: "mx1" })).toMatchObject({ host: "mx1", hop: "mx1" });
    expect(decoded({ ...minimal, hints: {} })).toMatchObject({ hints: { references: [] }, headersLogged: true });
    expect(decoded({ ...minimal, hints: {}, headersLogged: false }).headersLogged).toBe(false);
    expect(decoded({ ...minimal, site: "other" }).site).toBe("other");
  });

  test("a subject without its key gets one, unless the event has an id and so is our own", () => {
    const given = { ...minimal, subject: "AW: Re: Test" };
    expect(decoded(given).hints).toEqual({ references: [], subjectKey: "test", replySubject: true });
    expect(decoded(given).headersLogged).toBe(true);
    expect(decoded({ ...given, hints: { subjectKey: "other" } }).hints).toEqual({
      references: [],
      subjectKey: "other",
    });
    expect(decoded({ ...given, eventId: "e1" }).hints).toEqual({ references: [] });
    expect(decoded({ ...given, subject: "Re:" }).hints).toEqual({ references: [] });
  });

  test("one mail has one id, another mail another", () => {
    const ids = [
      minimal,
      { ...minimal, site: "other" },
      { ...minimal, host: "mx1" },
      { ...minimal, queueId: "A1" },
      { ...minimal, messageId: "2@croydon.example" },
      { ...minimal, messageId: "" },
      { ...minimal, messageId: "", at: "2026-11-24T08:30:00Z" },
    ].map((fields) => decoded(fields).eventId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(decoded({ ...minimal, at: "2026-11-24T09:00:00Z" }).eventId).toBe(ids[0]);
    expect(decoded({ ...minimal, messageId: "<1@croydon.example>" }).eventId).toBe(ids[0]);
  });

  test("addresses come out in lower case, ids without brackets, lists from plain texts", () => {
    const event = decoded({
      ...minimal,
      messageId: "<1@Croydon.example>",
      from: "IT@Croydon.example",
      login: "IT",
      lists: ["All-Staff@nhs.example", { address: "Dev@nhs.example", via: "list-id" }],
      hints: { references: ["<r@x>", "s@x"], inReplyTo: "<r@x>", subjectKey: "Täst\n", replySubject: true },
      subject: "Test\u001B]0;x\u0007\u202Egnp",
    });
    expect(event).toMatchObject({
      messageId: "1@Croydon.example",
      from: "it@croydon.example",
      login: "it",
      lists: [
        { address: "all-staff@nhs.example", via: "configured" },
        { address: "dev@nhs.example", via: "list-id" },
      ],
      hints: { references: ["r@x", "s@x"], inReplyTo: "r@x", subjectKey: "täst ", replySubject: true },
      subject: "Test]0;xgnp",
    });
  });

  test.each(["messageId", "login", "from", "sender", "senderDomain", "subject", "site", "host", "hop", "eventId"])(
    "an empty %s counts as absent",
    (key) => {
      const without: Record<string, unknown> = { ...minimal };
      delete without[key];
      expect(decode({ ...minimal, [key]: "" })).toEqual(decode(without));
    },
  );
});

describe("refusals", () => {
  const long = "x".repeat(999);
  test.each<[string, string, unknown]>([
    ["missing-field", "v", undefined],
    ["unknown-version", "v", 2],
    ["unknown-version", "v", "1"],
    ["missing-field", "at", undefined],
    ["wrong-type", "at", "yesterday"],
    ["wrong-type", "at", 1_479_112_140_000],
    ["wrong-type", "at", "2026-11-24T08:29:00"],
    ["out-of-range", "at", "1969-12-31T23:59:59Z"],
    ["missing-field", "recipients", undefined],
    ["wrong-type", "recipients", "2500"],
    ["wrong-type", "recipients", 2.5],
    ["out-of-range", "recipients", -1],
    ["out-of-range", "recipients", 1e10],
    ["wrong-type", "recipients", null],
    ["wrong-type", "from", null],
    ["wrong-type", "from", ["a"]],
    ["too-long", "from", "x".repeat(321)],
    ["control-character", "from", "a\u0000b"],
    ["control-character", "messageId", "a\nb"],
    ["control-character", "login", "a\u202Eb"],
    ["too-long", "messageId", long],
    ["too-long", "subject", long],
    ["out-of-range", "revision", 0],
    ["out-of-range", "revision", 2 ** 60],
    ["wrong-type", "authenticated", "yes"],
    ["wrong-type", "headersLogged", 1],
    ["wrong-type", "lists", "all@x"],
    ["out-of-range", "automatic", "robot"],
    ["wrong-type", "automatic", 1],
    ["wrong-type", "hints", []],
    ["wrong-type", "earlier", 3],
    ["unknown-field", "colour", "red"],
  ])("%s at %s for %j", (reason, key, value) => {
    const fields = { ...minimal, [key]: value };
    expect(decode(fields)).toEqual({ ok: false, reason, detail: key });
    expect(schemaFaults(schema, JSON.parse(JSON.stringify(fields)))).not.toEqual([]);
  });

  const minute = { start: "2026-11-24T08:29:00Z", delivered: 1, deferred: 0, bounced: 0 };
  test.each<[string, string, object]>([
    ["too-long", "lists", { lists: Array.from({ length: 51 }, () => "a@x") }],
    ["wrong-type", "lists[1]", { lists: ["a@x", 7] }],
    ["out-of-range", "lists[0]", { lists: [""] }],
    ["missing-field", "lists[0].via", { lists: [{ address: "a@x" }] }],
    ["out-of-range", "lists[0].via", { lists: [{ address: "a@x", via: "rumour" }] }],
    ["unknown-field", "lists[0].size", { lists: [{ address: "a@x", via: "header", size: 3 }] }],
    ["control-character", "lists[0].address", { lists: [{ address: "a\r@x", via: "header" }] }],
    ["too-long", "hints.references", { hints: { references: Array.from({ length: 101 }, () => "a@x") } }],
    ["too-long", "hints.references[1]", { hints: { references: ["a@x", long] } }],
    ["unknown-field", "hints.refs", { hints: { refs: [] } }],
    ["too-long", "minutes", { minutes: Array.from({ length: 121 }, () => minute) }],
    ["out-of-range", "minutes[1].start", { minutes: [minute, minute] }],
    ["out-of-range", "minutes[0].start", { minutes: [{ ...minute, start: "2026-11-24T08:29:01Z" }] }],
    ["out-of-range", "minutes[0].bounced", { minutes: [{ ...minute, bounced: -1 }] }],
    ["missing-field", "earlier.bounced", { earlier: { delivered: 1, deferred: 0 } }],
  ])("%s at %s", (reason, detail, fields) => {
    expect(decode({ ...minimal, ...fields })).toEqual({ ok: false, reason, detail });
    // That minutes ascend on whole minutes is more than a schema can say.
    const faults = schemaFaults(schema, { ...minimal, ...fields });
    expect(faults.length > 0).toBe(!detail.endsWith("].start"));
  });

  test.each([
    ["not-json", ""],
    ["not-json", "{"],
    ["not-json", `${JSON.stringify(minimal)} x`],
    ["not-json", "\u0000"],
    ["not-an-object", "null"],
    ["not-an-object", "[1]"],
    ["not-an-object", '"text"'],
    ["not-an-object", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
  ])("%s", (reason, line) => {
    expect(decodeMailEvent(line, defaults)).toEqual({ ok: false, reason, detail: "" });
  });

  test("names that objects inherit are fields like any other", () => {
    const at = '"v":1,"at":"2026-11-24T08:29:00Z","recipients":1';
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const refused = { ok: false, reason: "unknown-field", detail: key };
      expect(decodeMailEvent(`{${at},"${key}":{"login":"root"}}`, defaults)).toEqual(refused);
      expect(decodeMailEvent(`{${at},"hints":{"${key}":{}}}`, defaults)).toMatchObject({ detail: `hints.${key}` });
    }
    expect(decodeMailEvent(`{"__proto__":{${at}}}`, defaults)).toMatchObject({ reason: "missing-field", detail: "v" });
    expect(Object.hasOwn(Object.prototype, "login")).toBe(false);
  });

  test("any JSON is read or refused with a reason of the set, never thrown at", () => {
    const anyFields = fc.dictionary(
      fc.constantFrom("v", "at", "recipients", "from", "lists", "hints", "minutes", "__proto__"),
      fc.oneof(fc.constant(1), fc.constant("2026-11-24T08:29:00Z"), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.oneof(anyFields, fc.jsonValue()), (value) => {
        expect(decodeMailEvent(JSON.stringify(value), defaults)).toHaveProperty("ok");
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
