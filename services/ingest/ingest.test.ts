import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReadLogOptions } from "../../test/support/read-log.ts";
import { ingestLog } from "../../test/support/read-log.ts";

const POSTFIX = "2026-11-24T08:29:00Z mx postfix/qmgr[1]: 97CA59841E6: removed";
const OLD = "Nov 24 08:29:00 mx postfix/qmgr[1]: 97CA59841E7: removed";
const JOURNAL = `{"__REALTIME_TIMESTAMP":"${Date.UTC(2026, 10, 24, 8, 29)}000","_HOSTNAME":"mx","SYSLOG_IDENTIFIER":"postfix/qmgr","MESSAGE":"97CA59841E8: removed"}`;
const EVENT = '{"v":1,"at":"2026-11-24T08:29:00Z","messageId":"1@x","from":"a@x","recipients":2500}';
const OTHER = "2026-11-24T08:29:00Z mx sshd[1]: Accepted publickey for jo";

interface Outcome {
  readonly lines: number;
  readonly used: number;
  readonly other: number;
  readonly rejected: Readonly<Record<string, number>>;
}

function outcome(log: string | Buffer, options?: ReadLogOptions): Outcome {
  const { counters } = ingestLog(log, options);
  const { lines, used, other, rejected } = counters;
  return { lines, used, other, rejected: Object.fromEntries(rejected) };
}

describe("the format is known by the content", () => {
  test.each<[string, readonly string[], number]>([
    ["RFC 3339", [POSTFIX], 1],
    ["RFC 3164", [OLD], 1],
    ["a priority in front", [`<22>${POSTFIX}`, `<0>${OLD}`], 2],
    ["journald's JSON", [JOURNAL], 1],
    ["MailEvents", [EVENT], 1],
    ["all of them in one input, in turns", [POSTFIX, JOURNAL, EVENT, OLD, JOURNAL, POSTFIX, EVENT, EVENT, JOURNAL], 9],
  ])("%s", (_name, lines, used) => {
    expect(outcome(lines.join("\n"))).toEqual({ lines: used, used, other: 0, rejected: {} });
  });

  test("when it is not named", () => {
    const mixed = [POSTFIX, JOURNAL, EVENT].join("\n");
    for (const format of ["postfix", "journal", "mail-events"] as const) {
      const { used, rejected } = outcome(mixed, { format });
      expect(used).toBe(1);
      expect(rejected).toEqual({ "not-recognised": 2 });
    }
  });

  test("what journalctl says between the lines is sound and of no interest", () => {
    const notes = [
      "-- Journal begins at Mon 2026-11-02 07:00:01 UTC, ends at Tue 2026-11-24 08:30:00 UTC. --",
      "-- Logs begin at Mon 2026-11-02 07:00:01 UTC, end at Tue 2026-11-24 08:30:00 UTC. --",
      "-- Boot 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --",
      "-- Reboot --",
      "-- No entries --",
      "-- cursor: s=0f1e;i=1;b=2d3c;m=4;t=5;x=6",
    ];
    const log = notes.flatMap((note) => [note, POSTFIX]).join("\n");
    expect(outcome(log)).toEqual({ lines: 12, used: 6, other: 6, rejected: {} });
    expect(outcome(log, { format: "postfix" })).toEqual(outcome(log));
    expect(outcome("-- Bo\n-- No entries\n--\n").rejected).toEqual({ "not-recognised": 3 });
  });

  test("a finished event is passed on as it came", () => {
    expect(ingestLog(EVENT).events).toEqual([
      expect.objectContaining({
        site: "test",
        messageId: "1@x",
        from: "a@x",
        recipients: 2500,
        at: Date.UTC(2026, 10, 24, 8, 29),
      }),
    ]);
  });

  test("a byte order mark in front is no part of the first line", () => {
    for (const line of [POSTFIX, OLD, JOURNAL, EVENT]) expect(outcome(`\u{FEFF}${line}\n`).used).toBe(1);
    expect(outcome(`${POSTFIX}\n\u{FEFF}${POSTFIX}\n`)).toMatchObject({ used: 1, rejected: { "not-recognised": 1 } });
  });
});

