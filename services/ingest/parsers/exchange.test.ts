import { describe, expect, test } from "vitest";
import { FIELDS_2010, FIELDS_2016, logFile, rowText } from "../../../test/support/exchange-log.ts";
import type { IngestedLog, ReadLogOptions } from "../../../test/support/read-log.ts";
import { ingestLog } from "../../../test/support/read-log.ts";
import type { MailFragment } from "../../../shared/domain/mail-fragment.ts";

const AT = Date.UTC(2016, 10, 14, 8, 29, 1, 250);
const NETWORK_ID = "6a638d20-1e63-493a-80a2-08da9a4ff8da";

type Values = Readonly<Record<string, string>>;

const told: Values = {
  "message-id": "<1@x.example.org>",
  "network-message-id": NETWORK_ID,
  "message-subject": "Test",
  "sender-address": "Ann@x.example.org",
  "return-path": "Ann@x.example.org",
};
const received: Values = {
  ...told,
  source: "STOREDRIVER",
  "event-id": "RECEIVE",
  "client-ip": "10.1.0.9",
  "client-hostname": "MBX1",
  "server-hostname": "EX01",
  "recipient-address": "all@x.example.org",
  "recipient-count": "1",
  "internal-message-id": "100",
};
const bySmtp: Values = { ...received, source: "SMTP", directionality: "Incoming" };
const expanded: Values = {
  ...told,
  source: "ROUTING",
  "event-id": "EXPAND",
  "server-hostname": "EX01",
  "related-recipient-address": "All@x.example.org",
  "recipient-address": "a@x.example.org;b@x.example.org;c@x.example.org",
  "recipient-count": "3",
  "internal-message-id": "100",
};
const delivered: Values = {
  ...told,
  source: "STOREDRIVER",
  "event-id": "DELIVER",
  "client-hostname": "EX01",
  "server-hostname": "MBX7.x.example.org",
  "recipient-address": "a@x.example.org;b@x.example.org",
  "recipient-count": "2",
  "internal-message-id": "101",
};

function read(...rows: readonly Values[]): IngestedLog {
  return ingestLog(logFile(rows.map((values) => ({ at: AT, values }))));
}

function only(log: IngestedLog): MailFragment {
  expect(log.rejected).toEqual([]);
  expect(log.fragments).toHaveLength(1);
  const [fragment] = log.fragments;
  if (fragment === undefined) throw new Error("no fragment");
  return fragment;
}

