import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { repeatMinutes } from "./delivery-ledger.ts";
import { conversation, mail, opened, read, type Reading, STAFF, START_AT, tick } from "./testing/conversation.ts";

const AUDIENCE = 3000;
const MINUTE_MS = 60_000;

/** Delivered in the minute that `seconds` after the start falls in. */
function delivered(seconds: number, count: number): Pick<MailEvent, "minutes"> {
  const at = START_AT + seconds * 1000;
  return { minutes: [{ start: at - (at % MINUTE_MS), delivered: count, deferred: 0, bounced: 0 }] };
}

/** A mail that a machine of its own handed to mx1, all of it delivered in the minute it came. */
function whole(event: MailEvent): MailEvent {
  return { ...event, hop: "192.0.2.7", ...delivered(secondsOf(event), event.recipients) };
}

function secondsOf(event: MailEvent): number {
  return (event.at - START_AT) / 1000;
}

/** The same mail at another hop: `queueIds` queue ids of it, all delivered. */
function again(event: MailEvent, hop: string, { queueIds, recipients }: { queueIds: number; recipients: number }) {
  return Array.from({ length: queueIds }, (_, index): MailEvent => ({
    ...event,
    hop,
    eventId: `${hop}/${event.queueId}.${index}`,
    queueId: `${event.queueId}.${index}`,
    host: hop,
    at: event.at + 1000,
    recipients,
    ...delivered(secondsOf(event) + 1, recipients),
  }));
}

const filtered = (event: MailEvent): MailEvent[] => [
  whole(event),
  ...again(event, "mx1", { queueIds: 1, recipients: event.recipients }),
];

const relays: readonly { name: string; hops: (event: MailEvent) => MailEvent[] }[] = [
  { name: "one hop", hops: (event) => [whole(event)] },
  { name: "a content filter", hops: filtered },
  { name: "a content filter, its second hop told first", hops: (event) => filtered(event).toReversed() },
  {
    name: "a hub that is handed 50 at a time",
    hops: (event) => [whole(event), ...again(event, "hub", { queueIds: AUDIENCE / 50, recipients: 50 })],
  },
  {
    name: "a hub that is told of first",
    hops: (event) => [...again(event, "hub", { queueIds: AUDIENCE / 50, recipients: 50 }), whole(event)],
  },
  {
    name: "a list manager that sends a queue id a recipient (VERP)",
    hops: (event) => [
      { ...whole(event), recipients: 1, ...delivered(secondsOf(event), 1) },
      ...again(event, "lists", { queueIds: AUDIENCE, recipients: 1 }),
    ],
  },
];

/** Four replies a minute apart, then an hour's silence. */
function storm(hops: (event: MailEvent) => MailEvent[]): Reading {
  const events = conversation({ audience: AUDIENCE, gaps: [60, 60, 60, 60] });
  const reading = read(events.flatMap(hops));
  tick(reading, 7200);
  return reading;
}

describe.each(relays)("deliveries through $name", ({ hops }) => {
  const reading = storm(hops);

  test("count once in a storm", () => {
    const [opening] = opened(reading);
    expect(opening?.evidence).toMatchObject({ audience: AUDIENCE, replyAlls: 4, deliveriesSoFar: 4 * AUDIENCE });
    expect(opening?.evidence.deliveriesPerMinute).toBe((4 * AUDIENCE) / 5);
    const resolved = reading.alerts.at(-1);
    expect(resolved?.type).toBe("storm.resolved");
    expect(resolved?.evidence.deliveriesSoFar).toBe(5 * AUDIENCE);
    expect(resolved?.forecast.atLeast).toBe(0);
  });

  test.each(["thread", "list", "site"] as const)("and once in the windows of the %s", (scope) => {
    const windows = reading.windows.filter((window) => window.final && window.scope === scope);
    const last = new Map(windows.map((window) => [window.windowStart, window]));
    expect([...last.values()].map((window) => window.deliveries)).toEqual(Array.from({ length: 5 }, () => AUDIENCE));
    expect([...last.values()].map((window) => window.recipients)).toEqual(Array.from({ length: 5 }, () => AUDIENCE));
  });
});