describe("another file of the same input begins", () => {
  test("what stood behind the last newline of the one before is a line", () => {
    // The last line of a file that was rotated has no newline: without its end the two would be one line of neither.
    expect(outcome(POSTFIX + POSTFIX, { fileBytes: [POSTFIX.length] })).toMatchObject({
      lines: 2,
      used: 2,
      rejected: {},
    });
    expect(outcome(POSTFIX + POSTFIX)).toMatchObject({ lines: 1 });
  });

  test("it may have a byte order mark of its own", () => {
    const first = `\u{FEFF}${POSTFIX}\n`;
    const files = { fileBytes: [Buffer.byteLength(first)] };
    expect(outcome(`${first}\u{FEFF}${POSTFIX}\n`, files)).toMatchObject({ lines: 2, used: 2, rejected: {} });
    expect(outcome(`${first}${POSTFIX}\n\u{FEFF}${POSTFIX}\n`, files)).toMatchObject({ lines: 3, used: 2 });
  });

  test("an Exchange file's own #Fields line counts for its rows", () => {
    const file = (fields: string, row: string): string =>
      `\u{FEFF}#Software: Microsoft Exchange Server\r\n#Version: 15.02.1118.040\r\n#Log-type: Message Tracking Log\r\n#Date: 2026-11-24T08:00:00.000Z\r\n#Fields: ${fields}\r\n${row}\r\n`;
    const first = file(
      "date-time,client-hostname,server-hostname,source,event-id,message-id,recipient-address,sender-address",
      "2026-11-24T08:29:00.000Z,cl,mx,SMTP,RECEIVE,<1@x>,a@x,b@x",
    );
    const second = file(
      "date-time,event-id,source,client-hostname,server-hostname,recipient-address,message-id",
      "2026-11-24T08:29:01.000Z,RECEIVE,SMTP,cl,mx,a@x,<2@x>",
    );
    expect(outcome(first + second, { fileBytes: [Buffer.byteLength(first)] })).toEqual({
      lines: 12,
      used: 2,
      other: 10,
      rejected: {},
    });
  });
});

describe("a record of a partition", () => {
  test.each<[string, string, number]>([
    ["a line", POSTFIX, 1],
    ["a line and its newline", `${POSTFIX}\n`, 1],
    ["several", `${POSTFIX}\n${JOURNAL}\r\n\n${OLD}`, 3],
    ["one JSON document", EVENT, 1],
    ["several, and a newline", `${JOURNAL}\n${EVENT}\n`, 2],
    ["nothing", "", 0],
  ])("may be %s, and its end ends the last line", (_name, value, used) => {
    const records = [value, POSTFIX, value];
    expect(outcome("", { records })).toEqual({ lines: used * 2 + 1, used: used * 2 + 1, other: 0, rejected: {} });
  });

  test("with a NUL spoils no other", () => {
    const records = [`${POSTFIX}\0`, POSTFIX];
    expect(outcome("", { records })).toMatchObject({ used: 1, rejected: { "nul-byte": 1 } });
  });
});

