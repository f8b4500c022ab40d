import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { BacklogOrder } from "./backlog-order.ts";

const NOON = Date.UTC(2026, 10, 24, 12);

function event(at: number, queueId = "A", revision = 1): MailEvent {
  return {
    eventId: `test/mx/${queueId}/${at}`,
    revision,
    site: "test",
    host: "mx",
    queueId,
    hop: "mx local",
    at,
    authenticated: false,
    recipients: 1,
    lists: [],
    hints: { references: [] },
    headersLogged: false,
    minutes: [],
  };
}

/** Takes what is told; what does not wait is folded at once. Returns what was folded, as "queueId at". */
class Folded {
  readonly order = new BacklogOrder();
  readonly events: string[] = [];
  reachedMs = Number.NEGATIVE_INFINITY;

  take(one: MailEvent, offset: number, toldAtMs: number): void {
    const read = { event: one, offset, toldAtMs };
    if (this.order.holds(read)) this.order.wait(read, toldAtMs);
    else this.events.push(`${one.queueId} ${one.at}`);
  }

  reach(reachedMs: number, nowMs: number): void {
    this.reachedMs = Math.max(this.reachedMs, reachedMs);
    for (const { queueId, at } of this.order.release(this.reachedMs, nowMs)) this.events.push(`${queueId} ${at}`);
  }
}

describe("live", () => {
  test("an event is folded at once, whatever the assemblers have come to", () => {
    const folded = new Folded();
    folded.take(event(NOON - 59_000), 0, NOON);
    expect(folded.events).toHaveLength(1);
    expect(folded.order.heldFrom).toBeUndefined();
  });
});

describe("in a backlog", () => {
  const later = NOON + 86_400_000;

  test("events wait until all assemblers have come as far, and come in order of time", () => {
    const folded = new Folded();
    folded.take(event(NOON + 5, "B"), 3, later);
    folded.take(event(NOON + 9, "C"), 3, later);
    folded.take(event(NOON + 5, "A"), 4, later);
    folded.take(event(NOON + 1, "D"), 7, later);
    expect(folded.events).toEqual([]);
    expect(folded.order.heldFrom).toBe(3);
    folded.reach(NOON + 5, later);
    expect(folded.events).toEqual([`D ${NOON + 1}`, `A ${NOON + 5}`, `B ${NOON + 5}`]);
    expect(folded.order.heldFrom).toBe(3);
    // What comes behind its time does not wait.
    folded.take(event(NOON + 2, "E"), 8, later);
    expect(folded.events.at(-1)).toBe(`E ${NOON + 2}`);
    folded.reach(NOON + 9, later);
    expect(folded.events.at(-1)).toBe(`C ${NOON + 9}`);
    expect(folded.order.heldFrom).toBeUndefined();
  });

  test("an assembler that stands still is waited for 15 s", () => {
    const folded = new Folded();
    folded.take(event(NOON), 0, later);
    folded.take(event(NOON + 1, "B"), 0, later + 10_000);
    folded.reach(NOON - 1, later + 14_999);
    expect(folded.events).toEqual([]);
    folded.reach(NOON - 1, later + 15_000);
    expect(folded.events).toEqual([`A ${NOON}`]);
    expect(folded.order.letGo).toBe(1);
    // From here on nothing of that time waits.
    folded.take(event(NOON - 1, "C"), 1, later);
    expect(folded.events).toHaveLength(2);
  });

  test("where there is no more room the earlier half is let go, and counted", () => {
    const folded = new Folded();
    for (let n = 0; n <= 50_000; n += 1) folded.take(event(NOON + n), n, later);
    folded.reach(Number.NEGATIVE_INFINITY, later);
    expect(folded.order.size).toBe(25_000);
    expect(folded.events).toHaveLength(25_001);
    expect(folded.order.letGo).toBe(25_001);
  });

  test("however assemblers are apart, the order is that of time", () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.tuple(times, times), fc.array(fc.boolean()), ([one, two], turns) => {
        const folded = new Folded();
        const queues = [one, two].map((queue) => queue.toSorted((a, b) => a - b));
        const reached = [-1, -1];
        let offset = 0;
        const tell = (from: number): void => {
          const at = queues[from]?.shift();
          if (at !== undefined) folded.take(event(NOON + at, `${from}`), offset, later);
          reached[from] = at ?? 1_000;
          offset += 1;
          folded.reach(NOON + Math.min(...reached), later);
        };
        for (const turn of turns) tell(Number(turn));
        while (queues.some(({ length }) => length > 0)) for (const from of [0, 1]) tell(from);
        for (const from of [0, 1]) tell(from);
        const expected = [...one.map((at) => [at, 0]), ...two.map((at) => [at, 1])]
          .toSorted(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y)
          .map(([at = 0, from]) => `${from} ${NOON + at}`);
        expect(folded.events).toEqual(expected);
      }),
    );
  });
});
