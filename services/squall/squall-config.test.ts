import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import { readYaml } from "../../shared/runtime/yaml-source.ts";
import { loadConfiguration } from "./configuration.ts";
import type { SquallConfig } from "./squall-defaults.ts";
import { loadSquallConfig } from "./squall-config.ts";

const directory = new URL("../../test/testdata/config/", import.meta.url);

function load(fileName: string): SquallConfig {
  const yamlText = readFileSync(new URL(fileName, directory), "utf8");
  return loadSquallConfig({ file: readYaml(yamlText, fileName), env: {}, flags: [], emitWindows: true });
}

function faults(fileName: string): string[] {
  try {
    load(fileName);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** File -> what is said of it, after its name. */
const WANT: Readonly<Record<string, readonly string[]>> = {
  "control-character.yaml": ["1:7: site: must not hold control characters"],
  "duration-without-unit.yaml": [
    "2:20: detector.allowedLateness: write a duration as 30s, 5m, 1h, 250ms or 2d",
    '3:9: detector.calm: "30 minutes" is no duration: write 30s, 5m, 1h, 250ms or 2d',
    '4:15: detector.hysteresis: "0s" is out of range: 1m to 30d',
  ],
  "everything-set.yaml": [],
  "inherited-names.yaml": [
    "1:1: unknown setting __proto__",
    "3:1: unknown setting constructor",
    "5:3: unknown setting detector.toString",
  ],
  "key-twice.yaml": ['3:1: "site" is set twice'],
  "least-and-greatest.yaml": [
    "2:3: unknown setting detector.emitWindows",
    '3:20: detector.allowedLateness: "1ms" is out of range: 1s to 1h',
    '4:17: detector.expiredAfter: "5m" is out of range: 1h to 30d',
    "5:18: detector.replyAllReach: must be at least 2",
    '6:9: detector.calm: "1ms" is out of range: 1m to 7d',
    '7:21: detector.provisionalEvery: "0s" is out of range: 1s to 1h',
    '9:12: detector.thresholds.burst: "0s" is out of range: 10s to 1d',
    "10:18: detector.thresholds.crowdPeople: must be at least 2",
    "11:16: detector.thresholds.paceScore: must be at least 1",
    "12:19: detector.thresholds.cascadeScore: must be at most 100",
    "14:19: detector.kernel.stormReplies: must be at least 0.01",
    '15:18: detector.kernel.talkDelays[0]: "0s" is out of range: 1s to 365d',
    '15:26: detector.kernel.talkDelays[2]: "400d" is out of range: 1s to 365d',
    "17:17: detector.bounds.threadsMax: must be at least 100",
    "18:18: detector.bounds.messagesMax: must be at least 1000",
    "19:25: detector.bounds.listsPerMessageMax: must be at most 50",
    "22:15: lists[0].audience: must be at least 1",
    '24:22: lists[0].thresholds.listBurstFast: "1ms" is out of range: 10s to 1d',
    "25:23: lists[0].thresholds.automaticMails: must be at least 2",
  ],
  "list-rules.yaml": [
    '2:11: lists[0].list: matches no list: write an address such as "all-staff@example.org" ' +
      'or a pattern such as "*@example.org"',
    "4:5: lists[1].list: is needed",
    '6:27: lists[2].expectedRepliesUntil: "tomorrow" is no time: write RFC 3339 with a zone, ' +
      "such as 2026-12-24T18:00:00+01:00",
    '8:7: unknown setting lists[2].thresholds.repliersMinimum; did you mean "repliersMin"?',
    '11:9: lists[2].trustedDomains[1]: is no domain: write it as "example.org"',
  ],
  "no-network.yaml": [
    "3:29: detector.relays.trusted[1]: is no IP address or network: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
    "3:47: detector.relays.trusted[2]: is no IP address or network: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
  ],
  "not-a-map.yaml": ["1:1: the file must be a map of settings"],
  "out-of-range.yaml": [
    "2:17: ingest.lineBytesMax: must be at least 1024",
    "4:18: detector.replyAllReach: must be at least 2",
    "6:18: detector.thresholds.burstPeople: must be a whole number",
    "7:16: detector.thresholds.paceScore: must be at least 1",
  ],
  "tabs.yaml": ["2:1: tabs are not allowed as indentation"],
  "two-documents.yaml": ["2:1: a second document begins here; only one is read"],
  "unfinished-list.yaml": ["4:1: flow sequence in block collection must be sufficiently indented and end with a ]"],
  "unknown-anchor.yaml": ["2:11: alias of an anchor that is not set"],
  "unknown-setting.yaml": [
    '3:3: unknown setting detector.priceGateDelivery; did you mean "priceGateDeliveries"?',
    "4:1: unknown setting colour",
  ],
  "unknown-tag.yaml": ["1:7: unresolved tag: !env"],
  "unknown-time-zone.yaml": ["1:11: timezone: is no time zone: write an IANA name such as Europe/London"],
  "wrong-types.yaml": [
    "1:7: site: expected string, received array",
    "2:11: subjects: expected boolean, received string",
    "4:17: ingest.lineBytesMax: expected number, received string",
    "5:11: detector: expected object, received string",
    "6:8: lists: expected array, received string",
    '7:19: advice[1]: expected one of "postfix"|"exim"|"exchange"|"microsoft365"|"mailman"',
  ],
  "inputs-twice.yaml": [
    "3:5: inputs[1]: reads the file /var/log/mail.log a second time",
    "5:5: inputs[3]: reads the UDP port 127.0.0.1:5514 a second time",
    "7:5: inputs[5]: reads standard input a second time",
  ],
  "receiver-name-taken.yaml": ["1:10: webhook.name: is the name of an entry of webhooks too"],
  "influx-url-with-query.yaml": ["1:15: influx.url: must end with the path: bucket and org are settings of their own"],
  "influx-without-bucket.yaml": [
    "2:3: influx.bucket: is needed: where points are to go",
    "3:7: influx.ca: is of no use with http: write https://… as url",
  ],
  "influx-without-url.yaml": ["1:9: influx.url: is needed: where the server is, such as http://127.0.0.1:8086"],
  "kafka-certificates-without-tls.yaml": [
    "2:3: kafka.securityProtocol: uses no TLS, though there are settings of ssl: write SSL, or SASL_SSL",
    "4:5: kafka.ssl.certificate: is needed: a key is of no use without it",
  ],
  "kafka-login-half-set.yaml": [
    "4:5: kafka.sasl.mechanism: is needed to log in: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
    "4:5: kafka.sasl.username: is needed to log in",
  ],
  "kafka-login-without-protocol.yaml": [
    "2:21: kafka.securityProtocol: does not log in, though there are settings of sasl: write SASL_SSL, or SASL_PLAINTEXT",
  ],
  "pseudonym-key-with-space.yaml": [
    "2:8: pseudonym.key: must be one line of visible ASCII, up to 1024 characters: make one with: openssl rand -base64 32",
  ],
  "services-set.yaml": [],
  "wrong-influx.yaml": [
    '2:8: influx.url: must not hold a name or a password: they go into token (of InfluxDB 1.8 as "name:password")',
    "4:14: influx.tokenFile: cannot stand beside token: give one of them",
    "5:11: influx.bucket: must not be empty",
    '6:12: influx.timeout: "10m" is out of range: 1s to 5m',
    "7:3: unknown setting influx.database",
  ],
  "wrong-kafka.yaml": [
    "2:13: kafka.brokers[0]: is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name",
    "2:21: kafka.brokers[1]: is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name",
    "2:33: kafka.brokers[2]: is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name",
    "2:56: kafka.brokers[3]: is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name",
    "3:16: kafka.topicPrefix: can be no name of a topic: up to 200 letters, digits, dots, dashes and underscores",
    "4:18: kafka.mailLogsTopic: can be no name of a topic: up to 200 letters, digits, dots, dashes and underscores",
    "5:13: kafka.clientId: must be up to 100 letters, digits, dots, dashes and underscores",
    "6:21: kafka.securityProtocol: expected one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
    "7:21: kafka.sasl.mechanism: expected one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
    "7:39: kafka.sasl.username: must not be empty",
    "7:53: kafka.sasl.password: must not be empty",
    "7:71: kafka.sasl.passwordFile: cannot stand beside password: give one of them",
    "8:8: kafka.ssl.key: is needed: a certificate is shown with its key",
    "8:81: kafka.ssl.keyPassphraseFile: cannot stand beside keyPassphrase: give one of them",
    '9:19: kafka.sessionTimeout: "5s" is out of range: 6s to 5m',
    "10:3: unknown setting kafka.heartbeat",
    "11:26: kafka.partitions.mailLogs: must be at least 1",
    "11:29: unknown setting kafka.partitions.stormAlerts",
    "12:16: kafka.replication: must be at least 1",
    '13:25: kafka.retention.mailLogs: "1m" is out of range: 1h to 365d',
    '14:24: services.flushEvery: "1ms" is out of range: 10ms to 5s',
  ],
  "wrong-pseudonym-key.yaml": [
    "2:11: pseudonym.people: expected boolean, received string",
    "3:8: pseudonym.key: is shorter than 32 characters, and might be guessed: make one with: openssl rand -base64 32",
    "4:12: pseudonym.keyFile: cannot stand beside key: give one of them",
    '5:3: unknown setting pseudonym.keys; did you mean "key"?',
  ],
  "wrong-inputs.yaml": [
    "2:5: inputs[0]: needs one of: file, files, syslog, stdin",
    "3:5: inputs[1]: needs one of: file, files, syslog, stdin",
    '4:12: inputs[2].file: write standard input as "stdin: true"',
    '5:13: inputs[3].files: names one file: write it as "file: …"; or a pattern such as /var/log/mail-*.log, or a folder with / at its end',
    "6:13: inputs[4].files: may have * and ? in the file's name only, not in a folder's",
    '7:19: inputs[5].syslog.udp: "localhost" is no address to listen on: write 127.0.0.1:PORT, [::1]:PORT, *:PORT (every address) or PORT (loopback)',
    '7:37: inputs[5].syslog.tcp: "127.0.0.1:99999" is no address to listen on: write 127.0.0.1:PORT, [::1]:PORT, *:PORT (every address) or PORT (loopback)',
    "8:13: inputs[6].syslog: needs udp or tcp, or both",
    "9:25: inputs[7].from: means something for file and files only",
    '10:30: unknown setting inputs[8].form; did you mean "format"?',
    "10:51: inputs[8].timezone: is no time zone: write an IANA name such as Europe/London",
    '11:38: inputs[9].format: expected one of "auto"|"postfix"|"journal"|"mail-events"|"exchange"',
    "12:13: inputs[10].stdin: expected true",
  ],
  "wrong-receivers.yaml": [
    "2:3: webhook: needs url or urlFile",
    '2:9: webhook.body: expected one of "standard"|"text"|"slack"',
    "5:10: webhooks[0].url: is no URL that can be called: write http://… or https://…",
    '6:14: webhooks[0].timeout: "1h" is out of range: 1s to 5m',
    "7:11: webhooks[1].name: is no name of a receiver: up to 64 letters, digits, dashes and underscores",
    "8:10: webhooks[1].url: must not hold a name or a password: send them in a header, as Authorization",
    '9:13: webhooks[1].secret: is no key of Standard Webhooks ("whsec_" and base64 of 24 to 64 bytes): make one with: echo "whsec_$(openssl rand -base64 32)"',
    "10:5: webhooks[2].name: is needed",
    "11:14: webhooks[2].urlFile: cannot stand beside url: give one of them",
    '12:15: webhooks[2].secrets[0]: is no key of Standard Webhooks ("whsec_" and base64 of 24 to 64 bytes): make one with: echo "whsec_$(openssl rand -base64 32)"',
    "16:21: webhooks[3].headers.Bad Header: is no name of a header",
    "17:19: webhooks[3].headers.webhook-id: is a header that squall sets itself",
    "18:16: webhooks[3].headers.X-Token: can be no header's value: one line of visible ASCII",
    '19:5: unknown setting webhooks[3].minSeverty; did you mean "minSeverity"?',
    "20:20: onAlert.command: must not be empty",
    "20:36: onAlert.concurrent: must be at least 1",
    "21:12: heartbeat: needs url or urlFile",
    '21:20: heartbeat.every: "1s" is out of range: 10s to 1d',
    '22:20: metrics.address: "everywhere" is no address to listen on: write 127.0.0.1:PORT, [::1]:PORT, *:PORT (every address) or PORT (loopback)',
  ],
};

test("nothing given: the documented defaults", () => {
  expect(loadSquallConfig({ env: {}, flags: [], emitWindows: true })).toEqual({
    site: "site",
    timezone: "UTC",
    advice: ["postfix", "exim", "exchange", "microsoft365", "mailman"],
    ingest: { lineBytesMax: 65_536, hostsMax: 10_000, listServers: [] },
    detector: defaultDetectorSettings,
  });
});

test("nothing given is what the schema makes of nothing", async () => {
  for (const emitWindows of [true, false]) {
    const unread = await loadConfiguration({ emitWindows }, { SQUALL_SITE: "", HOME: "/root" });
    expect(unread).toEqual(loadSquallConfig({ env: {}, flags: [], emitWindows }));
  }
  expect(await loadConfiguration({ emitWindows: true }, { SQUALL_SITE: "nhs" })).toMatchObject({ site: "nhs" });
  expect(await loadConfiguration({ emitWindows: true, advice: ["exim"] }, {})).toMatchObject({ advice: ["exim"] });
});

test("everything set", () => {
  const config = load("everything-set.yaml");
  expect(config).toMatchObject({ site: "nhs", timezone: "Europe/London" });
  expect(config.ingest).toEqual({
    lineBytesMax: 131_072,
    hostsMax: 10_000,
    listServers: ["lists.nhs.example", "10.0.0.9"],
  });
  const { thresholds, kernel, relays } = defaultDetectorSettings;
  expect(config.detector).toEqual({
    ...defaultDetectorSettings,
    allowSubject: false,
    allowedLatenessMs: 45_000,
    priceGateDeliveries: 1000,
    sharedLogins: ["webmail"],
    relays: { ...relays, trusted: ["192.0.2.7", "2001:db8::/32"], afterMs: 7_200_000, share: 0.5 },
    thresholds: { ...thresholds, burstMs: 900_000, burstPeople: 7 },
    kernel: { ...kernel, talkDelaysMs: [600_000, 7_200_000, 129_600_000] },
    listRules: [
      {
        list: "all-staff@nhs.example",
        audience: 840_000,
        priceGateDeliveries: 5000,
        thresholds: { repliersMin: 2, listBurstFastMs: 600_000 },
        trustedDomains: ["nhs.example"],
      },
      {
        list: "announce-*@nhs.example",
        announceOnly: true,
        expectedRepliesUntil: Date.UTC(2026, 11, 24, 17, 0, 0),
      },
      { list: "*@test.nhs.example", exempt: true },
    ],
  });
});

test("variables", () => {
  const env = {
    SQUALL_SITE: "nhs",
    SQUALL_TIMEZONE: "Asia/Kolkata",
    SQUALL_SUBJECTS: "false",
    SQUALL_ADVICE: "postfix, mailman",
    SQUALL_DETECTOR_ALLOWED_LATENESS: "1m",
    SQUALL_DETECTOR_THRESHOLDS_BURST_PEOPLE: "9",
    SQUALL_INGEST_LIST_SERVERS: "a.example,b.example",
  };
  const config = loadSquallConfig({ env, flags: [], emitWindows: true });
  expect(config).toMatchObject({ site: "nhs", timezone: "Asia/Kolkata", advice: ["postfix", "mailman"] });
  expect(config.ingest.listServers).toEqual(["a.example", "b.example"]);
  expect(config.detector).toMatchObject({
    allowSubject: false,
    allowedLatenessMs: 60_000,
    thresholds: { burstPeople: 9 },
  });
});

describe("what can be wrong", () => {
  const files = readdirSync(directory).toSorted();
  test("every file of the folder is expected here", () => {
    expect(files).toEqual(Object.keys(WANT).toSorted());
  });

  test.each(files)("%s", (fileName) => {
    expect(faults(fileName)).toEqual((WANT[fileName] ?? []).map((fault) => `${fileName}:${fault}`));
  });
});
