import { describe, expect, test } from "vitest";
import { ingestLog } from "../../../test/support/read-log.ts";
import type { MailFragment } from "../../../shared/domain/mail-fragment.ts";

const MINUTE = Date.UTC(2026, 10, 24, 8, 29);
const ID = "97CA59841E6";
const SENT = { delivered: 1, deferred: 0, bounced: 0 };
const DEFERRED = { delivered: 0, deferred: 1, bounced: 0 };
const BOUNCED = { delivered: 0, deferred: 0, bounced: 1 };

type Counts = typeof SENT;

function read(
  lines: readonly string[],
  listServers?: readonly string[],
): { fragment: MailFragment | undefined; rejected: readonly string[] } {
  const log = lines.map((line) => `2026-11-24T08:29:04Z mx postfix/${line}\n`).join("");
  const { fragments, rejected } = ingestLog(log, listServers === undefined ? {} : { listServers });
  return { fragment: fragments[0], rejected: rejected.map(({ reason }) => reason) };
}

function delivery(agent: string, rest: string): string {
  return `${agent}[12]: ${ID}: ${rest}`;
}

function countsOf(fragment: MailFragment | undefined): Counts | undefined {
  const [minute, ...others] = fragment?.minutes ?? [];
  expect(others).toEqual([]);
  if (minute === undefined) return undefined;
  const { start, ...counts } = minute;
  expect(start).toBe(MINUTE);
  return counts;
}

const TIMES = "delay=1.2, delays=0.1/0.02/0.5/0.58";

describe("an attempt of delivery is counted", () => {
  test.each<[string, string, Counts]>([
    [
      "smtp",
      `to=<a@example.org>, relay=mx.example.org[192.0.2.9]:25, ${TIMES}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4B1)`,
      SENT,
    ],
    [
      "smtp",
      `to=<a@example.org>, relay=mx.example.org[2001:db8::9]:25, conn_use=17, ${TIMES}, dsn=2.0.0, status=sent (250 ok)`,
      SENT,
    ],
    [
      "smtp",
      `to=<a@example.org>, relay=mx.example.org[192.0.2.9]:25, ${TIMES}, tls=verified, dsn=2.0.0, status=sent (250 ok)`,
      SENT,
    ],
    [
      "smtp",
      `to=<a@example.org>, orig_to=<list@example.org>, relay=mx.example.org[192.0.2.9]:25, conn_use=3, ${TIMES}, tls=secure/requiretls, dsn=2.0.0, status=sent (250 ok)`,
      SENT,
    ],
    [
      "smtp",
      `to=<a@example.org>, relay=none, ${TIMES}, dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.9]:25: Connection timed out)`,
      DEFERRED,
    ],
    [
      "smtp",
      `to=<a@example.org>, relay=mx.example.org[192.0.2.9]:25, ${TIMES}, dsn=5.1.1, status=bounced (host mx.example.org[192.0.2.9] said: 550 5.1.1 no such user (in reply to RCPT TO command))`,
      BOUNCED,
    ],
    [
      "smtp",
      `to=<a@example.org>, relay=mx.example.org[192.0.2.9]:25, ${TIMES}, dsn=4.1.1, status=SOFTBOUNCE (host said: 550 no such user)`,
      DEFERRED,
    ],
    [
      "smtp",
      `to=<a@example.org>, relay=none, ${TIMES}, dsn=4.4.1, status=expired (delivery temporarily suspended)`,
      BOUNCED,
    ],
    [
      "lmtp",
      `to=<a@example.org>, relay=mail.example.org[private/dovecot-lmtp], ${TIMES}, dsn=2.0.0, status=sent (250 2.0.0 <a@example.org> Saved)`,
      SENT,
    ],
    ["local", `to=<a@example.org>, relay=local, ${TIMES}, dsn=2.0.0, status=sent (delivered to mailbox)`, SENT],
    ["virtual", `to=<a@example.org>, relay=virtual, ${TIMES}, dsn=2.0.0, status=sent (delivered to maildir)`, SENT],
    [
      "pipe",
      `to=<a@example.org>, relay=dovecot, ${TIMES}, dsn=2.0.0, status=sent (delivered via dovecot service)`,
      SENT,
    ],
    [
      "error",
      `to=<a@example.org>, relay=none, ${TIMES}, dsn=5.0.0, status=bounced (example.org does not exist)`,
      BOUNCED,
    ],
    [
      "retry",
      `to=<a@example.org>, relay=none, ${TIMES}, dsn=4.4.1, status=deferred (delivery temporarily suspended)`,
      DEFERRED,
    ],
    ["discard", `to=<a@example.org>, relay=none, ${TIMES}, dsn=2.0.0, status=sent (example.org)`, SENT],
    ["bounce", `to=<a@example.org>, relay=none, ${TIMES}, dsn=5.0.0, status=bounced (gone)`, BOUNCED],
    ["cleanup", `to=<a@example.org>, relay=none, ${TIMES}, dsn=5.4.6, status=bounced (mail loop)`, BOUNCED],
    ["our-own-agent", `to=<a@example.org>, relay=own, ${TIMES}, dsn=2.0.0, status=sent (done)`, SENT],
    [
      "scache/smtp",
      `to=<a@example.org>, relay=mx.example.org[192.0.2.9]:25, ${TIMES}, dsn=2.0.0, status=sent (250 ok)`,
      SENT,
    ],
  ])("%s: %s", (agent, rest, counts) => {
    const { fragment, rejected } = read([delivery(agent, rest)]);
    expect(rejected).toEqual([]);
    expect(countsOf(fragment)).toEqual(counts);
    // Nothing but the queue manager and what comes before it takes a mail in.
    expect(fragment?.acceptedAt).toBeUndefined();
  });

  test("all of a minute together", () => {
    const sent = delivery("smtp", `to=<a@x>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=2.0.0, status=sent (250 ok)`);
    const bounced = delivery("smtp", `to=<b@x>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=5.0.0, status=bounced (no)`);
    const { fragment } = read([...Array.from({ length: 25 }, () => sent), bounced, bounced]);
    expect(countsOf(fragment)).toEqual({ delivered: 25, deferred: 0, bounced: 2 });
  });
});

