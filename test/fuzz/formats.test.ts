// Lines that look like those of a format, put together at random from what its grammar is made of: every one has an outcome,
// none throws, and what is told of them can be read by whoever comes next.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FORMAT_NAMES, type FormatName } from "../../services/ingest/formats.ts";
import { decodeMailEvent, encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { decodeMailFragment, encodeMailFragment } from "../../shared/domain/mail-fragment-codec.ts";
import { FIELDS_2016, rowText } from "../support/exchange-log.ts";
import { assembleLog, ingestLog } from "../support/read-log.ts";

const SEED = 5;

/** What lines of a format begin with, so that most of them get further than their first byte, and what they are made of. */
interface Grammar {
  readonly beginnings: readonly string[];
  readonly tokens: readonly string[];
  /** Lines in front of the others. */
  readonly head: readonly string[];
}

const POSTFIX_TOKENS = [
  ...[
    "to=<",
    ", orig_to=<",
    ">, relay=",
    "[127.0.0.1]:24",
    ", delay=1",
    ", status=",
    "sent (",
    "deferred (",
    "bounced (",
  ],
  ...[
    "client=",
    "[192.0.2.7]",
    ", sasl_username=",
    "uid=0",
    "message-id=<",
    "from=<",
    ">, size=9",
    ", nrcpt=",
    "3 (queue active)",
  ],
  ...[
    "info: header ",
    "warning: header ",
    "Subject: ",
    "References: ",
    "List-Id: ",
    " from mx[192.0.2.9]",
    "; from=<",
    "> to=<",
  ],
  ...[
    " proto=ESMTP",
    " helo=<",
    "removed",
    "forwarded as 97CA59841E7)",
    "ann@example.org",
    '"',
    "\\",
    "<",
    ">",
    "(",
    ")",
    "=?UTF-8?Q?a",
    "?=",
  ],
];

const JSON_TOKENS = [
  ...["{", "}", "[", "]", ":", ",", '"', "\\", "null", "true", "0", "-1e9", '"v":1', '"at":"2026-11-24T08:29:00Z"'],
  ...['"messageId":"1@x"', '"recipients":2500', '"lists":["all@x"]', '"hints":{"references":["a@x"]}', '"minutes":[]'],
  ...[
    '"MESSAGE":"97CA59841E6: removed"',
    '"SYSLOG_IDENTIFIER":"postfix/qmgr"',
    '"_HOSTNAME":"mx"',
    '"__REALTIME_TIMESTAMP":"1764000000000000"',
    '"__proto__":{}',
    "\\u0000",
    "\\ud800",
  ],
];

const EXCHANGE_TOKENS = [
  ...[
    ",",
    ",,",
    '"',
    '""',
    ";",
    "RECEIVE",
    "EXPAND",
    "DELIVER",
    "FAIL",
    "DUPLICATEDELIVER",
    "STOREDRIVER",
    "SMTP",
    "ROUTING",
  ],
  ...[
    "a@x.example.org;b@x.example.org",
    "<1@x.example.org>",
    "<>",
    "6a638d20-1e63-493a-80a2-08da9a4ff8da",
    "EX01.x.example.org",
    "3",
    "99999999999",
  ],
  ...[
    "MessageClass:IPM.Note",
    "S:FirstForestHop=EX01",
    "2016-11-14T08:29:31.123Z",
    "RE: größer",
    "#Fields: ",
    "#Software: Microsoft Exchange Server",
    "date-time",
  ],
];

const STAMPS = ["2026-11-24T08:29:00Z", "Nov 24 08:29:00", "2026-11-24T08:29:00.123456+01:00", "<22>Nov  4 08:29:00"];

const GRAMMARS: Readonly<Record<FormatName, Grammar>> = {
  postfix: {
    beginnings: STAMPS.flatMap((stamp) =>
      ["qmgr", "cleanup", "smtp", "smtpd"].map((name) => `${stamp} mx postfix/${name}[1]: 97CA59841E6: `),
    ),
    tokens: POSTFIX_TOKENS,
    head: [],
  },
  journal: {
    beginnings: ['{"__REALTIME_TIMESTAMP":"1764000000000000","_HOSTNAME":"mx",', "{", '{"MESSAGE":['],
    tokens: [...JSON_TOKENS, ...POSTFIX_TOKENS],
    head: [],
  },
  "mail-events": { beginnings: ['{"v":1,"at":"2026-11-24T08:29:00Z",', "{", "{}"], tokens: JSON_TOKENS, head: [] },
  exchange: {
    beginnings: [
      "2016-11-14T08:29:31.123Z,10.1.0.9,MBX1,,EX01,",
      "2016-11-14T08:29:31.123Z,10.1.0.9,MBX1,,EX01,,,STOREDRIVER,RECEIVE,1,<1@x>,,a@x;b@x,",
      "2016-11-14T08:29:31.123Z,,EX01,,EX02,,,ROUTING,EXPAND,1,<1@x>,,",
      "#",
      "#Fields: date-time,",
    ],
    tokens: EXCHANGE_TOKENS,
    head: ["#Software: Microsoft Exchange Server", `#Fields: ${FIELDS_2016}`],
  },
};

function lineOf({ beginnings, tokens }: Grammar): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...tokens) },
    { weight: 2, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 12 }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")) },
  );
  return fc
    .tuple(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...beginnings) }, piece),
      fc.array(piece, { maxLength: 30 }),
    )
    .map(([beginning, pieces]) => (beginning + pieces.join("")).replaceAll("\n", " "));
}