describe("a mail is taken in", () => {
  test("from a mailbox", () => {
    expect(only(read(received))).toMatchObject({
      host: "ex01",
      queueId: NETWORK_ID,
      firstAt: AT,
      acceptedAt: AT,
      client: "local",
      login: "Ann@x.example.org",
      sender: "Ann@x.example.org",
      nrcpt: 1,
      messageId: "1@x.example.org",
      headers: { from: "Ann@x.example.org", subject: "Test" },
      headerTo: "all@x.example.org",
      minutes: undefined,
      removedAt: undefined,
    });
  });

  test.each<[string, Values, Partial<MailFragment>]>([
    ["by SMTP from outside", { "client-ip": "198.51.100.7" }, { client: "198.51.100.7", login: undefined }],
    [
      "by SMTP from inside, or with a login",
      { directionality: "Originating" },
      { client: "10.1.0.9", login: "Ann@x.example.org" },
    ],
    ["from a service of the server itself", { "client-hostname": "EX01.x.example.org" }, { client: "local" }],
    ["by a link-local address", { "client-ip": "fe80::1%3" }, { client: "fe80::1" }],
    ["without an address", { "client-ip": "" }, { client: undefined }],
    [
      "through the front end of the same server",
      {
        "client-hostname": "EX01",
        "original-client-ip": "198.51.100.7",
        "custom-data": "S:DeliveryPriority=Normal;S:FirstForestHop=EX01.x.example.org;S:IsProbe=False",
      },
      { client: "198.51.100.7", login: undefined },
    ],
    [
      "from the first server, which names where it had it from",
      { "original-client-ip": "198.51.100.7", "custom-data": "S:FirstForestHop=EX02.x.example.org" },
      { client: "10.1.0.9" },
    ],
    ["with a null return path", { "return-path": "<>" }, { sender: "" }],
    ["without a return path", { "return-path": "" }, { sender: undefined }],
    [
      "without a subject: its logging can be switched off",
      { "message-subject": "" },
      { headers: { from: told["sender-address"] ?? "" } },
    ],
    ["without a network message id", { "network-message-id": "" }, { queueId: "1@x.example.org" }],
    ["with a Message-ID that is none", { "message-id": "no id" }, { messageId: "no id", queueId: NETWORK_ID }],
    ["to more than its row lists", { "recipient-count": "50" }, { nrcpt: 50 }],
    ["to as many as its row lists", { "recipient-count": "", "recipient-address": "a@x;b@x;;c@x;" }, { nrcpt: 3 }],
  ])("%s", (_name, values, said) => {
    expect(only(read({ ...bySmtp, ...values }))).toMatchObject(said);
  });

  test("as a report of the server's own", () => {
    const report = {
      ...bySmtp,
      source: "DSN",
      "event-id": "DSN",
      "client-ip": "",
      "client-hostname": "",
      "return-path": "<>",
    };
    expect(only(read(report))).toMatchObject({ host: "ex01", client: undefined, sender: "", nrcpt: 1, acceptedAt: AT });
  });

  test("once, however many rows of a server say so", () => {
    const { nrcpt, acceptedAt } = only(read(received, received, { ...bySmtp, "internal-message-id": "7" }));
    expect({ nrcpt, acceptedAt }).toEqual({ nrcpt: 1, acceptedAt: AT });
  });

  test("by two servers: two records", () => {
    const { fragments } = read(received, { ...bySmtp, "server-hostname": "EX02", "client-hostname": "EX01" });
    expect(fragments.map(({ host, client }) => `${host} ${client}`)).toEqual(["ex01 local", "ex02 10.1.0.9"]);
  });

  test.each([
    ["IPM.Note", undefined],
    ["IPM.Note.SMIME", undefined],
    ["IPM.Schedule.Meeting.Request", undefined],
    ["IPM.Note.Rules", undefined],
    ["IPM.Note.Rules.OofTemplate.Microsoft", "auto-replied"],
    ["IPM.Note.Rules.ReplyTemplate.Microsoft", "auto-replied"],
    ["REPORT.IPM.Note.IPNRN", "auto-replied"],
    ["IPM.Outlook.Recall", "auto-replied"],
  ])("of class %s: %s", (messageClass, autoSubmitted) => {
    const context = `MDB:1, Mailbox:2, Event:3, MessageClass:${messageClass}, ClientType:MOMT`;
    expect(only(read({ ...received, "source-context": context })).headers?.["auto-submitted"]).toBe(autoSubmitted);
  });

  test("with whatever the sender put into the subject", () => {
    const subjects = ['RE: "Test", please; stop', ",", '""', "größer, schneller – ✉", "a;b", "=?UTF-8?Q?x?="];
    for (const subject of subjects) {
      const { headers } = only(read({ ...received, "message-subject": subject }));
      expect(Buffer.from(headers?.subject ?? "", "latin1").toString()).toBe(subject);
    }
    const long = only(read({ ...received, "message-subject": `"${"x".repeat(5000)}` })).headers?.subject;
    expect(long).toBe(`"${"x".repeat(997)}`);
  });
});

describe("a moderator", () => {
  const asked = {
    ...told,
    source: "APPROVAL",
    "event-id": "INITMESSAGECREATED",
    "recipient-address": "all@x.example.org",
    "server-hostname": "EX01",
  };
  const approved = { ...asked, "event-id": "MODERATORAPPROVE" };

  test("is asked, and the mail waits", () => {
    expect(only(read(received, asked))).toMatchObject({ held: true, releasedAt: undefined });
  });

  test("has said yes", () => {
    expect(only(read(received, asked, approved))).toMatchObject({ held: true, releasedAt: AT });
  });

  test("is not believed where the row names no server, whichever rows stand before it", () => {
    const nameless = { ...asked, "server-hostname": "" };
    const { fragments, counters, rejected } = read(received, nameless, nameless);
    expect(fragments.map(({ held }) => held)).toEqual([undefined]);
    expect([counters.other, rejected]).toEqual([expect.any(Number), []]);
  });
});