describe("no attempt of delivery is", () => {
  test.each(["deliverable", "undeliverable", "undeliverable-but-not-cached", "sent", "sentry (", "x"])(
    "status=%s",
    (status) => {
      const { fragment, rejected } = read([
        delivery(
          "smtp",
          `to=<a@example.org>, relay=mx.example.org[127.0.0.1]:25, ${TIMES}, dsn=2.1.5, status=${status}(250 2.1.5 Ok)`,
        ),
      ]);
      expect(rejected).toEqual([]);
      expect(fragment?.minutes).toBeUndefined();
      expect(fragment?.expandedTo).toBeUndefined();
    },
  );
});

describe("a delivery line that is not whole is rejected", () => {
  test.each([
    "to=<a@example.org>",
    "to=<a@example.org",
    "to=<a@example.org>, relay=mx[192.0.2.9]:25, delay=1.2, delays=0.1/0.02",
    "to=<a@example.org>, status=sent (250 ok)",
    "to=<a@example.org>, orig_to=<b@example.org, status=sent (250 ok)",
    'to=<"a@example.org>, relay=mx[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)',
  ])("%s", (rest) => {
    expect(read([delivery("smtp", rest)]).rejected).toEqual(["malformed-delivery"]);
  });

  test("and what an earlier line left behind it is not read", () => {
    const whole = delivery("smtp", `to=<a@x>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=2.0.0, status=sent (250 ok)`);
    const log = `2026-11-24T08:29:04Z mx postfix/${whole}\n2026-11-24T08:29:04Z mx postfix/${whole.slice(0, -13)}`;
    const ends = [1, 3, 50, 1000].map(
      (chunkBytes) => ingestLog(log, { chunkBytes }).fragments[0]?.minutes?.[0]?.delivered,
    );
    expect(ends).toEqual([1, 1, 1, 1]);
  });
});

