// Flags, SQUALL_* variables and a YAML file -> ServiceConfig, what one service on Kafka runs by: the one schema, and what the role needs of it.

import type { FlagValue } from "../../shared/runtime/config-layers.ts";
import { loadConfig } from "../../shared/runtime/config.ts";
import { createPseudonyms, defaultPseudonymSettings } from "../assembler/pseudonyms.ts";
import { consoleSettings } from "./console-config.ts";
import { influxSettings } from "./influx-config.ts";
import { kafkaSettings } from "./kafka-config.ts";
import { MAKE_A_KEY } from "./pseudonym-config.ts";
import { between } from "./receiver-config.ts";
import type { FileReads, ReadSecret } from "./secret-config.ts";
import type {
  ConsoleServiceConfig,
  KafkaCommand,
  KafkaSettings,
  ServiceConfig,
  ServiceRole,
} from "./service-settings.ts";
import { commonConfig, squallSchema } from "./squall-config.ts";
import type { SquallConfigSources } from "./squall-config.ts";

export interface ServiceConfigSources extends Omit<SquallConfigSources, "emitWindows"> {
  readonly role: ServiceRole;
  readonly fallbacks: readonly FlagValue[];
  readonly readSecret: ReadSecret;
}

/** The secrets of other roles may lie where this one cannot see them. */
function readsOf({ role, readSecret }: ServiceConfigSources, needsKey: boolean): FileReads {
  return {
    kafka: readSecret,
    influx: role === "recorder" ? readSecret : undefined,
    receivers: role === "alerter" ? readSecret : undefined,
    pseudonym: role === "assembler" || needsKey ? readSecret : undefined,
  };
}

/** The one schema, with what a role cannot do without. */
function serviceSchema(role: ServiceRole, reads: FileReads) {
  return schemaWith(needsOf(role), reads);
}

function schemaWith(needs: readonly Need[], reads: FileReads) {
  return needs.reduce((so, { holds, ...fault }) => {
    const [judge, when] = between(holds);
    return so.refine(judge, { ...fault, ...when });
  }, squallSchema(reads));
}

interface Need {
  readonly holds: (fields: object) => boolean;
  readonly error: string;
  readonly path: string[];
}

function brokersNeed(command: string): Need {
  return {
    holds: (fields) => partOf(fields, "kafka").has("brokers"),
    error: `is needed by squall ${command}: set SQUALL_KAFKA_BROKERS=host:9092,host:9092`,
    path: ["kafka", "brokers"],
  };
}

function needsOf(role: ServiceRole): Need[] {
  const brokers = brokersNeed(role);
  const server: Need = {
    // Where the part is there, its own rules ask for what is missing in it.
    holds: (fields) => Object.hasOwn(fields, "influx"),
    error: "is needed by squall recorder: set SQUALL_INFLUX_URL, SQUALL_INFLUX_BUCKET and SQUALL_INFLUX_TOKEN",
    path: ["influx", "url"],
  };
  const key: Need = {
    holds: (fields) => !hasPseudonyms(fields) || hasKey(fields),
    error: `is needed by squall assembler: set SQUALL_PSEUDONYM_KEY or SQUALL_PSEUDONYM_KEY_FILE (${MAKE_A_KEY}), the same for all of them; or people: false`,
    path: ["pseudonym", "key"],
  };
  const keyOfLogins: Need = {
    holds: (fields) => !hasPseudonyms(fields) || hasKey(fields) || !namesLogins(fields),
    error: "is needed by squall detector, since logins are pseudonyms and sharedLogins names some: set the assembler's",
    path: ["pseudonym", "key"],
  };
  const ofRole: Partial<Record<ServiceRole, Need>> = { recorder: server, assembler: key, detector: keyOfLogins };
  const own = ofRole[role];
  return own === undefined ? [brokers] : [brokers, own];
}

function hasPseudonyms(fields: object): boolean {
  return partOf(fields, "pseudonym").get("people") !== false;
}

function hasKey(fields: object): boolean {
  const pseudonym = partOf(fields, "pseudonym");
  return pseudonym.has("key") || pseudonym.has("keyFile");
}

function namesLogins(fields: object): boolean {
  const logins = partOf(fields, "detector").get("sharedLogins");
  return Array.isArray(logins) && logins.length > 0;
}

