// What came of calling a broker, and of logging in -> findings.

import type { BrokerFault, BrokerProbe } from "../../../shared/adapters/kafka/broker-probe.ts";
import type { KafkaSettings, SecurityProtocol } from "../service-settings.ts";
import { certificateFindings } from "./receiver-check.ts";
import type { Finding } from "./finding.ts";

export interface BrokerCheckContext {
  readonly kafka: Pick<KafkaSettings, "securityProtocol" | "tls">;
  /** The others tell clients of it; it does not stand in the configuration. */
  readonly isTold: boolean;
  readonly nowMs: number;
}

export function brokerFindings(broker: string, probe: BrokerProbe, context: BrokerCheckContext): Finding[] {
  const { kafka, isTold, nowMs } = context;
  const subject = `broker ${broker}`;
  const { fault, connectedTo = "", certificateUntilMs } = probe;
  if (fault === undefined) {
    const how = kafka.tls === undefined ? "in the clear" : "under TLS";
    const answers: Finding = { level: "ok", subject, text: `${connectedTo} answers ${how}` };
    return [answers, ...certificateFindings(subject, certificateUntilMs, nowMs)];
  }
  const told = isTold ? "told to clients by the other brokers; " : "";
  const mend = [...mendOf(fault, kafka), ...(isTold ? [ADVERTISED] : [])];
  return [{ level: "fail", subject, text: `${told}${STAGES[fault.stage]}: ${whatIsSaid(fault)}`, mend }];
}

const ADVERTISED =
  "That name and port come from advertised.listeners of the broker: this machine must be able to use them.";

const STAGES: Readonly<Record<BrokerFault["stage"], string>> = {
  lookup: "its name",
  connect: "no connection",
  tls: "TLS",
  kafka: "connected, but no Kafka",
};

function whatIsSaid({ message, speaks }: BrokerFault): string {
  if (speaks === "tls") return "it speaks TLS, squall does not";
  return speaks === "clear" ? "it speaks without TLS" : message;
}

function mendOf(fault: BrokerFault, { securityProtocol, tls }: BrokerCheckContext["kafka"]): string[] {
  const { stage, code, speaks } = fault;
  if (speaks !== undefined) {
    const other = otherWay(securityProtocol).toUpperCase();
    return [`kafka.securityProtocol: ${other}, or another port: brokers have one for each protocol.`];
  }
  if (stage === "lookup") return ["Is the name written right? getent hosts NAME"];
  if (stage === "connect") return ["Does the broker run, and does the firewall let this machine through?"];
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/u.test(code)) {
    return ["It asks for a certificate: set kafka.ssl.certificate and kafka.ssl.key."];
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return [
      "Its certificate is for another name: write that name to kafka.brokers, or give the broker one for this name.",
    ];
  }
  if (code === "CERT_HAS_EXPIRED") return ["Its certificate is over: renew it."];
  if (stage === "tls") {
    return [
      tls?.ca === undefined
        ? "Who signed its certificate? Write the PEM file of that authority to kafka.ssl.ca."
        : "kafka.ssl.ca holds another authority than the one that signed its certificate: openssl s_client -connect HOST:PORT -showcerts",
    ];
  }
  if (code === "ETIMEDOUT") return ["It takes connections and does not answer: does it hang? Its own log may say why."];
  return ["Is it the port of a broker, and not of a controller or of something else?"];
}

function otherWay(protocol: SecurityProtocol): SecurityProtocol {
  const others = {
    plaintext: "ssl",
    ssl: "plaintext",
    sasl_plaintext: "sasl_ssl",
    sasl_ssl: "sasl_plaintext",
  } as const satisfies Record<SecurityProtocol, SecurityProtocol>;
  return others[protocol];
}