describe("what a sender or a remote server wrote is not believed", () => {
  const real = `relay=mx.example.org[192.0.2.9]:25, ${TIMES}, dsn=5.1.1, status=bounced (no)`;
  test.each<[string, string, Counts, readonly string[]]>([
    ["a quoted recipient", `to=<"x>, relay=a, status=sent (y"@example.org>, ${real}`, BOUNCED, []],
    ["a quoted recipient with an escape", `to=<"x\\">, relay=a, status=sent (y"@example.org>, ${real}`, BOUNCED, []],
    [
      "a quoted original recipient",
      `to=<a@x>, orig_to=<"x>, relay=a, status=sent (y"@example.org>, ${real}`,
      BOUNCED,
      ['"x>, relay=a, status=sent (y"@example.org'],
    ],
    [
      "an original recipient within a recipient",
      `to=<"x>, orig_to=<all-staff@example.org"@example.org>, ${real}`,
      BOUNCED,
      [],
    ],
    [
      "a status within the text",
      `to=<a@x>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=5.1.1, status=bounced (said: 550, status=sent (250 ok))`,
      BOUNCED,
      [],
    ],
    [
      "an original recipient within the text",
      `to=<a@x>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=5.1.1, status=bounced (, orig_to=<all-staff@example.org>, relay=x)`,
      BOUNCED,
      [],
    ],
    [
      "a forward within the text",
      `to=<a@x>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=5.1.1, status=bounced (sent (forwarded as 97CA59841E7))`,
      BOUNCED,
      [],
    ],
  ])("%s", (_name, rest, counts, origTo) => {
    const { fragment, rejected } = read([delivery("smtp", rest)]);
    expect(rejected).toEqual([]);
    expect(countsOf(fragment)).toEqual(counts);
    expect((fragment?.origTo ?? []).map(({ address }) => address)).toEqual(origTo);
    expect(fragment?.expandedTo).toBeUndefined();
  });
});

describe("original recipients", () => {
  const line = (to: string, origTo: string): string =>
    delivery(
      "smtp",
      `to=<${to}>, orig_to=<${origTo}>, relay=m[192.0.2.9]:25, ${TIMES}, dsn=2.0.0, status=sent (250 ok)`,
    );

  test("are counted by name", () => {
    const { fragment } = read([line("a@x", "l@x"), line("b@x", "l@x"), line("c@x", "m@x"), line("d@x", "l@x")]);
    expect(fragment?.origTo).toEqual([
      { address: "l@x", seen: 3 },
      { address: "m@x", seen: 1 },
    ]);
  });

  test("of UTF-8 too", () => {
    const { fragment } = read([line("a@x", "łódź@x"), line("b@x", "łódź@x")]);
    expect(fragment?.origTo).toEqual([{ address: "łódź@x", seen: 2 }]);
  });

  test("are bounded, and the set kept does not depend on order", () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      line(`a${index}@x`, `list${String(index).padStart(2, "0")}@x`),
    );
    const kept = read(lines).fragment?.origTo;
    expect(kept).toHaveLength(8);
    const byAddress = (a: { address: string }, b: { address: string }): number => (a.address < b.address ? -1 : 1);
    expect(read(lines.toReversed()).fragment?.origTo?.toSorted(byAddress)).toEqual(kept?.toSorted(byAddress));
  });
});

test("nobody is neither an original recipient nor handed on", () => {
  const rest = "relay=local, delay=1, dsn=2.0.0, status=sent (forwarded as 97CA59841E7)";
  const { fragment, rejected } = read([delivery("local", `to=<>, orig_to=<>, ${rest}`)]);
  expect(rejected).toEqual([]);
  expect(fragment).toMatchObject({ origTo: undefined, expandedTo: undefined, handedOn: 1 });
});