describe("a group is expanded", () => {
  test("under the address that stands for it", () => {
    expect(only(read(received, expanded))).toMatchObject({
      nrcpt: 1,
      expansions: [{ address: "all@x.example.org", members: 3 }],
    });
  });

  test("once, whatever rows say it again", () => {
    const fewer = { ...expanded, "recipient-address": "a@x.example.org", "recipient-count": "1" };
    for (const rows of [
      [expanded, fewer, expanded],
      [fewer, expanded],
    ]) {
      expect(only(read(received, ...rows)).expansions).toEqual([{ address: "all@x.example.org", members: 3 }]);
    }
  });

  test("with the groups in it", () => {
    const inner = { ...expanded, "related-recipient-address": "a@x.example.org", "recipient-count": "40" };
    expect(only(read(received, expanded, inner)).expansions).toEqual([
      { address: "all@x.example.org", members: 3 },
      { address: "a@x.example.org", members: 40 },
    ]);
  });

  test("before the log begins: the mail is known all the same", () => {
    expect(only(read(expanded))).toMatchObject({ acceptedAt: AT, nrcpt: 1, headers: { subject: "Test" } });
  });

  test("and is empty", () => {
    const { counters } = read({ ...expanded, "recipient-address": "", "recipient-count": "0" });
    expect(counters).toMatchObject({ other: 6, used: 0 });
  });

  test("of very many members, in a row longer than other logs have lines", () => {
    const members = Array.from({ length: 60_000 }, (_, index) => `person${index}@x.example.org`);
    const row = { ...expanded, "recipient-address": members.join(";"), "recipient-count": "60000" };
    const log = logFile([received, row].map((values) => ({ at: AT, values })));
    expect(log.length).toBeGreaterThan(1_000_000);
    for (const chunkBytes of [4096, 262_144, log.length * 2]) {
      const { fragments, rejected } = ingestLog(log, { chunkBytes });
      expect(rejected).toEqual([]);
      expect(fragments[0]?.expansions).toEqual([{ address: "all@x.example.org", members: 60_000 }]);
    }
  });
});

describe("a delivery is tried", () => {
  test.each<[string, Values, object]>([
    ["DELIVER", {}, { delivered: 2, deferred: 0, bounced: 0 }],
    ["SEND", { source: "SMTP", "recipient-count": "7" }, { delivered: 7, deferred: 0, bounced: 0 }],
    ["SENDEXTERNAL", { source: "SMTP" }, { delivered: 2, deferred: 0, bounced: 0 }],
    ["DEFER", {}, { delivered: 0, deferred: 2, bounced: 0 }],
    [
      "FAIL",
      { source: "ROUTING", "client-hostname": "", "server-hostname": "EX01" },
      { delivered: 0, deferred: 0, bounced: 2 },
    ],
    ["FAIL", { source: "SMTP", "server-hostname": "mx.example.net" }, { delivered: 0, deferred: 0, bounced: 2 }],
  ])("%s", (event, values, counts) => {
    const { host, minutes, acceptedAt, nrcpt } = only(read({ ...delivered, "event-id": event, ...values }));
    expect({ host, acceptedAt, nrcpt }).toEqual({ host: "ex01", acceptedAt: undefined, nrcpt: undefined });
    expect(minutes).toEqual([{ start: Date.UTC(2016, 10, 14, 8, 29), ...counts }]);
  });

  test("by all forks of the mail together", () => {
    const forked = { ...expanded, "event-id": "TRANSFER", "source-context": "Resolver", reference: "100" };
    const { minutes, nrcpt } = only(
      read(
        received,
        expanded,
        { ...forked, "internal-message-id": "101" },
        { ...forked, "internal-message-id": "102" },
        delivered,
        { ...delivered, "internal-message-id": "102" },
      ),
    );
    expect(nrcpt).toBe(1);
    expect(minutes?.[0]?.delivered).toBe(4);
  });

  test("a second copy for one that had it: none", () => {
    const twice = {
      ...delivered,
      "event-id": "DUPLICATEDELIVER",
      "recipient-address": "B@x.example.org;c@x.example.org",
    };
    expect(only(read(received, twice, twice))).toMatchObject({
      duplicateTo: ["b@x.example.org", "c@x.example.org"],
      minutes: undefined,
    });
  });
});

