import { describe, expect, test } from "vitest";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import {
  conversation,
  mail,
  newDetector,
  opened,
  read,
  type Reading,
  type Row,
  settingsWith,
  withoutLogin,
} from "./testing/conversation.ts";

const HOUR = 3600;
const ATTACKER = "203.0.113.66";
const GATEWAY = "198.51.100.10";

/** `count` small mails in the hours before the storm, by people of their own. */
function before(count: number, row: Partial<Row> = {}, who = (index: number) => `w${index}`): MailEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const event = mail({ seconds: -4 * HOUR + (index * 2 * HOUR) / count, list: null, hop: "192.0.2.1", ...row });
    return row.login === undefined
      ? withoutLogin(event, { from: `${who(index)}@elsewhere.example`, senderDomain: "elsewhere.example" })
      : event;
  });
}

/** People with logins have been writing for hours, each from a machine of their own. */
const busyDay = Array.from({ length: 100 }, (_, index) =>
  mail({ seconds: -5 * HOUR + index * 120, list: null, hop: `192.0.2.${index + 1}`, login: `p${index}@corp.example` }),
);

/** A first mail by a login and replies without one from `hop`, each under an envelope sender and a From of its own. */
function forged(hop: (index: number) => string, options: { audience?: number; replies?: number } = {}): MailEvent[] {
  const { audience = 25_000, replies = 12 } = options;
  const events = conversation({ audience, gaps: Array.from({ length: replies }, () => 30) });
  return events.map((event, index) =>
    index === 0
      ? event
      : withoutLogin(event, {
          hop: hop(index),
          from: `victim${index}@corp.example`,
          sender: `s${index}@corp.example`,
          senderDomain: "corp.example",
        }),
  );
}

const opensAt = (events: readonly MailEvent[], settings: Partial<DetectorSettings> = {}): number | undefined =>
  opened(read(events, newDetector(settingsWith(settings))))[0]?.evidence.replyAlls;

describe("a machine outside that makes up a sender for each mail", () => {
  test("opened a storm at the 4th reply, and does while nothing is known of the site", () => {
    expect(opensAt(forged(() => ATTACKER))).toBe(4);
  });

  test("is one person", () => {
    expect(opensAt([...busyDay, ...forged(() => ATTACKER, { replies: 60 })])).toBeUndefined();
  });

  test("is one person to a list of 840,000 too", () => {
    expect(opensAt([...busyDay, ...forged(() => ATTACKER, { audience: 840_000 })])).toBeUndefined();
  });

  test("is nobody in a thread that it began", () => {
    const [root, ...replies] = forged(() => ATTACKER, { audience: 840_000 });
    if (root === undefined) throw new Error("no first mail");
    const own = withoutLogin(root, { hop: ATTACKER, from: "x@corp.example", sender: "y@corp.example" });
    const reading = read([...busyDay, own, ...replies]);
    expect(opened(reading)).toEqual([]);
    expect(scoreOf(reading)).toBe(0);
  });

  test("is one person across threads, whatever domain it puts on", () => {
    const torn = forged(() => ATTACKER).map((event) => ({ ...event, hints: { references: [] } }));
    expect(opensAt(torn)).toBe(3);
    expect(opensAt([...busyDay, ...torn])).toBeUndefined();
  });

  test("has all of its 64 bits of IPv6 for one", () => {
    const addresses = (index: number): string => `2001:db8:0:66::${index.toString(16)}`;
    expect(opensAt([...busyDay, ...forged(addresses)])).toBeUndefined();
    expect(opensAt([...busyDay, ...forged((index) => `2001:db8:0:${index.toString(16)}::1`)])).toBe(4);
  });

  test("is told from its mail's way on through the filter, though both have the stamp of one second", () => {
    const events = forged(() => ATTACKER).flatMap((event) => [
      { ...event, eventId: `${event.eventId}/filter`, queueId: `${event.queueId}F`, hop: "mx1" },
      event,
    ]);
    expect(opensAt([...busyDay, ...events])).toBeUndefined();
  });

  test("gains nothing by writing much more", () => {
    expect(opensAt([...busyDay, ...forged(() => ATTACKER, { replies: 119 })])).toBeUndefined();
  });
});