describe("the queue id that an alias is forwarded as", () => {
  const forwarded = (text: string, agent = "local"): readonly MailFragment[] => {
    const line = delivery(agent, `to=<list@x>, relay=local, delay=1, dsn=2.0.0, status=${text}`);
    return ingestLog(`2026-11-24T08:29:04Z mx postfix/${line}\n`).fragments;
  };

  test("is the alias' own", () => {
    expect(forwarded("sent (forwarded as 97CA59841E7)")).toEqual([
      expect.objectContaining({ queueId: ID, origTo: undefined, expandedTo: ["list@x"] }),
      expect.objectContaining({ queueId: "97CA59841E7", origTo: [{ address: "list@x", seen: 0 }] }),
    ]);
  });

  test.each([
    "sent (forwarded as nothing of that kind)",
    "sent (forwarded as 97CA59841E7",
    "sent (forwarded as 97CA59841E797CA59841E797CA59841E7)",
    "sent (delivered to command: echo (forwarded as 97CA59841E7)",
    "bounced (forwarded as 97CA59841E7)",
  ])("is none in status=%s", (text) => {
    expect(forwarded(text).map(({ queueId }) => queueId)).toEqual([ID]);
  });
});

describe("a recipient was expanded or handed on", () => {
  test.each<[string, string, string, readonly string[] | undefined]>([
    [
      "an alias forwards it under another queue id",
      "local",
      "relay=local, delay=1, dsn=2.0.0, status=sent (forwarded as 97CA59841E7)",
      ["list@x"],
    ],
    [
      "a pipe takes it",
      "pipe",
      "relay=mailman, delay=1, dsn=2.0.0, status=sent (delivered via mailman service)",
      ["list@x"],
    ],
    [
      "a pipe does not take it",
      "pipe",
      "relay=mailman, delay=1, dsn=4.0.0, status=deferred (temporary failure)",
      undefined,
    ],
    [
      "a list manager on this host, LMTP",
      "lmtp",
      "relay=127.0.0.1[127.0.0.1]:8024, delay=1, dsn=2.0.0, status=sent (250 Ok)",
      ["list@x"],
    ],
    [
      "a filter on this host, SMTP",
      "smtp",
      "relay=localhost[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 2.0.0 queued as 9)",
      ["list@x"],
    ],
    ["on IPv6", "smtp", "relay=localhost[::1]:10024, delay=1, dsn=2.0.0, status=sent (250 ok)", ["list@x"]],
    [
      "a list server by name",
      "smtp",
      "relay=Lists.example.org[192.0.2.50]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
      ["list@x"],
    ],
    [
      "a list server by address",
      "smtp",
      "relay=other.example.org[192.0.2.60]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
      ["list@x"],
    ],
    [
      "another server",
      "smtp",
      "relay=mx.example.org[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
      undefined,
    ],
    ["a mailbox", "local", "relay=local, delay=1, dsn=2.0.0, status=sent (delivered to mailbox)", undefined],
    [
      "a socket of this host",
      "lmtp",
      "relay=mx[private/dovecot-lmtp], delay=1, dsn=2.0.0, status=sent (250 ok)",
      undefined,
    ],
    [
      "a command of this host",
      "local",
      "relay=local, delay=1, dsn=2.0.0, status=sent (delivered to command: /usr/bin/vacation)",
      undefined,
    ],
  ])("%s", (_name, agent, rest, expanded) => {
    const { fragment } = read([delivery(agent, `to=<list@x>, ${rest}`)], ["lists.example.org", "192.0.2.60"]);
    expect(fragment?.expandedTo).toEqual(expanded);
  });

  test("eight are kept, whatever their order", () => {
    const lines = Array.from({ length: 20 }, (_, index) =>
      delivery(
        "lmtp",
        `to=<${String.fromCharCode(97 + index)}@x>, relay=a[127.0.0.1]:24, delay=1, dsn=2.0.0, status=sent (250 ok)`,
      ),
    );
    const eight = ["a@x", "b@x", "c@x", "d@x", "e@x", "f@x", "g@x", "h@x"];
    expect(read(lines).fragment?.expandedTo?.toSorted()).toEqual(eight);
    expect(read(lines.toReversed()).fragment?.expandedTo?.toSorted()).toEqual(eight);
  });
});
