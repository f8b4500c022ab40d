import { describe, expect, test } from "vitest";
import type { DeliveryMinute } from "../../shared/domain/delivery-minutes.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import type { AssemblerSettings, SliceOfMail } from "./assembler-settings.ts";
import { defaultAssemblerSettings, eventSink } from "./assembler-settings.ts";
import { Assembler } from "./assembler.ts";
import { AT, fragment } from "../../test/support/fragment.ts";
import { SlabWriter } from "../../test/support/slab-of.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SLICE = 5 * SECOND;
const people = { name: (address: string) => address, allowSubject: true };

interface FragmentSlice extends Omit<SliceOfMail, "slab"> {
  readonly fragments: readonly MailFragment[];
}

/** Takes fragments in by slices, in order of their first line, as a replay does. */
class Bench {
  readonly assembler: Assembler;
  private readonly writer = new SlabWriter();
  private readonly sink = eventSink((event) => {
    this.told.push(event);
  });
  readonly told: MailEvent[] = [];
  watermark = Number.NEGATIVE_INFINITY;

  constructor(settings: Partial<AssemblerSettings> = {}) {
    this.assembler = new Assembler(
      { ...defaultAssemblerSettings, ...settings },
      { site: "test", hostNames: this.writer.hostNames, people },
    );
  }

  slices(...fragments: readonly MailFragment[]): this {
    const bySlice = Map.groupBy(fragments, ({ firstAt }) => Math.floor(firstAt / SLICE));
    for (const [index, ofSlice] of [...bySlice].toSorted(([a], [b]) => a - b)) {
      const startMs = index * SLICE;
      this.apply({ startMs, endMs: startMs + SLICE, fragments: ofSlice, events: [] });
    }
    return this;
  }

  apply(slice: FragmentSlice): void {
    this.watermark = this.assembler.applySlice({ ...slice, slab: this.writer.slabOf(slice.fragments) }, this.sink);
  }

  now(fragments: readonly MailFragment[], watermark: number): this {
    this.assembler.applyNow({ slab: this.writer.slabOf(fragments), events: [] }, watermark, this.sink);
    return this;
  }

  finish(): this {
    this.assembler.finish(this.sink);
    return this;
  }

  /** "messageId/revision" of all that was told. */
  get words(): readonly string[] {
    return this.told.map(({ messageId, revision }) => `${messageId}/${revision}`);
  }
}

const GIVEN: MailEvent = {
  eventId: "",
  revision: 1,
  site: "test",
  host: "mx",
  queueId: "",
  hop: "mx",
  at: AT,
  authenticated: false,
  recipients: 1,
  lists: [],
  hints: { references: [] },
  headersLogged: false,
  minutes: [],
};

const later = (ms: number): number => AT + ms;

function accepted(messageId: string, at = AT, more: Partial<MailFragment> = {}): MailFragment {
  return fragment({
    queueId: messageId.toUpperCase(),
    acceptedAt: at,
    messageId,
    nrcpt: 1,
    sender: "jo@example.org",
    ...more,
  });
}

function minute(at: number, counts: Partial<DeliveryMinute>): DeliveryMinute[] {
  return [{ start: Math.floor(at / MINUTE) * MINUTE, delivered: 0, deferred: 0, bounced: 0, ...counts }];
}

function delivery(queueId: string, at: number, counts: Partial<DeliveryMinute> = { delivered: 1 }): MailFragment {
  return fragment({ queueId, firstAt: at, minutes: minute(at, counts) });
}

/** Time passes: a line of another mail, of which nothing is ever known. */
const noise = (at: number): MailFragment => fragment({ host: "noise", queueId: "FFFFFF", firstAt: at });

