// What the brokers said to a login -> a finding, and how to mend it.

import type { LogError } from "../../../shared/runtime/topic-log.ts";
import type { KafkaSettings } from "../service-settings.ts";
import type { Finding } from "./finding.ts";

type Login = Pick<KafkaSettings, "sasl" | "tls" | "securityProtocol">;

const subject = "login";

export function loggedIn({ sasl, tls }: Login): Finding {
  if (sasl !== undefined) return { level: "ok", subject, text: `${sasl.mechanism} as ${sasl.username}` };
  return { level: "ok", subject, text: tls?.certificate === undefined ? "none is asked for" : "by certificate" };
}

/** `isLogin`: it is the login that was refused, not the way to it. */
export function notLoggedIn({ message }: LogError, isLogin: boolean, kafka: Login): Finding {
  const { sasl, securityProtocol } = kafka;
  if (sasl === undefined) {
    // Who has not logged in is hung up on at the first question.
    const mend = [
      `Do they ask for a login? kafka.securityProtocol: SASL_${securityProtocol.toUpperCase()}, with kafka.sasl.`,
    ];
    return { level: "fail", subject, text: `the brokers do not talk to squall: ${message}`, mend };
  }
  const who = `${sasl.mechanism} as ${sasl.username}`;
  if (!isLogin) return { level: "fail", subject, text: `${who}: no answer: ${message}`, mend: [] };
  if (/not support/u.test(message)) {
    const mend = ["kafka.sasl.mechanism must be one of the broker's sasl.enabled.mechanisms."];
    return { level: "fail", subject, text: `${who}: the brokers do not take that mechanism`, mend };
  }
  if (/SASL state/u.test(message)) {
    const protocol = securityProtocol.replace("sasl_", "").toUpperCase();
    const mend = [`kafka.securityProtocol: ${protocol}, without kafka.sasl; or the port on which one logs in.`];
    return { level: "fail", subject, text: `${who}: this port takes no login`, mend };
  }
  const mend = [
    "Wrong name or password, or the brokers do not know the user for this mechanism:",
    "kafka-configs.sh --bootstrap-server HOST:PORT --describe --entity-type users --entity-name NAME",
  ];
  return { level: "fail", subject, text: `${who}: refused (${message})`, mend };
}