describe("the hop that counts", () => {
  test("may become another: what the former delivered is taken back everywhere", () => {
    const first = mail({ seconds: 0, id: "m", recipients: 30, hop: "192.0.2.7", ...delivered(0, 25) });
    const second = { ...mail({ seconds: 61, id: "m", recipients: 30, hop: "hub" }), ...delivered(61, 7) };
    const reading = read([first, second, { ...second, revision: 2, recipients: 40 }]);
    tick(reading, 600);
    for (const scope of ["thread", "list", "site"] as const) {
      const rows = reading.windows.filter((window) => window.scope === scope && window.final);
      expect(rows.map((window) => window.deliveries)).toEqual([0, 7]);
    }
  });

  test("and back", () => {
    const first = mail({ seconds: 0, id: "m", recipients: 30, hop: "192.0.2.7", ...delivered(0, 25) });
    const second = { ...mail({ seconds: 1, id: "m", recipients: 40, hop: "hub" }), ...delivered(1, 7) };
    const reading = read([first, second, { ...first, revision: 2, recipients: 50, ...delivered(0, 26) }]);
    tick(reading, 600);
    const rows = reading.windows.filter((window) => window.final);
    expect(rows.map((window) => window.deliveries)).toEqual([26, 26, 26]);
  });

  test("is the same for small mails, which only the site's windows count", () => {
    const small = whole(mail({ seconds: 0, list: null, recipients: 2 }));
    const reading = read([small, ...again(small, "mx1", { queueIds: 2, recipients: 1 })]);
    tick(reading, 600);
    expect(reading.windows.map((window) => [window.scope, window.deliveries])).toEqual([["site", 2]]);
  });

  test("is the earlier of two that reach as many", () => {
    const late = mail({ seconds: 60, id: "m", recipients: 30, list: STAFF, hop: "a", ...delivered(60, 3) });
    const early = mail({ seconds: 0, id: "m", recipients: 30, list: STAFF, hop: "b", ...delivered(0, 5) });
    for (const events of [
      [late, early],
      [early, late],
    ]) {
      const reading = read(events);
      tick(reading, 600);
      const site = reading.windows.filter((window) => window.scope === "site" && window.final);
      expect(site.reduce((sum, window) => sum + window.deliveries, 0)).toBe(5);
    }
  });
});

test("whatever is told in whatever order, what counts is what the largest hop delivered", () => {
  const draft = fc.record({
    hop: fc.constantFrom("192.0.2.7", "mx1", "hub"),
    seconds: fc.nat({ max: 200 }),
    words: fc.array(
      fc.record({ recipients: fc.constantFrom(1, 8, 25), delivered: fc.nat({ max: 8 }), minute: fc.nat({ max: 3 }) }),
      { minLength: 1, maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(fc.array(draft, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (drafts, order) => {
      const tales = drafts.map(({ hop, seconds, words }, index) =>
        words.map((word, revision) => ({
          ...mail({ seconds, id: "m", queueId: `Q${index}`, hop, recipients: word.recipients }),
          revision: revision + 1,
          ...delivered(word.minute * 60, word.delivered),
        })),
      );
      const events: MailEvent[] = [];
      while (tales.some((tale) => tale.length > 0)) {
        const waiting = tales.filter((tale) => tale.length > 0);
        const next = waiting[(order.next().value ?? 0) % waiting.length]?.shift();
        if (next !== undefined) events.push(next);
      }
      const reading = read(events);
      tick(reading, 900);
      const counted = siteDeliveries(reading);
      const sorted = read(events.toSorted((one, other) => one.at - other.at || one.revision - other.revision));
      tick(sorted, 900);
      expect(counted).toBe(siteDeliveries(sorted));
      expect(counted).toBe(ofLargestHop(reading));
    }),
    { seed: 9, numRuns: 300 },
  );
});

function siteDeliveries(reading: Reading): number {
  const rows = [...(reading.state.site?.windows.minutes.values() ?? [])].map(({ rows: all }) => all.get("site corp"));
  return rows.reduce((sum, row) => sum + (row?.deliveries ?? 0), 0);
}

/** From the table itself: the sum over the queue ids of the hop with the largest reach. */
function ofLargestHop({ state }: Reading): number {
  const { fanOuts, young, small } = state.site?.messages ?? {};
  const message = (fanOuts?.get("m") ?? young?.get("m"))?.variants[0];
  if (message === undefined) return small?.youngSize === 1 ? siteDeliveries({ state, alerts: [], windows: [] }) : -1;
  const largest = Math.max(...message.hops.map((hop) => hop.recipients));
  const [leading] = message.hops
    .filter((hop) => hop.recipients === largest)
    .sort((one, other) => one.firstAt - other.firstAt || (one.hop < other.hop ? -1 : 1));
  const slots = message.slots.filter((slot) => slot.hop === leading);
  let sum = 0;
  for (const slot of slots) repeatMinutes(slot, (_minute, count) => (sum += count));
  return sum;
}
