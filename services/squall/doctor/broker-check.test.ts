import { expect, test } from "vitest";
import type { BrokerFault } from "../../../shared/adapters/kafka/broker-probe.ts";
import { Secret } from "../../../shared/domain/secret.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { SaslSettings, SecurityProtocol, TlsSettings } from "../service-settings.ts";
import { brokerFindings } from "./broker-check.ts";
import { loggedIn, notLoggedIn } from "./login-check.ts";

const NOW_MS = Date.UTC(2026, 10, 26);
const DAY_MS = 86_400_000;
const noTls = { securityProtocol: "plaintext", tls: undefined } as const;
const tls: TlsSettings = { ca: "PEM", certificate: undefined, key: undefined, keyPassphrase: undefined };
const sasl: SaslSettings = { mechanism: "SCRAM-SHA-512", username: "squall", password: new Secret("hunter2") };

interface Called {
  readonly fault: Partial<BrokerFault>;
  readonly securityProtocol?: SecurityProtocol;
  readonly isTold?: boolean;
  readonly ca?: undefined;
}

/** What is said of a broker that fails so, and the first mend. */
function said({ fault, securityProtocol = "ssl", isTold = false, ...own }: Called): string[] {
  const kafka = { securityProtocol, tls: securityProtocol.endsWith("ssl") ? { ...tls, ...own } : undefined };
  const probe = { addresses: [], fault: { stage: "tls", message: "says OpenSSL", code: "", ...fault } as const };
  const findings = brokerFindings("kafka1:9093", probe, { kafka, isTold, nowMs: NOW_MS });
  return findings.flatMap(({ level, subject, text, mend = [] }) => [`${level} ${subject}: ${text}`, ...mend]);
}

test("answers", () => {
  const context = { kafka: noTls, isTold: false, nowMs: NOW_MS };
  expect(brokerFindings("kafka1:9092", { addresses: ["192.0.2.1"], connectedTo: "192.0.2.1" }, context)).toEqual([
    { level: "ok", subject: "broker kafka1:9092", text: "192.0.2.1 answers in the clear" },
  ]);
  const soon = { addresses: ["192.0.2.1"], connectedTo: "192.0.2.1", certificateUntilMs: NOW_MS + 3 * DAY_MS };
  const underTls = { ...context, kafka: { securityProtocol: "ssl", tls } as const };
  expect(brokerFindings("kafka1:9093", soon, underTls).map(({ level, text }) => [level, text])).toEqual([
    ["ok", "192.0.2.1 answers under TLS"],
    ["warn", "its certificate ends in 3 days"],
  ]);
});

test.each<[Called, string, string]>([
  [
    { fault: { stage: "lookup", message: "no such host name" } },
    "its name: no such host name",
    "Is the name written right? getent hosts NAME",
  ],
  [
    { fault: { stage: "connect", message: "no answer in time" } },
    "no connection: no answer in time",
    "Does the broker run, and does the firewall let this machine through?",
  ],
  [
    { fault: { speaks: "clear" }, securityProtocol: "sasl_ssl" },
    "TLS: it speaks without TLS",
    "kafka.securityProtocol: SASL_PLAINTEXT, or another port: brokers have one for each protocol.",
  ],
  [
    { fault: { stage: "kafka", speaks: "tls" }, securityProtocol: "plaintext" },
    "connected, but no Kafka: it speaks TLS, squall does not",
    "kafka.securityProtocol: SSL, or another port: brokers have one for each protocol.",
  ],
  [
    { fault: { stage: "kafka", code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" } },
    "connected, but no Kafka: says OpenSSL",
    "It asks for a certificate: set kafka.ssl.certificate and kafka.ssl.key.",
  ],
  [
    { fault: { code: "ERR_TLS_CERT_ALTNAME_INVALID" } },
    "TLS: says OpenSSL",
    "Its certificate is for another name: write that name to kafka.brokers, or give the broker one for this name.",
  ],
  [{ fault: { code: "CERT_HAS_EXPIRED" } }, "TLS: says OpenSSL", "Its certificate is over: renew it."],
  [
    { fault: { code: "SELF_SIGNED_CERT_IN_CHAIN" }, ca: undefined },
    "TLS: says OpenSSL",
    "Who signed its certificate? Write the PEM file of that authority to kafka.ssl.ca.",
  ],
  [
    { fault: { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" } },
    "TLS: says OpenSSL",
    "kafka.ssl.ca holds another authority than the one that signed its certificate: openssl s_client -connect HOST:PORT -showcerts",
  ],
  [
    { fault: { stage: "kafka", message: "no answer in time", code: "ETIMEDOUT" } },
    "connected, but no Kafka: no answer in time",
    "It takes connections and does not answer: does it hang? Its own log may say why.",
  ],
  [
    { fault: { stage: "kafka", message: "something answers that is no Kafka broker" } },
    "connected, but no Kafka: something answers that is no Kafka broker",
    "Is it the port of a broker, and not of a controller or of something else?",
  ],
])("%j", (called, text, mend) => {
  expect(said(called)).toEqual([`fail broker kafka1:9093: ${text}`, mend]);
});

test("one that is only told of by the others", () => {
  const [text, ...mend] = said({ fault: { stage: "lookup", message: "no such host name" }, isTold: true });
  expect(text).toBe("fail broker kafka1:9093: told to clients by the other brokers; its name: no such host name");
  expect(mend.at(-1)).toContain("advertised.listeners");
});

test("who is let in", () => {
  const login = { securityProtocol: "sasl_ssl", sasl, tls } as const;
  expect(loggedIn(login).text).toBe("SCRAM-SHA-512 as squall");
  expect(loggedIn({ ...noTls, sasl: undefined }).text).toBe("none is asked for");
  expect(loggedIn({ ...login, sasl: undefined, tls: { ...tls, certificate: "PEM" } }).text).toBe("by certificate");
});

test.each([
  [
    "SASL SCRAM SHA512 authentication failed: invalid credentials with SASL mechanism SCRAM-SHA-512",
    true,
    /^SCRAM-SHA-512 as squall: refused \(/u,
    /^Wrong name or password/u,
  ],
  [
    "The broker does not support the requested SASL mechanism",
    true,
    /do not take that mechanism$/u,
    /sasl\.enabled\.mechanisms/u,
  ],
  [
    "Request is not valid given the current SASL state",
    true,
    /this port takes no login$/u,
    /^kafka\.securityProtocol: SSL, without kafka\.sasl/u,
  ],
])("who is not: %s", (message, isLogin, text, mend) => {
  const finding = notLoggedIn(new LogError("refused", message), isLogin, { securityProtocol: "sasl_ssl", sasl, tls });
  expect([finding.level, finding.mend?.length]).toEqual(["fail", expect.any(Number)]);
  expect(finding.text).toMatch(text);
  expect(finding.mend?.[0]).toMatch(mend);
  expect(JSON.stringify(finding)).not.toContain("hunter2");
});

test("without a login, where one is wanted", () => {
  const { text, mend } = notLoggedIn(new LogError("unreachable", "Closed connection"), false, {
    ...noTls,
    sasl: undefined,
  });
  expect([text, mend?.[0]]).toEqual([
    "the brokers do not talk to squall: Closed connection",
    "Do they ask for a login? kafka.securityProtocol: SASL_PLAINTEXT, with kafka.sasl.",
  ]);
});
