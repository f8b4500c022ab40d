// A valid configuration of standalone -> what it comes to in a few lines, and what a careful reader would ask about it.

import { isLoopback, listenAddressText } from "../../shared/runtime/listen-address.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import type { ListenAddress } from "../../shared/runtime/listen-address.ts";
import type { HeartbeatSettings } from "../alerter/receiver-settings.ts";
import type { ConsoleSettings } from "./console-config.ts";
import { DEFAULT_LOGS_IN_WORDS } from "./default-log.ts";
import type { StandaloneConfig } from "./standalone/standalone-settings.ts";

/** One line a subject. */
export function configDigest(config: StandaloneConfig): string[] {
  const { inputs, state, heartbeat, metrics, console: page, detector } = config;
  return [
    `reads      ${inputs.length === 0 ? `a pipe, else ${DEFAULT_LOGS_IN_WORDS}` : inputs.map(({ name }) => name).join(", ")}`,
    `state      ${state}`,
    `tells      ${tellsText(config)}`,
    `heartbeat  ${heartbeatText(heartbeat)}`,
    `metrics    ${portText(metrics.address)}`,
    `live page  ${pageText(page)}`,
    `lists      ${rulesText(detector.listRules.length)}`,
  ];
}

export function tellsText({ webhooks, onAlert }: Pick<StandaloneConfig, "webhooks" | "onAlert">): string {
  const tells = [
    ...webhooks.map(({ name, url }) => `${name} (${url.shown})`),
    ...(onAlert === undefined ? [] : ["a command"]),
  ];
  return tells.length === 0 ? "nobody" : tells.join(", ");
}

export function heartbeatText(heartbeat: HeartbeatSettings | undefined): string {
  return heartbeat === undefined ? "none" : `${heartbeat.url.shown} every ${formatDuration(heartbeat.everyMs)}`;
}

export function pageText({ address, token }: ConsoleSettings): string {
  return `${portText(address)}${token === undefined ? "" : ", with a token"}`;
}

export function portText(address: ListenAddress | undefined): string {
  return address === undefined ? "off" : listenAddressText(address);
}

export function rulesText(rules: number): string {
  return rules === 0 ? "no rules of their own" : `${rules} ${rules === 1 ? "rule" : "rules"}`;
}

/** What is allowed, and perhaps not meant. */
export function configWarnings(config: StandaloneConfig): string[] {
  const { inputs, webhooks, onAlert, metrics, console: page } = config;
  const ports = inputs.flatMap((input) => (input.kind === "syslog" ? [input.udp, input.tcp] : []));
  return [
    ...(inputs.length === 0
      ? [
          `no inputs: squall standalone reads what its command line names, else a pipe, else ${DEFAULT_LOGS_IN_WORDS}, and ends where there is none`,
        ]
      : []),
    ...(webhooks.length === 0 && onAlert === undefined
      ? ["nobody is told: set webhook, webhooks or onAlert; alerts are only printed"]
      : []),
    ...[...new Set(ports.filter(isOpen).map(listenAddressText))].map(
      (where) => `syslog on ${where} is open to other machines: whoever reaches it can make up mail`,
    ),
    ...metricsWarnings(metrics.address),
    ...pageWarnings(page),
  ];
}

/** The token that a page elsewhere needs travels with whoever looks. */
export function pageWarnings({ address }: ConsoleSettings): string[] {
  if (!isOpen(address)) return [];
  return [
    `the live page on ${listenAddressText(address)} is without TLS: its token and the people it names go over the network in clear; best behind a proxy with TLS`,
  ];
}

export function metricsWarnings(address: ListenAddress | undefined): string[] {
  if (!isOpen(address)) return [];
  return [`metrics on ${listenAddressText(address)} can be read by other machines; they hold no addresses of people`];
}

function isOpen(address: ListenAddress | undefined): address is ListenAddress {
  return address !== undefined && !isLoopback(address);
}

export function looseSecret(path: string): string {
  return `${path} holds a secret and can be read by everybody: chmod o-r ${path}`;
}