/** Either what belongs there, or nearly anything. */
function value(...sound: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...sound) },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constantFrom("", "\u0000", "\u001b[2J", "a\nb", -1, 1e300, null, "x".repeat(2000)) },
  );
}

const journalRecord = fc.record({
  __REALTIME_TIMESTAMP: value("1764000000000000"),
  _HOSTNAME: value("mx", "mx2"),
  SYSLOG_IDENTIFIER: value("postfix/qmgr", "postfix/smtp", "postfix/cleanup"),
  MESSAGE: value(
    "97CA59841E6: removed",
    "97CA59841E6: from=<a@x>, size=9, nrcpt=30 (queue active)",
    "97CA59841E6: message-id=<1@x>",
    [...Buffer.from("97CA59841E6: message-id=<\u00e9@x>", "latin1")],
  ),
});

const mailEvent = fc.record(
  {
    v: value(1),
    at: value("2026-11-24T08:29:00Z", "2026-11-24T08:29:00.123456+01:00"),
    messageId: value("1@x", "2@x"),
    from: value("ann@x"),
    login: value("ann"),
    subject: value("Re: lunch", "=?UTF-8?Q?a?="),
    recipients: value(2500),
    lists: value(["all@x"], [{ address: "all@x", via: "list-id" }]),
    hints: value({ references: ["1@x"] }, { inReplyTo: "1@x" }),
    minutes: value([{ start: "2026-11-24T08:29:00Z", delivered: 3, deferred: 0, bounced: 0 }]),
  },
  { requiredKeys: ["v", "at", "recipients"] },
);

/** Whole rows, so that their columns are right and what stands in them may not be. */
const row = fc
  .record({
    "client-ip": value("10.1.0.9", "fe80::1%3"),
    "client-hostname": value("EX01.x.example.org", "MBX1"),
    "server-hostname": value("EX01", "EX02"),
    "source-context": value("MDB:1, MessageClass:IPM.Note, ClientType:MOMT"),
    source: value("STOREDRIVER", "SMTP", "ROUTING"),
    "event-id": value("RECEIVE", "EXPAND", "DELIVER", "SEND", "FAIL", "DEFER", "DUPLICATEDELIVER", "HARECEIVE"),
    "message-id": value("<1@x.example.org>", "<2@x.example.org>"),
    "network-message-id": value("6a638d20-1e63-493a-80a2-08da9a4ff8da", ""),
    "recipient-address": value("all@x.example.org", "a@x.example.org;b@x.example.org"),
    "recipient-count": value("1", "3", "30"),
    "related-recipient-address": value("all@x.example.org", "in@x.example.org"),
    "message-subject": value("RE: gr\u00f6\u00dfer", 'a "b", c;'),
    "sender-address": value("ann@x.example.org"),
    "return-path": value("ann@x.example.org", "<>"),
    directionality: value("Originating", "Incoming"),
  })
  .map((values) =>
    rowText({
      at: Date.UTC(2016, 10, 14, 8, 29),
      values: Object.fromEntries(Object.entries(values).map(([name, said]) => [name, String(said)])),
    }),
  );