describe("a mail is told", () => {
  test("when it was accepted and removed", () => {
    const bench = new Bench().slices(accepted("a", AT, { removedAt: AT, minutes: minute(AT, { delivered: 1 }) }));
    expect(bench.words).toEqual(["a/1"]);
    expect(bench.told[0]).toMatchObject({ recipients: 1, at: AT, removedAt: AT, sender: "jo@example.org" });
  });

  test("when every recipient was tried", () => {
    const bench = new Bench().slices(accepted("a", AT, { nrcpt: 2 }), delivery("A", later(SLICE)));
    expect(bench.words).toEqual([]);
    expect(bench.slices(delivery("A", later(2 * SLICE))).words).toEqual(["a/1"]);
  });

  test("when enough of very many were", () => {
    const many = accepted("a", AT, { nrcpt: 840_000, minutes: minute(AT, { delivered: 19 }) });
    const bench = new Bench().slices(many, noise(later(40 * SECOND)));
    expect(bench.words).toEqual([]);
    expect(bench.slices(delivery("A", later(45 * SECOND))).words).toEqual(["a/1"]);
  });

  test("when it is ten minutes old, and nothing was tried", () => {
    const bench = new Bench().slices(accepted("a"), noise(later(9 * MINUTE)));
    expect(bench.words).toEqual([]);
    expect(bench.slices(noise(later(10 * MINUTE))).words).toEqual(["a/1"]);
  });

  test("at the end of the input, whatever it still waits for", () => {
    expect(new Bench().slices(accepted("a")).finish().words).toEqual(["a/1"]);
  });

  test("never, when it was not accepted", () => {
    const refused = [
      fragment({ queueId: "A", acceptedAt: AT, client: "192.0.2.7" }),
      fragment({ queueId: "B", acceptedAt: AT, messageId: "b" }),
      fragment({ queueId: "C", acceptedAt: AT, nrcpt: 5, removedAt: AT }),
      delivery("D", AT),
    ];
    const bench = new Bench()
      .slices(...refused, noise(later(30 * MINUTE)))
      .slices(noise(later(60 * MINUTE)))
      .finish();
    expect(bench.words).toEqual([]);
    expect(bench.assembler.counters).toMatchObject({ accepted: 0, incomplete: 4 });
  });

  test("once, however often the queue is retried", () => {
    const retries = Array.from({ length: 30 }, (_, index) => {
      const at = later((index + 1) * 20 * MINUTE);
      return fragment({
        queueId: "A",
        firstAt: at,
        acceptedAt: at,
        sender: "jo@example.org",
        nrcpt: 1,
        minutes: minute(at, { deferred: 1 }),
      });
    });
    const bench = new Bench().slices(accepted("a", AT, { nrcpt: 3 }), ...retries).finish();
    expect(bench.assembler.counters).toMatchObject({ accepted: 1, reusedQueueIds: 0 });
    expect(new Set(bench.told.map(({ eventId, at, recipients }) => `${eventId} ${at} ${recipients}`)).size).toBe(1);
    expect(bench.told.map(({ revision }) => revision)).toEqual(bench.told.map((_, index) => index + 1));
    expect(bench.told.at(-1)?.minutes.reduce((sum, { deferred }) => sum + deferred, 0)).toBe(30);
  });
});