describe("people behind one machine are seen", () => {
  test.each([
    { name: "in a log that begins with them", history: [], hop: GATEWAY },
    { name: "through a gateway that hands over all mail", history: before(30, { hop: GATEWAY }), hop: GATEWAY },
    {
      name: "through a gateway that carries a quarter of it, by few people",
      history: [...busyDay, ...before(34, { hop: GATEWAY }, () => "editor")],
      hop: GATEWAY,
    },
    {
      name: "through the server of six people, an hour later",
      history: [...busyDay, ...before(6, { hop: GATEWAY })],
      hop: GATEWAY,
    },
    { name: "from a private network", history: busyDay, hop: "10.4.4.4" },
    { name: "from the mail server itself", history: busyDay, hop: "mx1" },
    { name: "from a host by name", history: busyDay, hop: "mail.corp.example" },
    { name: "where hardly any mail came before", history: busyDay.slice(0, 19), hop: GATEWAY },
  ])("$name", ({ history, hop }) => {
    expect(opensAt([...history, ...forged(() => hop)])).toBe(4);
  });

  test("each from a machine of its own", () => {
    expect(opensAt([...busyDay, ...forged((index) => `203.0.113.${index}`)])).toBe(4);
  });

  test("with logins, from whatever machine", () => {
    const events = conversation({ audience: 25_000, gaps: Array.from({ length: 12 }, () => 30) });
    expect(opensAt([...busyDay, ...events.map((event) => ({ ...event, hop: ATTACKER }))])).toBe(4);
  });

  test("not those of five, and not when the sixth was first seen within the hour", () => {
    expect(opensAt([...busyDay, ...before(5, { hop: GATEWAY }), ...forged(() => GATEWAY)])).toBeUndefined();
    const late = before(6, { hop: GATEWAY, seconds: -3000 });
    expect(opensAt([...busyDay, ...late, ...forged(() => GATEWAY)])).toBeUndefined();
  });

  test("mail in many copies does not make other machines small", () => {
    const copies = Array.from({ length: 3000 }, (_, index) =>
      mail({ seconds: -3 * HOUR, id: "verp", queueId: `V${index}`, hop: "10.0.0.7", list: null }),
    );
    const few = before(25, { hop: GATEWAY }, () => "editor");
    expect(opensAt([...few, ...copies, ...forged(() => GATEWAY)])).toBe(4);
  });
});

const trusting = (trusted: readonly string[]): Partial<DetectorSettings> => ({
  relays: { ...settingsWith({}).relays, trusted },
});

describe("trusted relays", () => {
  const relay = [...before(40, { hop: GATEWAY }), ...forged(() => GATEWAY)];

  test("when named, only they may be many, whatever was seen before, from the first hour on", () => {
    expect(opensAt(relay, trusting(["198.51.100.0/24"]))).toBe(4);
    expect(opensAt(relay, trusting(["192.0.2.99"]))).toBeUndefined();
    expect(opensAt(relay, trusting([]))).toBeUndefined();
    expect(
      opensAt(
        forged(() => GATEWAY),
        trusting([]),
      ),
    ).toBeUndefined();
    const six = (index: number): string => `2001:db8::${index.toString(16)}`;
    expect(opensAt(forged(six), trusting(["2001:db8::"]))).toBe(4);
    expect(opensAt(forged(six), trusting(["2001:db8:1::"]))).toBeUndefined();
    expect(
      opensAt(
        forged(() => "10.4.4.4"),
        trusting([]),
      ),
    ).toBe(4);
  });
});

test("clients are bounded and what was forgotten is counted; those that stand for many stay", () => {
  const bounds = { ...settingsWith({}).bounds, clientsMax: 10 };
  const crowd = Array.from({ length: 50 }, (_, index) =>
    withoutLogin(mail({ seconds: -2 * HOUR + index, list: null, hop: `203.0.113.${index}` })),
  );
  const events = [...busyDay.slice(0, 1), ...before(30, { hop: GATEWAY }), ...crowd];
  const reading = read([...events, ...forged(() => GATEWAY)], newDetector(settingsWith({ bounds })));
  expect(reading.state.site?.clients.clients.size).toBe(10);
  expect(reading.state.counters.clientsEvicted).toBeGreaterThan(0);
  expect(opened(reading)[0]?.evidence.replyAlls).toBe(4);
});

function scoreOf(reading: Reading): number {
  const thread = reading.state.site?.threads.threads.get("root@corp.example");
  return thread?.peakScore ?? Number.NaN;
}