describe("a row tells nothing", () => {
  test.each([
    "HARECEIVE",
    "HAREDIRECT",
    "HAREDIRECTFAIL",
    "HADISCARD",
    "NOTIFYMAPI",
    "SUBMIT",
    "TRANSFER",
    "AGENTINFO",
    "RESOLVE",
    "REDIRECT",
    "DROP",
    "DUPLICATEEXPAND",
    "PROCESS",
    "SOMETHINGNEW",
  ])("%s", (event) => {
    const { fragments, counters, rejected } = read({ ...received, "event-id": event });
    expect({ fragments, rejected, used: counters.used }).toEqual({ fragments: [], rejected: [], used: 0 });
  });

  test("a session that was refused", () => {
    const { fragments, rejected } = read({ source: "SMTP", "event-id": "FAIL", "client-hostname": "EX01" });
    expect({ fragments, rejected }).toEqual({ fragments: [], rejected: [] });
  });
});

describe("a row is refused", () => {
  const text = rowText({ at: AT, values: received });
  const head = (fields = FIELDS_2016): string => `#Software: Microsoft Exchange Server\r\n#Fields: ${fields}\r\n`;

  test.each<[string, string, string]>([
    ["cut in its middle", head() + text.slice(0, 120), "malformed-tracking-row"],
    ["cut in a quoted value", `${head()}${text.slice(0, 60)},"MDB:1, Mailbox`, "malformed-tracking-row"],
    ["with a column too many", `${head()}${text},x`, "malformed-tracking-row"],
    ["with a column too few", head() + text.slice(0, text.lastIndexOf(",")), "malformed-tracking-row"],
    ["with text behind a quote", head() + text.replace("STOREDRIVER", '"STORE"DRIVER'), "malformed-tracking-row"],
    ["of 100,000 columns", `${head()}${text}${",".repeat(100_000)}`, "malformed-tracking-row"],
    ["with a count that is none", head() + text.replace(",1,", ",one,"), "malformed-tracking-row"],
    ["with a count beyond reason", head() + text.replace(",1,", ",99999999999,"), "malformed-tracking-row"],
    [
      "without recipients",
      head() + text.replace("all@x.example.org", "").replace(",1,", ",0,"),
      "malformed-tracking-row",
    ],
    [
      "without any id",
      head() + text.replace("<1@x.example.org>", "").replace(NETWORK_ID, ""),
      "malformed-tracking-row",
    ],
    ["without a server", head() + text.replace("EX01", "").replace("MBX1", ""), "malformed-tracking-row"],
    [
      "that expands nothing",
      head() + rowText({ at: AT, values: { ...expanded, "related-recipient-address": "" } }),
      "malformed-tracking-row",
    ],
    ["of a day that does not exist", head() + text.replace("2016-11-14", "2016-11-31"), "bad-stamp"],
    ["with more than a stamp in its stamp", head() + text.replace("250Z", "250Z "), "bad-stamp"],
    ["before a line of fields", text, "tracking-row-before-fields"],
    [
      "behind the head of a file that goes no further",
      `${head()}#Software: Microsoft Exchange Server\n${text}`,
      "tracking-row-before-fields",
    ],
    ["with a NUL", head() + text.replace("Test", "Te\0st"), "nul-byte"],
    ["that is not UTF-8 nor anything else", `${head()}ÿþ`, "not-recognised"],
  ])("%s", (_name, log, reason) => {
    for (const options of [{}, { format: "exchange" }] satisfies ReadLogOptions[]) {
      const { rejected, fragments } = ingestLog(log, options);
      expect(rejected.map((one) => one.reason)).toEqual([reason]);
      expect(fragments).toEqual([]);
    }
  });

  test("of a log whose fields are those of no tracking log", () => {
    const smtp =
      "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n#Log-type: SMTP Receive Protocol Log\n#Date: 2023-01-11T16:00:04.113Z\n" +
      "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n" +
      '2023-01-11T15:59:51.433Z,EX01\\Default Frontend EX01,08D3,1,10.0.0.1:25,192.0.2.9:56026,>,"220 EX01 ready, at last",\n';
    expect(ingestLog(smtp).rejected.map(({ reason }) => reason)).toEqual([
      "unknown-tracking-fields",
      "tracking-row-before-fields",
    ]);
  });

  test("where the stamp does not come first, by the number of its columns", () => {
    const fields = FIELDS_2010.split(",").toReversed().join(",");
    const row = rowText({ at: AT, values: received }, fields);
    const { rejected } = ingestLog(`${head(fields)}${row}\n${row.slice(0, -30)}\n${row.slice(0, 8)}\n`);
    expect(rejected.map(({ reason }) => reason)).toEqual(["malformed-tracking-row", "not-recognised"]);
  });

  test("and the dead letter has its beginning, however long it is", () => {
    const { rejected } = ingestLog(`${head()}${text.slice(0, 120)}`);
    expect(rejected[0]).toMatchObject({ line: 3, text: text.slice(0, 120) });
  });
});