function partOf(fields: object, name: string): ReadonlyMap<string, unknown> {
  const part: unknown = new Map<string, unknown>(Object.entries(fields)).get(name);
  return new Map(typeof part === "object" && part !== null ? Object.entries(part) : []);
}

/** Throws a ConfigError with all faults. */
export function loadServiceConfig(sources: ServiceConfigSources): ServiceConfig {
  const given = loadGiven(sources, sources.role === "assembler");
  // The detector needs the key for one thing only, and it is not known before that there is such a thing.
  const isKeyWanted = sources.role === "detector" && given.pseudonym.people && given.detector.sharedLogins.length > 0;
  return serviceConfigOf(isKeyWanted ? loadGiven(sources, true) : given, sources.role);
}

export interface KafkaConfigSources extends Omit<ServiceConfigSources, "role"> {
  readonly command: KafkaCommand;
}

/** What a command that needs nothing but Kafka runs by. Throws a ConfigError with all faults. */
export function loadKafkaConfig({ command, ...sources }: KafkaConfigSources): KafkaSettings {
  const reads: FileReads = { kafka: sources.readSecret, influx: undefined, receivers: undefined, pseudonym: undefined };
  const given = loadConfig({ ...sources, schema: schemaWith([brokersNeed(command)], reads) });
  return Object.freeze(kafkaSettings(given.kafka, command));
}

const PAGE_NEED: Need = {
  holds: (fields) => partOf(fields, "console").get("address") !== undefined,
  error: "is off: squall console is nothing without its page",
  path: ["console", "address"],
};

/** What `squall console` runs by. Throws a ConfigError with all faults. */
export function loadConsoleConfig(sources: Omit<KafkaConfigSources, "command">): ConsoleServiceConfig {
  const reads: FileReads = { kafka: sources.readSecret, console: sources.readSecret };
  const given = loadConfig({ ...sources, schema: schemaWith([brokersNeed("console"), PAGE_NEED], reads) });
  const { address, token } = consoleSettings(given.console);
  if (address === undefined) throw new Error("squall console without its page");
  const kafka = Object.freeze(kafkaSettings(given.kafka, "console"));
  return Object.freeze({
    kafka,
    timezone: given.timezone,
    allowedLatenessMs: commonConfig(given, true).detector.allowedLatenessMs,
    metrics: { address: given.metrics.address },
    console: { address, token },
  });
}

function loadGiven(sources: ServiceConfigSources, needsKey: boolean) {
  return loadConfig({ ...sources, schema: serviceSchema(sources.role, readsOf(sources, needsKey)) });
}

function serviceConfigOf(given: ReturnType<typeof loadGiven>, role: ServiceRole): ServiceConfig {
  const { people, key, keyFile } = given.pseudonym;
  const pseudonymKey = people ? (key ?? keyFile) : undefined;
  const common = commonConfig(given, true);
  const { sharedLogins: logins } = common.detector;
  const sharedLogins = role === "detector" ? namedLogins(logins, pseudonymKey?.reveal()) : logins;
  return Object.freeze({
    ...common,
    role,
    detector: Object.freeze({ ...common.detector, sharedLogins }),
    kafka: Object.freeze(kafkaSettings(given.kafka, role)),
    flushEveryMs: given.services.flushEvery,
    people: role === "assembler" ? { pseudonymKey, allowSubject: given.subjects } : undefined,
    influx: role === "recorder" && given.influx !== undefined ? influxSettings(given.influx) : undefined,
    ...receiversOf(given, role),
    metrics: { address: given.metrics.address },
  });
}

function receiversOf(
  { webhook, webhooks, onAlert, heartbeat }: ReturnType<typeof loadGiven>,
  role: ServiceRole,
): Pick<ServiceConfig, "webhooks" | "onAlert" | "heartbeat"> {
  if (role !== "alerter") return { webhooks: [], onAlert: undefined, heartbeat: undefined };
  return { webhooks: webhook === undefined ? webhooks : [webhook, ...webhooks], onAlert, heartbeat };
}

/** As the events of the assembler name them. */
function namedLogins(logins: readonly string[], key: string | undefined): readonly string[] {
  const lower = logins.map((login) => login.toLowerCase());
  if (key === undefined || key === "") return lower;
  const people = createPseudonyms({ key, allowSubject: false, ...defaultPseudonymSettings });
  return lower.map((login) => people.name(login));
}