describe("mails are told in order of time, host and queue id", () => {
  test("within a slice and over slices", () => {
    const gone = (at: number, host = "mx"): Partial<MailFragment> => ({ removedAt: at, host });
    const bench = new Bench().slices(
      accepted("d", later(SLICE), gone(later(SLICE))),
      accepted("c", later(1), gone(later(1), "mx1")),
      accepted("b", later(1), gone(later(1), "mx0")),
      accepted("aa", AT, gone(AT)),
      accepted("a", AT, gone(AT)),
    );
    expect(bench.words).toEqual(["a/1", "aa/1", "b/1", "c/1", "d/1"]);
  });

  test("one that waits holds up those behind it, ten minutes at most", () => {
    const bench = new Bench().slices(accepted("a"), accepted("b", later(1), { removedAt: later(1) }));
    expect(bench.words).toEqual([]);
    expect(bench.watermark).toBe(AT);
    bench.slices(noise(later(10 * MINUTE)));
    expect(bench.words).toEqual(["a/1", "b/1"]);
    expect(bench.watermark).toBe(later(10 * MINUTE + SLICE));
  });

  test.each([
    [
      "a client that came no further, a minute",
      fragment({ queueId: "A", acceptedAt: AT, client: "192.0.2.7" }),
      MINUTE,
    ],
    ["a mail that a filter refused, a minute", fragment({ queueId: "A", acceptedAt: AT, messageId: "a" }), MINUTE],
  ])("one that is never accepted does so no longer: %s", (_name, refused, ageMs) => {
    const bench = new Bench().slices(
      refused,
      accepted("b", later(1), { removedAt: later(1) }),
      noise(later(ageMs - 2 * SLICE)),
    );
    expect(bench.words).toEqual([]);
    expect(bench.slices(noise(later(ageMs))).words).toEqual(["b/1"]);
  });

  test("one that was passed over is told when it is complete after all", () => {
    const slow = fragment({ queueId: "A", acceptedAt: AT, client: "192.0.2.7" });
    const bench = new Bench().slices(slow, accepted("b", later(1), { removedAt: later(1) }), noise(later(3 * MINUTE)));
    expect(bench.words).toEqual(["b/1"]);
    bench.slices(fragment({ queueId: "A", firstAt: later(4 * MINUTE), acceptedAt: later(4 * MINUTE), messageId: "a" }));
    bench.slices(
      fragment({ queueId: "A", firstAt: later(4 * MINUTE + SLICE), nrcpt: 9, removedAt: later(4 * MINUTE + SLICE) }),
    );
    expect(bench.words).toEqual(["b/1", "a/1"]);
    expect(bench.told[1]).toMatchObject({ at: AT, recipients: 9, hop: "192.0.2.7" });
  });

  test("one on hold holds up nobody, is kept as long as a queued one, and is told when it is released", () => {
    const taken = fragment({ queueId: "A", acceptedAt: AT, client: "192.0.2.7" });
    const held = fragment({ queueId: "A", acceptedAt: later(SLICE), messageId: "a", held: true });
    const bench = new Bench().slices(taken, accepted("b", later(1), { removedAt: later(1) }), held);
    expect(bench.words).toEqual(["b/1"]);
    const releasedAt = later(26 * 60 * MINUTE);
    const between = Array.from({ length: 40 }, (_, index) => noise(later(index * 30 * MINUTE + SLICE)));
    bench.slices(
      ...between,
      fragment({ queueId: "A", held: true, releasedAt, firstAt: releasedAt }),
      fragment({ queueId: "A", acceptedAt: releasedAt + SECOND, nrcpt: 9, removedAt: releasedAt + SECOND }),
    );
    expect(bench.words).toEqual(["b/1", "a/1"]);
    expect(bench.told[1]).toMatchObject({ at: releasedAt, recipients: 9, hop: "192.0.2.7" });
  });

  test("finished events take their turn among them", () => {
    const bench = new Bench();
    const given = (messageId: string, at: number, revision = 1): MailEvent => ({
      ...GIVEN,
      eventId: messageId,
      messageId,
      at,
      revision,
    });
    bench.apply({
      startMs: AT,
      endMs: later(SLICE),
      fragments: [accepted("b", later(2), { removedAt: later(2) })],
      events: [given("c", later(3), 2), given("c", later(3)), given("a", later(1))],
    });
    expect(bench.words).toEqual(["a/1", "b/1", "c/1", "c/2"]);
  });
});

