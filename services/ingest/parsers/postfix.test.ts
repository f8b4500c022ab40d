import { describe, expect, test } from "vitest";
import { ingestLog } from "../../../test/support/read-log.ts";
import type { MailFragment } from "../../../shared/domain/mail-fragment.ts";

const AT = Date.UTC(2026, 10, 24, 8, 29);
const ID = "97CA59841E6";

const stamped = (message: string): string => `2026-11-24T08:29:00.000Z mx ${message}`;

/** What one line says of a mail, without all it leaves unsaid; undefined when the line is of no interest. */
function said(message: string): Partial<MailFragment> | undefined {
  const { fragments, counters, rejected } = ingestLog(`${stamped(message)}\n`);
  expect(rejected).toEqual([]);
  const [fragment, ...others] = fragments;
  expect(others).toEqual([]);
  expect([counters.used, counters.other]).toEqual(fragment === undefined ? [0, 1] : [1, 0]);
  if (fragment === undefined) return undefined;
  const { site, host, firstAt, lastAt, queueId, ...rest } = fragment;
  expect({ site, host, firstAt, lastAt, queueId }).toEqual({
    site: "test",
    host: "mx",
    firstAt: AT,
    lastAt: AT,
    queueId: ID,
  });
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

function rejection(message: string): string | undefined {
  const { rejected, fragments } = ingestLog(`${stamped(message)}\n`);
  expect(fragments).toEqual([]);
  return rejected[0]?.reason;
}

describe("a mail is taken in", () => {
  test.each<[string, string, Partial<MailFragment>]>([
    ["from a client", `postfix/smtpd[1]: ${ID}: client=mail.example.org[192.0.2.7]`, { client: "192.0.2.7" }],
    ["from a client without a name", `postfix/smtpd[1]: ${ID}: client=unknown[192.0.2.7]`, { client: "192.0.2.7" }],
    ["from a client on IPv6", `postfix/smtpd[1]: ${ID}: client=a.example.org[2001:db8::1]`, { client: "2001:db8::1" }],
    [
      "with the client's port",
      `postfix/smtpd[1]: ${ID}: client=a.example.org[192.0.2.7]:50122`,
      { client: "192.0.2.7" },
    ],
    [
      "with a login",
      `postfix/submission/smtpd[1]: ${ID}: client=a[192.0.2.7], sasl_method=PLAIN, sasl_username=jo@example.org`,
      { client: "192.0.2.7", login: "jo@example.org" },
    ],
    [
      "with a login and a sender of it",
      `postfix/smtpd[1]: ${ID}: client=a[192.0.2.7], sasl_method=PLAIN, sasl_username=jo, sasl_sender=x@example.org`,
      { client: "192.0.2.7", login: "jo" },
    ],
    [
      "from a filter that tells the client before it",
      `postfix/smtpd[1]: ${ID}: client=localhost[127.0.0.1], orig_queue_id=97CA59841E0, orig_client=mail.example.org[192.0.2.7]`,
      { client: "127.0.0.1" },
    ],
    ["locally", `postfix/pickup[1]: ${ID}: uid=1000 from=<jo>`, { client: "local" }],
    ["by QMQP", `postfix/qmqpd[1]: ${ID}: client=list.example.org[192.0.2.8]`, { client: "192.0.2.8" }],
    [
      "with its Message-ID",
      `postfix/cleanup[1]: ${ID}: message-id=<root.1@client.example.org>`,
      { messageId: "root.1@client.example.org" },
    ],
    ["without one", `postfix/cleanup[1]: ${ID}: message-id=<>`, { messageId: "" }],
    ["with one that has no brackets", `postfix/cleanup[1]: ${ID}: message-id=abc`, { messageId: "abc" }],
    [
      "with one that is more than an id",
      `postfix/cleanup[1]: ${ID}: message-id=<a@x> <b@x>`,
      { messageId: "a@x> <b@x" },
    ],
    [
      "with one of UTF-8",
      `postfix/cleanup[1]: ${ID}: message-id=<łódź@example.org>`,
      { messageId: "łódź@example.org" },
    ],
    [
      "with control characters in it",
      `postfix/cleanup[1]: ${ID}: message-id=<a\u001b[2Jb@x>`,
      { messageId: "a?[2Jb@x" },
    ],
  ])("%s", (_name, message, fragment) => {
    expect(said(message)).toEqual({ acceptedAt: AT, ...fragment });
  });

  test("with a Message-ID of any length, of which 998 bytes are kept", () => {
    expect(said(`postfix/cleanup[1]: ${ID}: message-id=<${"a".repeat(5000)}>`)?.messageId).toBe("a".repeat(998));
  });
});

describe("a mail waits for a moderator or a filter", () => {
  test.each<[string, string, Partial<MailFragment> | undefined]>([
    [
      "by an access table",
      `postfix/smtpd[1]: ${ID}: hold: DATA from pc[192.0.2.7]: <jo@x>: Sender address triggers HOLD action; from=<jo@x>`,
      { held: true },
    ],
    [
      "by header_checks",
      `postfix/cleanup[1]: ${ID}: hold: header Received: by mx from pc[192.0.2.7]; from=<jo@x> to=<all@x>`,
      { held: true },
    ],
    [
      "by a filter",
      `postfix/cleanup[1]: ${ID}: milter-hold: END-OF-MESSAGE from pc[192.0.2.7]: milter triggers HOLD action`,
      { held: true },
    ],
    ["until it is released", `postfix/postsuper[1]: ${ID}: released from hold`, { held: true, releasedAt: AT }],
    ["but not by other words", `postfix/postsuper[1]: ${ID}: released from hold, says jo`, undefined],
    ["nor when it was queued already", `postfix/postsuper[1]: ${ID}: placed on hold`, undefined],
  ])("%s", (_name, message, fragment) => {
    expect(said(message)).toEqual(fragment);
  });
});

describe("the queue manager tells sender and recipients", () => {
  test.each<[string, string, Partial<MailFragment> | undefined]>([
    [
      "qmgr",
      `postfix/qmgr[1]: ${ID}: from=<jo@example.org>, size=422, nrcpt=30 (queue active)`,
      { sender: "jo@example.org", nrcpt: 30 },
    ],
    [
      "the old one",
      `postfix/oqmgr[1]: ${ID}: from=<jo@example.org>, size=422, nrcpt=30 (queue active)`,
      { sender: "jo@example.org", nrcpt: 30 },
    ],
    [
      "its former name",
      `postfix/nqmgr[1]: ${ID}: from=<jo@example.org>, size=422, nrcpt=30 (queue active)`,
      { sender: "jo@example.org", nrcpt: 30 },
    ],
    ["the null path", `postfix/qmgr[1]: ${ID}: from=<>, size=469, nrcpt=1 (queue active)`, { sender: "", nrcpt: 1 }],
    [
      "840,000 recipients",
      `postfix/qmgr[1]: ${ID}: from=<a@b>, size=469, nrcpt=840000 (queue active)`,
      { sender: "a@b", nrcpt: 840_000 },
    ],
    [
      "a sender that forges them",
      `postfix/qmgr[1]: ${ID}: from=<"x>, size=1, nrcpt=9999 (queue active)"@example.org>, size=422, nrcpt=3 (queue active)`,
      { sender: '"x>, size=1, nrcpt=9999 (queue active)"@example.org', nrcpt: 3 },
    ],
    ["what it gave up", `postfix/qmgr[1]: ${ID}: from=<jo@example.org>, status=expired, returned to sender`, undefined],
    [
      "what it was told to give up",
      `postfix/qmgr[1]: ${ID}: from=<jo@example.org>, status=force-expired, returned to sender`,
      undefined,
    ],
    [
      "what looks like it but comes from elsewhere",
      `postfix/smtpd[1]: ${ID}: from=<a@b>, size=469, nrcpt=1 (queue active)`,
      undefined,
    ],
  ])("%s", (_name, message, fragment) => {
    expect(said(message)).toEqual(fragment === undefined ? undefined : { acceptedAt: AT, ...fragment });
  });

  test("a number beyond all reason is cut", () => {
    expect(said(`postfix/qmgr[1]: ${ID}: from=<>, size=1, nrcpt=${"9".repeat(50)} (queue active)`)?.nrcpt).toBe(
      1_000_000_000,
    );
  });
});

describe("a mail is gone", () => {
  test.each([
    [`postfix/qmgr[1]: ${ID}: removed`, { removedAt: AT }],
    [`postfix/postsuper[1]: ${ID}: removed`, { removedAt: AT }],
    [`postfix/qmgr[1]: ${ID}: removed by somebody`, undefined],
    [`postfix/qmgr[1]: ${ID}: removed.`, undefined],
  ])("%s", (message, fragment) => {
    expect(said(message)).toEqual(fragment);
  });
});

describe("any syslog_name will do", () => {
  test.each(["postfix", "postfix-out", "postfix/submission", "mail", "mx-1.internal", "postfix/smtp-a/b"])(
    "%s",
    (name) => {
      expect(said(`${name}/qmgr[12345]: ${ID}: removed`)).toEqual({ removedAt: AT });
      expect(said(`${name}/qmgr: ${ID}: removed`)).toEqual({ removedAt: AT });
    },
  );
});

describe("of no interest is", () => {
  test.each([
    "postfix/smtpd[1]: connect from mail.example.org[192.0.2.7]",
    "postfix/smtpd[1]: disconnect from mail.example.org[192.0.2.7] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
    "postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <x>: Relay access denied; from=<a@b> to=<c@d> proto=ESMTP helo=<e>",
    "postfix/smtpd[1]: NOQUEUE: client=mail.example.org[192.0.2.7]",
    "postfix/smtpd[1]: warning: hostname mail.example.org does not resolve to address 192.0.2.7",
    `postfix/smtpd[1]: ${ID}: reject: RCPT from unknown[192.0.2.7]: 550 5.1.1 <x@example.org>: to=<x@example.org>`,
    `postfix/cleanup[1]: ${ID}: milter-reject: END-OF-MESSAGE from a[192.0.2.7]: 5.7.1 no; from=<a@b> to=<c@d> proto=ESMTP helo=<e>`,
    `postfix/cleanup[1]: ${ID}: reject: header Subject: x from a[192.0.2.7]; from=<a@b> to=<c@d> proto=ESMTP helo=<e>: no`,
    `postfix/cleanup[1]: ${ID}: resent-message-id=<a@b>`,
    `postfix/smtp[1]: ${ID}: message-id=<a@b>`,
    `postfix/smtp[1]: ${ID}: info: header Subject: x from a[192.0.2.7]; from=<a@b> to=<c@d> proto=ESMTP helo=<e>`,
    `postfix/smtp[1]: ${ID}: host mx.example.org[192.0.2.9] said: 450 4.2.0 to=<a@b>, relay=x, status=sent (in reply to RCPT TO command)`,
    `postfix/smtp[1]: ${ID}: lost connection with mx.example.org[192.0.2.9] while sending RCPT TO`,
    `postfix/local[1]: ${ID}: passing <jo@example.org> to transport=lmtp`,
    `postfix/bounce[1]: ${ID}: sender non-delivery notification: 9D0839841E6`,
    `postfix/qmgr[1]: ${ID}: skipped, still being delivered`,
    `postfix/postsuper[1]: ${ID}: placed on hold`,
    `postfix/anvil[1]: statistics: max connection rate 1/60s for (smtp:192.0.2.7) at Nov 24 08:25:42`,
    `postfix/master[1]: daemon started -- version 3.7.11, configuration /etc/postfix`,
    `dovecot: lmtp(jo)<1><abc>: sieve: msgid=<a@b>: stored mail into mailbox 'INBOX'`,
    `opendkim[1]: ${ID}: DKIM-Signature field added (s=x, d=example.org)`,
    `amavis[1]: (01-01) Passed CLEAN {RelayedInbound}, [192.0.2.7] <a@b> -> <c@d>, Queue-ID: ${ID}`,
    `lightmeter/headers[1]: ${ID}: header name="In-Reply-To", value="<a@b>"`,
    `kernel: [1.2] ${ID}: removed`,
    `CRON[1]: (root) CMD (test -x /usr/sbin/anacron)`,
    "last message repeated 3 times",
    "postfix/qmgr[1]",
    "postfix/qmgr[1]:",
    "postfix/qmgr[1",
    `postfix/qmgr[1]: ${ID}`,
    `postfix/qmgr[1]: ${ID}: `,
    "x",
  ])("%s", (message) => {
    expect(said(message)).toBeUndefined();
  });
});

describe("a line that begins like one of ours and is not whole is rejected by name", () => {
  test.each([
    [`postfix/smtpd[1]: ${ID}: client=mail.example.org`, "malformed-client-line"],
    [`postfix/smtpd[1]: ${ID}: client=mail.example.org[192.0.2.7`, "malformed-client-line"],
    [`postfix/qmgr[1]: ${ID}: from=<a@b>, size=1 (queue active)`, "malformed-queue-manager-line"],
    [`postfix/qmgr[1]: ${ID}: from=<a@b>, size=1, nrcpt=0 (queue active)`, "malformed-queue-manager-line"],
    [`postfix/qmgr[1]: ${ID}: from=<a@b>, size=1, nrcpt=many (queue active)`, "malformed-queue-manager-line"],
    [`postfix/cleanup[1]: ${ID}: info: header Subject: cut off in the mid`, "malformed-header-line"],
    [`postfix/cleanup[1]: ${ID}: info: header Subject`, "malformed-header-line"],
  ])("%s", (message, reason) => {
    expect(rejection(message)).toBe(reason);
  });
});

describe("two lives of one queue id within five seconds", () => {
  test("are told apart by their Message-IDs", () => {
    const log = [
      `postfix/cleanup[1]: ${ID}: message-id=<a@x>`,
      `postfix/qmgr[1]: ${ID}: from=<a@x>, size=1, nrcpt=1 (queue active)`,
      `postfix/cleanup[1]: ${ID}: message-id=<b@x>`,
      `postfix/qmgr[1]: ${ID}: from=<b@x>, size=1, nrcpt=2 (queue active)`,
      `postfix/cleanup[1]: ${ID}: message-id=<b@x>`,
    ];
    const { fragments } = ingestLog(log.map((message) => `${stamped(message)}\n`).join(""));
    expect(fragments.map(({ messageId, sender, nrcpt }) => ({ messageId, sender, nrcpt }))).toEqual([
      { messageId: "a@x", sender: "a@x", nrcpt: 1 },
      { messageId: "b@x", sender: "b@x", nrcpt: 2 },
    ]);
  });
});

test("lines of one mail come to the same fragment in every order", () => {
  const messages = [
    `postfix/smtpd[1]: ${ID}: client=a[192.0.2.7], sasl_method=PLAIN, sasl_username=jo`,
    `postfix/cleanup[1]: ${ID}: info: header Subject: x from a[192.0.2.7]; from=<a@b> to=<c@d> proto=ESMTP helo=<e>`,
    `postfix/cleanup[1]: ${ID}: message-id=<a@x>`,
    `postfix/qmgr[1]: ${ID}: from=<a@x>, size=1, nrcpt=2 (queue active)`,
    `postfix/smtp[1]: ${ID}: to=<c@d>, orig_to=<l@d>, relay=m[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (ok)`,
    `postfix/qmgr[1]: ${ID}: removed`,
  ];
  const whole = ingestLog(messages.map((message) => `${stamped(message)}\n`).join("")).fragments;
  expect(whole).toHaveLength(1);
  const backwards = messages.toReversed().map((message) => `${stamped(message)}\n`);
  expect(ingestLog(backwards.join("")).fragments).toEqual(whole);
});

test.each(["info", "warning"])("a header is read where header_checks logs it as %s", (action) => {
  const line = `postfix/cleanup[1]: ${ID}: ${action}: header Subject: x from a[192.0.2.7]; from=<a@b> to=<c@d> proto=ESMTP helo=<e>: noted`;
  expect(said(line)).toMatchObject({ headers: { subject: "x" }, headerTo: "c@d" });
});
