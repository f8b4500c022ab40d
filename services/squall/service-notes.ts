// A valid configuration of a service -> what it comes to in a few lines, and what a careful reader would ask about it.

import type { TopicKind } from "../../shared/domain/topics.ts";
import { deadLetterTopic, STAGE_TOPICS, stateTopic } from "../../shared/domain/topics.ts";
import { isLoopback, parseListenAddress } from "../../shared/runtime/listen-address.ts";
import {
  heartbeatText,
  metricsWarnings,
  pageText,
  pageWarnings,
  portText,
  rulesText,
  tellsText,
} from "./config-notes.ts";
import type { ConsoleServiceConfig, InfluxSettings, KafkaSettings, ServiceConfig } from "./service-settings.ts";

/** One line a subject. */
export function serviceDigest(config: ServiceConfig): string[] {
  const { role, kafka, people, influx, metrics, detector } = config;
  const { inputs, outputs } = STAGE_TOPICS[role];
  const named = (kinds: readonly TopicKind[]): string => kinds.map((kind) => kafka.topics[kind]).join(", ");
  return [
    `kafka      ${kafka.brokers.join(", ")} (${securityText(kafka)})`,
    `reads      ${named(inputs)}`,
    ...(outputs.length === 0 ? [] : [`writes     ${named(outputs)}`]),
    `keeps      ${inputs.flatMap((kind) => keptOf(config, kafka.topics[kind])).join(", ")}`,
    ...(influx === undefined ? [] : [`influx     ${influx.url}, bucket ${influx.bucket}`]),
    ...(people === undefined
      ? []
      : [
          `people     ${people.pseudonymKey === undefined ? "in clear" : "pseudonyms"}, subjects ${people.allowSubject ? "in clear" : "left out"}`,
        ]),
    ...(role === "alerter" ? [`tells      ${tellsText(config)}`, `heartbeat  ${heartbeatText(config.heartbeat)}`] : []),
    ...(role === "detector" ? [`lists      ${rulesText(detector.listRules.length)}`] : []),
    `metrics    ${portText(metrics.address)}`,
  ];
}

/** Of `squall console`. */
export function consoleDigest({ kafka, console: page, metrics }: ConsoleServiceConfig): string[] {
  const { topics } = kafka;
  return [
    `kafka      ${kafka.brokers.join(", ")} (${securityText(kafka)})`,
    `reads      ${topics["thread-windows"]}, ${topics["storm-alerts"]}`,
    `live page  ${pageText(page)}`,
    `metrics    ${portText(metrics.address)}`,
  ];
}

export function consoleWarnings({ kafka, console: page, metrics }: ConsoleServiceConfig): string[] {
  return [...passwordWarnings(kafka), ...pageWarnings(page), ...metricsWarnings(metrics.address)];
}

function keptOf({ role }: ServiceConfig, input: string): string[] {
  const state = STAGE_TOPICS[role].keepsState ? [stateTopic(input, role)] : [];
  return [...state, deadLetterTopic(input)];
}

function securityText({ securityProtocol, sasl }: KafkaSettings): string {
  const protocol = securityProtocol.toUpperCase();
  return sasl === undefined ? protocol : `${protocol}, ${sasl.mechanism} as ${sasl.username}`;
}

/** What is allowed, and perhaps not meant. */
export function serviceWarnings(config: ServiceConfig): string[] {
  const { role, kafka, people, influx, webhooks, onAlert, metrics } = config;
  return [
    ...(role === "alerter" && webhooks.length === 0 && onAlert === undefined
      ? ["nobody is told: set webhook, webhooks or onAlert"]
      : []),
    ...passwordWarnings(kafka),
    ...(people !== undefined && people.pseudonymKey === undefined
      ? ["addresses of people stand in clear in mail-events and all that is made of them: set pseudonym.people to true"]
      : []),
    ...(influx === undefined ? [] : influxWarnings(influx)),
    ...metricsWarnings(metrics.address),
  ];
}

function passwordWarnings({ sasl, tls, brokers }: KafkaSettings): string[] {
  return sasl?.mechanism === "PLAIN" && tls === undefined && !brokers.every(isLocal)
    ? ["the password for Kafka goes over the network in clear: use SASL_SSL, or a SCRAM mechanism"]
    : [];
}

function influxWarnings({ url, token, org }: InfluxSettings): string[] {
  const { protocol, hostname } = new URL(url);
  const isOpen = protocol === "http:" && !isLoopback({ host: hostname.replaceAll(/[[\]]/gu, ""), port: 0 });
  return [
    ...(token !== undefined && isOpen
      ? ["the token for InfluxDB goes over the network in clear: use an https URL"]
      : []),
    ...(token === undefined ? ["no token for InfluxDB: only a server that asks for none takes points without"] : []),
    ...(org === "" ? ["no org for InfluxDB: 1.8 has none, 2 needs one"] : []),
  ];
}

function isLocal(broker: string): boolean {
  const address = parseListenAddress(broker);
  return address !== undefined && isLoopback(address);
}