describe("revisions", () => {
  test("tell deliveries of a minute only when the watermark passed it", () => {
    const bench = new Bench().slices(accepted("a", AT, { nrcpt: 3, minutes: minute(AT, { delivered: 3 }) }));
    expect(bench.told[0]?.minutes).toEqual(minute(AT, { delivered: 3 }));
    bench.slices(delivery("A", later(20 * SECOND), { deferred: 1 }), delivery("A", later(70 * SECOND), { bounced: 1 }));
    expect(bench.words).toEqual(["a/1", "a/2"]);
    expect(bench.told[1]?.minutes).toEqual(minute(AT, { delivered: 3, deferred: 1 }));
    bench.slices(noise(later(119 * SECOND - SLICE)));
    expect(bench.words).toEqual(["a/1", "a/2"]);
    bench.slices(noise(later(120 * SECOND)));
    expect(bench.words).toEqual(["a/1", "a/2", "a/3"]);
    expect(bench.told[2]?.minutes).toEqual([
      ...minute(AT, { delivered: 3, deferred: 1 }),
      ...minute(later(MINUTE), { bounced: 1 }),
    ]);
    expect(bench.slices(noise(later(10 * MINUTE))).finish().words).toHaveLength(3);
  });

  test("wait for those mails that are told late", () => {
    const bench = new Bench().slices(
      accepted("a", AT, { minutes: minute(AT, { delivered: 1 }) }),
      accepted("b", later(1)),
      delivery("A", later(90 * SECOND), { deferred: 1 }),
      noise(later(5 * MINUTE)),
    );
    expect(bench.words).toEqual(["a/1"]);
    expect(bench.slices(noise(later(10 * MINUTE))).words).toEqual(["a/1", "b/1", "a/2"]);
  });

  test("keep what was said of the mail's time and identity", () => {
    const bench = new Bench().slices(accepted("a", later(2 * SLICE), { removedAt: later(2 * SLICE) }));
    bench.apply({
      startMs: AT,
      endMs: later(SLICE),
      fragments: [fragment({ queueId: "A", acceptedAt: AT, login: "Jo" })],
      events: [],
    });
    bench.finish();
    const [first, second] = bench.told;
    expect(second).toMatchObject({
      eventId: first?.eventId,
      at: first?.at,
      login: "jo",
      authenticated: true,
      revision: 2,
    });
  });
});

describe("a new life of a queue id begins", () => {
  const gone = (): MailFragment => accepted("a", AT, { queueId: "Q", removedAt: AT });

  test.each<[string, MailFragment, readonly string[]]>([
    [
      "with another message id",
      accepted("b", later(SECOND), { queueId: "Q", removedAt: later(SECOND) }),
      ["a/1", "b/1"],
    ],
    [
      "with another message id, long after",
      accepted("b", later(MINUTE), { queueId: "Q", removedAt: later(MINUTE) }),
      ["a/1", "b/1"],
    ],
  ])("%s", (_name, next, words) => {
    const bench = new Bench().slices(gone(), next).finish();
    expect(bench.words).toEqual(words);
    expect(bench.assembler.counters).toMatchObject({ accepted: 2, reusedQueueIds: 1 });
  });

  test("with a line more than five seconds after it was removed", () => {
    const bench = new Bench().slices(gone(), fragment({ queueId: "Q", acceptedAt: later(5001), client: "192.0.2.9" }));
    expect(bench.assembler.counters.reusedQueueIds).toBe(1);
    bench.slices(accepted("b", later(11 * SECOND), { queueId: "Q", removedAt: later(11 * SECOND) })).finish();
    expect(bench.told.map(({ messageId, hop, at }) => [messageId, hop, at])).toEqual([
      ["a", "mx", AT],
      ["b", "192.0.2.9", later(5001)],
    ]);
  });

  test("but not with one that comes within them", () => {
    const bench = new Bench().slices(gone(), delivery("Q", later(5000), { bounced: 1 })).finish();
    expect(bench.assembler.counters.reusedQueueIds).toBe(0);
    expect(bench.words).toEqual(["a/1", "a/2"]);
  });

  test("nor with a line of the life before that comes late", () => {
    const bench = new Bench().slices(
      gone(),
      accepted("b", later(20 * SECOND), { queueId: "Q", removedAt: later(20 * SECOND) }),
    );
    bench.apply({ startMs: AT, endMs: later(SLICE), fragments: [delivery("Q", later(1), { bounced: 1 })], events: [] });
    bench.finish();
    expect(bench.words).toEqual(["a/1", "b/1", "a/2"]);
    expect(bench.told[2]?.minutes).toEqual(minute(AT, { bounced: 1 }));
  });

  test("on its own host only", () => {
    const bench = new Bench().slices(
      gone(),
      accepted("a", later(20 * SECOND), { host: "other", queueId: "Q", removedAt: later(20 * SECOND) }),
    );
    expect(bench.finish().words).toEqual(["a/1", "a/1"]);
    expect(new Set(bench.told.map(({ eventId }) => eventId)).size).toBe(2);
    expect(bench.assembler.counters.reusedQueueIds).toBe(0);
  });
});