describe("the columns are what #Fields names", () => {
  const row = { at: AT, values: received };
  const names = FIELDS_2016.split(",");

  test.each([
    ["2016", FIELDS_2016],
    ["2010", FIELDS_2010],
    ["backwards", names.toReversed().join(",")],
    ["with unknown ones", `future-one,${FIELDS_2016},future-two`],
    ["in capitals and with spaces", FIELDS_2016.toUpperCase().replaceAll(",", ", ")],
    ["with one named twice", `${FIELDS_2016},source`],
  ])("%s", (_name, fields) => {
    const columns = fields.split(",").map((name) => name.trim().toLowerCase());
    const { fragments, rejected } = ingestLog(
      logFile([row], { fields: columns.join(",") }).replace(columns.join(","), fields),
    );
    expect(rejected).toEqual([]);
    expect(fragments).toHaveLength(1);
    expect(fragments[0]).toMatchObject({ host: "ex01", client: "local", nrcpt: 1, messageId: "1@x.example.org" });
  });

  test("of each file, where files stand one behind the other", () => {
    const files = [FIELDS_2016, FIELDS_2010, names.toReversed().join(",")].map((fields) => logFile([row], { fields }));
    const { counters, fragments, rejected } = ingestLog(files.join(""));
    expect(rejected).toEqual([]);
    expect(counters).toMatchObject({ lines: 18, used: 3, other: 15 });
    expect(new Set(fragments.map(({ queueId }) => queueId))).toEqual(new Set([NETWORK_ID, "1@x.example.org"]));
  });

  test("said twice", () => {
    const log = logFile([row, row]);
    const [, again = ""] = /(#Fields:.*\r\n)/.exec(log) ?? [];
    const { counters } = ingestLog(log.replace(again, again + again));
    expect(counters).toMatchObject({ used: 2, other: 6 });
  });

  test("100,000 of them", () => {
    const fields = `${FIELDS_2016},${Array.from({ length: 100_000 }, (_, index) => `x${index}`).join(",")}`;
    expect(ingestLog(logFile([row], { fields })).counters).toMatchObject({ used: 1, other: 5 });
  });
});

describe("the format is known by its content", () => {
  const log = logFile([{ at: AT, values: received }]);
  const POSTFIX = "2016-11-14T08:29:00Z mx postfix/qmgr[1]: 97CA59841E6: removed\n";

  test.each([
    ["with a byte order mark", log],
    ["without", log.slice(1)],
    ["in the middle of another log", POSTFIX + log + POSTFIX],
    ["with lines of another in between", log.replace("#Fields", `${POSTFIX}#Fields`) + POSTFIX],
  ])("%s", (_name, text) => {
    const { counters, rejected } = ingestLog(text);
    expect(rejected).toEqual([]);
    expect(counters.used).toBe(1 + (text.match(/removed/g) ?? []).length);
  });

  test("and long lines are read in it alone", () => {
    const long = `${"x".repeat(70_000)}\n`;
    const reasons = (text: string): readonly string[] => ingestLog(text).rejected.map(({ reason }) => reason);
    expect(reasons(POSTFIX + long + POSTFIX)).toEqual(["line-too-long"]);
    expect(reasons(log + long + POSTFIX + POSTFIX + long)).toEqual(["not-recognised", "line-too-long"]);
  });

  test("hosts are bounded as in any format", () => {
    const rows = ["EX01", "EX02", "EX03"].map((name) => ({ at: AT, values: { ...received, "server-hostname": name } }));
    const { rejected } = ingestLog(logFile(rows), { hostsMax: 2 });
    expect(rejected.map(({ reason }) => reason)).toEqual(["too-many-hosts"]);
  });
});