describe("every line has an outcome", () => {
  test.each<[string, string | Buffer, Partial<Outcome>]>([
    ["of a mail", POSTFIX, { used: 1 }],
    ["another program's", OTHER, { other: 1 }],
    ["no format's", "hello", { rejected: { "not-recognised": 1 } }],
    ["a stamp alone", "2026-11-24T08:29:00Z ", { rejected: { "not-recognised": 1 } }],
    ["a stamp and a host", "2026-11-24T08:29:00Z mx", { rejected: { "not-recognised": 1 } }],
    ["no host", "2026-11-24T08:29:00Z  postfix/qmgr[1]: 97CA59841E6: removed", { rejected: { "not-recognised": 1 } }],
    [
      "a host so long that no word has room behind it",
      POSTFIX.replace(" mx ", ` ${"h".repeat(247)} `),
      { rejected: { "not-recognised": 1 } },
    ],
    ["a host that cannot be shown", POSTFIX.replace(" mx ", " m\u001b[2Jx "), { rejected: { "not-recognised": 1 } }],
    ["a host that is no ASCII", POSTFIX.replace(" mx ", " m\u202ex "), { rejected: { "not-recognised": 1 } }],
    [
      "a host beyond reason",
      `2026-11-24T08:29:00Z ${"h".repeat(300)} postfix/qmgr[1]: 97CA59841E6: removed`,
      { rejected: { "not-recognised": 1 } },
    ],
    [
      "a day that is none",
      "Nov 31 08:29:00 mx postfix/qmgr[1]: 97CA59841E6: removed",
      { rejected: { "bad-stamp": 1 } },
    ],
    [
      "a time that is none",
      "2026-11-24T25:29:00Z mx postfix/qmgr[1]: 97CA59841E6: removed",
      { rejected: { "bad-stamp": 1 } },
    ],
    ["no zone", "2026-11-24T08:29:00 mx postfix/qmgr[1]: 97CA59841E6: removed", { rejected: { "bad-stamp": 1 } }],
    ["NUL in a line of ours", `${POSTFIX}\0`, { rejected: { "nul-byte": 1 } }],
    ["NULs alone, as a crash leaves them", "\0".repeat(100), { rejected: { "nul-byte": 1 } }],
    ["bytes that are not UTF-8", Buffer.of(0xff, 0xfe, 0x41), { rejected: { "invalid-utf8": 1 } }],
    [
      "JSON that is not UTF-8",
      Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff), Buffer.from('"}')]),
      { rejected: { "invalid-utf8": 1 } },
    ],
    ["JSON that ends too soon", '{"v":1,"at":', { rejected: { "bad-json": 1 } }],
    ["an object of neither format", '{"a":1}', { rejected: { "bad-mail-event": 1 } }],
    [
      "a MailEvent with a field unknown to us",
      EVENT.replace("{", '{"mood":"good",'),
      { rejected: { "bad-mail-event": 1 } },
    ],
    [
      "a MailEvent with a __proto__",
      EVENT.replace("{", '{"__proto__":{"recipients":1},'),
      { rejected: { "bad-mail-event": 1 } },
    ],
    ["a list", "[1,2]", { rejected: { "not-recognised": 1 } }],
    ["a line too long", `2026-11-24T08:29:00Z mx ${"x".repeat(70_000)}`, { rejected: { "line-too-long": 1 } }],
    [
      "a delivery cut short",
      "2026-11-24T08:29:00Z mx postfix/smtp[1]: 97CA59841E6: to=<a@x",
      { rejected: { "malformed-delivery": 1 } },
    ],
  ])("%s", (_name, line, expected) => {
    expect(outcome(line)).toEqual({ lines: 1, used: 0, other: 0, rejected: {}, ...expected });
    // Nor does it disturb its neighbours.
    const around = Buffer.concat([Buffer.from(`${POSTFIX}\n`), Buffer.from(line), Buffer.from(`\n${POSTFIX}\n`)]);
    expect(outcome(around)).toMatchObject({ lines: 3, used: 2 + (expected.used ?? 0) });
  });

  test("a host beyond those that fit is rejected, those known go on", () => {
    const lines = ["mx1", "mx2", "mx3", "mx1"].map((host) => POSTFIX.replace(" mx ", ` ${host} `));
    expect(outcome(lines.join("\n"), { hostsMax: 2 })).toMatchObject({ used: 3, rejected: { "too-many-hosts": 1 } });
  });

  test("and a line rejected is told with its number and bytes", () => {
    const { rejected } = ingestLog(`${POSTFIX}\nhello\n${POSTFIX}\nworld`);
    expect(rejected).toEqual([
      { reason: "not-recognised", line: 2, text: "hello" },
      { reason: "not-recognised", line: 4, text: "world" },
    ]);
  });
});

test("a NUL is found however far its line is spread over chunks", () => {
  const log = `${POSTFIX}\n${POSTFIX.slice(0, 30)}\0${POSTFIX.slice(30)}\n${POSTFIX}\n`;
  for (let chunkBytes = 1; chunkBytes < 100; chunkBytes += 1) {
    expect(outcome(log, { chunkBytes })).toMatchObject({ lines: 3, used: 2, rejected: { "nul-byte": 1 } });
  }
});

test("any bytes in any chunks: as many outcomes as lines, the same whatever the chunks", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      POSTFIX,
      OLD,
      JOURNAL,
      EVENT,
      OTHER,
      "\n",
      "\r\n",
      "\0",
      "{",
      "}",
      "[",
      "\\",
      '"',
      "<22>",
      "\u{FEFF}",
    ),
    fc.nat(80).map((length) => POSTFIX.slice(0, length)),
    fc.nat(80).map((length) => JOURNAL.slice(0, length)),
    fc.string({ maxLength: 20 }),
  );
  const bytes = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(""))),
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
  );
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 64 }), (log, chunkBytes) => {
      const whole = ingestLog(log);
      const { lines, used, other } = whole.counters;
      expect(used + other + whole.rejected.length).toBe(lines);
      const cut = ingestLog(log, { chunkBytes });
      expect(cut.fragments).toEqual(whole.fragments);
      expect(cut.events).toEqual(whole.events);
      expect(cut.rejected).toEqual(whole.rejected);
      expect(cut.counters).toEqual(whole.counters);
    }),
    { seed: 4, numRuns: 300 },
  );
});