describe("lines sent twice", () => {
  test("never deliver to more than the recipients", () => {
    const mail = (): MailFragment[] => [
      accepted("a", AT, { nrcpt: 3, minutes: minute(AT, { delivered: 2 }) }),
      fragment({
        queueId: "A",
        firstAt: later(MINUTE),
        minutes: minute(later(MINUTE), { delivered: 1 }),
        removedAt: later(MINUTE),
      }),
    ];
    const bench = new Bench().slices(...mail(), ...mail(), ...mail()).finish();
    const last = bench.told.at(-1);
    expect(last).toMatchObject({ recipients: 3, messageId: "a" });
    expect(last?.minutes.map(({ delivered }) => delivered)).toEqual([3, 0]);
    expect(bench.assembler.counters.accepted).toBe(1);
  });
});

describe("everything has a bound", () => {
  test("minutes: the last 120 are listed, those before are summed", () => {
    const many = Array.from({ length: 200 }, (_, index) => delivery("A", later(index * MINUTE), { deferred: 1 }));
    const last = new Bench()
      .slices(accepted("a", AT, { nrcpt: 5 }), ...many)
      .finish()
      .told.at(-1);
    expect(last?.minutes).toHaveLength(120);
    expect(last?.minutes.at(-1)?.start).toBe(later(199 * MINUTE));
    expect(last?.earlier).toEqual({ delivered: 0, deferred: 80, bounced: 0 });
  });

  test("expired fragments are counted and dropped", () => {
    const bench = new Bench().slices(noise(later(3 * 3_600_000)));
    bench.apply({ startMs: AT, endMs: later(SLICE), fragments: [accepted("a", AT, { removedAt: AT })], events: [] });
    expect(bench.finish().words).toEqual([]);
    expect(bench.assembler.counters).toMatchObject({ expiredFragments: 1, accepted: 0 });
  });

  test("those that wait: the first is released before its turn", () => {
    const mails = ["a", "b", "c", "d"].map((id, index) => accepted(id, later(index * SLICE)));
    const bench = new Bench({ waitingMax: 2 }).slices(...mails);
    expect(bench.words).toEqual(["a/1", "b/1"]);
    expect(bench.assembler.counters).toMatchObject({ releasedEarly: 2, accepted: 2 });
    expect(bench.finish().words).toEqual(["a/1", "b/1", "c/1", "d/1"]);
  });

  test("one passed over for room before it was complete is not lost", () => {
    const early = fragment({ queueId: "A", acceptedAt: AT, messageId: "a" });
    const mails = ["b", "c", "d"].map((id, index) => accepted(id, later((index + 1) * SLICE)));
    const bench = new Bench({ waitingMax: 2 }).slices(early, ...mails);
    expect(bench.words).toEqual(["b/1"]);
    bench
      .slices(fragment({ queueId: "A", firstAt: later(5 * SLICE), acceptedAt: later(5 * SLICE), nrcpt: 7 }))
      .finish();
    expect(bench.told.map(({ messageId, recipients }) => `${messageId} ${recipients}`).toSorted()).toEqual([
      "a 7",
      "b 1",
      "c 1",
      "d 1",
    ]);
  });

  test("open mails: the eldest are forgotten, and counted", () => {
    const mails = Array.from({ length: 50 }, (_, index) => accepted(`m${index}`, later(index * SLICE), { nrcpt: 2 }));
    const bench = new Bench({ openMailsMax: 10 }).slices(...mails);
    expect(bench.assembler.openMails).toBe(10);
    expect(bench.assembler.counters.evictedForRoom).toBe(40);
    // They were accepted: what is known of them is told all the same.
    expect(bench.finish().words).toHaveLength(50);
  });

  test("mails on hold that are forgotten for want of room are counted as such, not as refused", () => {
    const held = Array.from({ length: 50 }, (_, index) =>
      fragment({ queueId: `H${index}`, firstAt: later(index * SLICE), acceptedAt: later(index * SLICE), held: true }),
    );
    const bench = new Bench({ openMailsMax: 10 }).slices(...held);
    expect(bench.assembler.counters).toMatchObject({ incomplete: 0, evictedForSilence: 0, evictedForRoom: 40 });
  });

  test("mails never accepted are forgotten after 20 minutes, in silence", () => {
    const refused = Array.from({ length: 20 }, (_, index) =>
      fragment({ queueId: `R${index}`, acceptedAt: later(index) }),
    );
    const bench = new Bench().slices(...refused, noise(later(19 * MINUTE)));
    expect(bench.assembler.openMails).toBe(21);
    for (let more = 0; more < 25; more += 1) bench.slices(noise(later(20 * MINUTE + more * SLICE)));
    expect(bench.assembler.openMails).toBe(1);
    expect(bench.assembler.counters).toMatchObject({ incomplete: 20, evictedForSilence: 0, evictedForRoom: 0 });
  });

  test("queued mails are forgotten after six days without a word", () => {
    const bench = new Bench().slices(accepted("a", AT, { nrcpt: 9 }), noise(later(5 * 86_400_000)));
    expect(bench.assembler.openMails).toBe(2);
    for (let more = 0; more < 3; more += 1) bench.slices(noise(later(6 * 86_400_000 + more * SLICE)));
    expect(bench.assembler.openMails).toBe(1);
    expect(bench.assembler.counters).toMatchObject({ evictedForSilence: 1, evictedForRoom: 0 });
  });

  test("mails that every recipient got or lost are forgotten after an hour, in silence, though no line says that they are removed", () => {
    const minutes = [{ start: AT, delivered: 2, deferred: 0, bounced: 1 }];
    const expansions = [{ address: "all@x", members: 3 }];
    const tried = [{ start: AT, delivered: 2, deferred: 1, bounced: 0 }];
    const bench = new Bench().slices(
      accepted("packed", AT, { nrcpt: 3, minutes }),
      accepted("open", AT, { expansions, minutes }),
      accepted("deferred", AT, { nrcpt: 3, minutes: tried }),
      noise(later(59 * MINUTE)),
    );
    expect(bench.assembler.openMails).toBe(4);
    for (let more = 0; more < 5; more += 1) bench.slices(noise(later(60 * MINUTE + more * SLICE)));
    expect(bench.assembler.openMails).toBe(2);
    expect(bench.assembler.counters).toMatchObject({ incomplete: 0, evictedForSilence: 0, evictedForRoom: 0 });
  });

  test("a mail on hold that has its recipients already is told when it is released, and from then on", () => {
    const expansions = [{ address: "all@x", members: 30 }];
    const released = later(50 * MINUTE);
    const bench = new Bench().slices(
      fragment({ acceptedAt: AT, nrcpt: 1, messageId: "a" }),
      fragment({ firstAt: later(SLICE), held: true }),
      noise(later(49 * MINUTE)),
    );
    expect(bench.words.filter((word) => word.startsWith("a/"))).toEqual([]);
    bench.slices(
      fragment({
        firstAt: released,
        acceptedAt: released,
        nrcpt: 1,
        messageId: "a",
        held: true,
        releasedAt: released,
        expansions,
      }),
      noise(later(70 * MINUTE)),
    );
    const told = bench.told.find(({ messageId }) => messageId === "a");
    expect(told).toMatchObject({ at: released, recipients: 30 });
  });

  test("removed mails are kept for lines that come late, and no longer", () => {
    const bench = new Bench().slices(accepted("a", AT, { removedAt: AT }), noise(later(30 * SECOND)));
    expect(bench.assembler.openMails).toBe(2);
    bench.slices(noise(later(40 * SECOND)));
    expect(bench.assembler.openMails).toBe(1);
    expect(bench.assembler.counters).toMatchObject({ incomplete: 0, evictedForRoom: 0, evictedForSilence: 0 });
  });

  test("lives of one queue id: the present and the one before, those never accepted counted", () => {
    const lives = Array.from({ length: 30 }, (_, index) =>
      fragment({
        queueId: "Q",
        firstAt: later(index * 20 * SECOND),
        removedAt: later(index * 20 * SECOND),
        messageId: `m${index}`,
      }),
    );
    const bench = new Bench({ removedKeptMs: 3_600_000 }).slices(...lives);
    expect(bench.assembler.openMails).toBe(2);
    expect(bench.assembler.counters).toMatchObject({ reusedQueueIds: 29, incomplete: 28 });
  });
});