/** All that Postfix says of a mail. */
const postfixMail = fc
  .record({
    id: value("97CA59841E6", "97CA59841E7"),
    host: value("mx", "mx2"),
    client: value("mail.example.org[192.0.2.7]", "localhost[127.0.0.1]"),
    login: value(", sasl_method=PLAIN, sasl_username=ann", ""),
    messageId: value("<1@x>", "<2@x>", ""),
    header: value("Subject: Re: lunch", "References: <0@x>??<1@x>", "List-Id: <all.x.example.org>"),
    sender: value("ann@x", ""),
    nrcpt: value(1, 30),
    to: value("bert@x", '"a>b"@x'),
    status: value("sent (ok)", "deferred (busy)", "sent (forwarded as 97CA59841E7)"),
  })
  .map(({ id, host, client, login, messageId, header, sender, nrcpt, to, status }) =>
    [
      `smtpd[1]: ${id}: client=${client}${login}`,
      `cleanup[2]: ${id}: info: header ${header} from mx[192.0.2.7]; from=<${sender}> to=<all@x> proto=ESMTP helo=<mx>`,
      `cleanup[2]: ${id}: message-id=${messageId}`,
      `qmgr[3]: ${id}: from=<${sender}>, size=9, nrcpt=${nrcpt} (queue active)`,
      `smtp[4]: ${id}: to=<${to}>, orig_to=<all@x>, relay=mx[192.0.2.9]:25, delay=1, dsn=2.0.0, status=${status}`,
      `qmgr[3]: ${id}: removed`,
    ]
      .map((message) => `2026-11-24T08:29:00Z ${host} postfix/${message}`.replaceAll("\n", " "))
      .join("\n"),
  );

const WHOLE: Readonly<Record<FormatName, fc.Arbitrary<string>>> = {
  postfix: postfixMail,
  journal: fc
    .array(journalRecord, { minLength: 3, maxLength: 9 })
    .map((records) => records.map((record) => JSON.stringify(record)).join("\n")),
  "mail-events": mailEvent.map((event) => JSON.stringify(event)),
  exchange: row.map((text) => text.replaceAll("\n", " ")),
};

function logOf(name: FormatName): fc.Arbitrary<string> {
  const grammar = GRAMMARS[name];
  const line = fc.oneof(lineOf(grammar), { weight: 2, arbitrary: WHOLE[name] });
  return fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => [...grammar.head, ...lines].join("\n"));
}

describe.each(FORMAT_NAMES)("%s", (name) => {
  test.each([name, "auto"] as const)("every line has an outcome, and none throws: --format %s", (format) => {
    const reasons = new Set<string>();
    let used = 0;
    fc.assert(
      fc.property(logOf(name), (log) => {
        const { counters, rejected } = ingestLog(Buffer.from(log, "latin1"), { format });
        expect(counters.used + counters.other + rejected.length).toBe(counters.lines);
        used += counters.used;
        for (const { reason } of rejected) reasons.add(reason);
      }),
      { seed: SEED, numRuns: 400 },
    );
    // The grammar is known well enough to be used, and broken in more than one way.
    expect(used).toBeGreaterThan(20);
    expect(reasons.size).toBeGreaterThan(1);
  });

  test("what is told of them is what every reader takes", () => {
    let told = 0;
    fc.assert(
      fc.property(logOf(name), (log) => {
        const bytes = Buffer.from(log, "latin1");
        for (const fragment of ingestLog(bytes).fragments) {
          const decoded = decodeMailFragment(encodeMailFragment(fragment));
          expect(decoded.ok ? decoded.fragment : decoded).toEqual(fragment);
        }
        for (const event of assembleLog(bytes).events) {
          told += 1;
          const decoded = decodeMailEvent(encodeMailEvent(event), { site: "test" });
          expect(decoded.ok ? "sound" : decoded).toBe("sound");
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(told).toBeGreaterThan(20);
  });
});