describe("at once (live)", () => {
  test("a mail is told as soon as message id and recipients are known", () => {
    const bench = new Bench().now([fragment({ queueId: "A", acceptedAt: AT, messageId: "a" })], AT);
    expect(bench.words).toEqual([]);
    bench.now([fragment({ queueId: "A", firstAt: later(300), acceptedAt: later(300), nrcpt: 840_000 })], AT);
    expect(bench.words).toEqual(["a/1"]);
    expect(bench.told[0]).toMatchObject({ at: AT, recipients: 840_000, minutes: [] });
  });

  test("whatever others wait for, and in whatever order the lines came", () => {
    const bench = new Bench().now([fragment({ queueId: "A", acceptedAt: AT })], AT);
    bench.now([fragment({ queueId: "B", firstAt: later(400), nrcpt: 3, acceptedAt: later(400) })], AT);
    bench.now([fragment({ queueId: "B", acceptedAt: later(200), messageId: "b" })], AT);
    expect(bench.words).toEqual(["b/1"]);
    expect(bench.told[0]?.at).toBe(later(200));
  });

  test("revisions come when they are asked for", () => {
    const bench = new Bench().now([accepted("a", AT, { nrcpt: 2 })], AT);
    bench.now([delivery("A", later(1))], AT).now([delivery("A", later(2))], AT);
    expect(bench.words).toEqual(["a/1"]);
    const ask = (): void => {
      bench.assembler.emitRevisions(eventSink((event) => void bench.told.push(event)));
    };
    ask();
    ask();
    expect(bench.words).toEqual(["a/1", "a/2"]);
    expect(bench.told[1]?.minutes).toEqual(minute(AT, { delivered: 2 }));
  });

  test("one that is complete only after ten minutes is told once", () => {
    const bench = new Bench().now([fragment({ queueId: "A", acceptedAt: AT, messageId: "a" })], AT);
    bench.now([noise(later(11 * MINUTE))], later(11 * MINUTE));
    bench.now([fragment({ queueId: "A", firstAt: later(12 * MINUTE), nrcpt: 4 })], later(12 * MINUTE));
    bench.now([delivery("A", later(12 * MINUTE))], later(12 * MINUTE));
    expect(bench.words).toEqual(["a/1"]);
  });

  test("where room is wanted those go first that have left their queue: none is lost that is still on its way", () => {
    const bench = new Bench({ openMailsMax: 10 });
    const onItsWay = Array.from({ length: 5 }, (_, index) =>
      fragment({ queueId: `W${index}`, acceptedAt: AT, messageId: `w${index}` }),
    );
    bench.now(onItsWay, AT);
    for (let mail = 0; mail < 100; mail += 1) bench.now([accepted(`m${mail}`, AT, { removedAt: AT })], AT);
    expect(bench.assembler.openMails).toBe(10);
    expect(bench.assembler.counters).toMatchObject({ accepted: 100, incomplete: 0, evictedForRoom: 0 });
    bench.now(
      onItsWay.map((one) => ({ ...one, nrcpt: 9 })),
      AT,
    );
    expect(bench.assembler.counters.accepted).toBe(105);
  });
});

describe("packed mails and open ones share the room", () => {
  test("the eldest of either give way to those that come", () => {
    const bench = new Bench({ openMailsMax: 20 });
    for (let turn = 0; turn < 60; turn += 1) {
      const at = later(turn * SLICE);
      // One of an alias, which is no packed mail and stays queued, and a simple one in two slices.
      bench.slices(accepted(`alias${turn}`, at, { origTo: [{ address: "all@x", seen: 1 }] }));
      bench.slices(fragment({ queueId: `Q${turn}`, acceptedAt: at, messageId: `plain${turn}@x` }));
      bench.slices(fragment({ queueId: `Q${turn}`, firstAt: later((turn + 1) * SLICE), acceptedAt: at, nrcpt: 1 }));
    }
    bench.finish();
    expect(bench.assembler.counters.accepted).toBe(120);
    expect(bench.told.filter(({ messageId }) => messageId?.startsWith("plain"))).toHaveLength(60);
    expect(bench.assembler.openMails).toBeLessThanOrEqual(21);
  });
});
