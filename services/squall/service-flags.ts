// The command line of a service, and of what checks its settings -> settings that stand over file and environment.

import { ConfigError } from "../../shared/runtime/config-fault.ts";
import type { FlagValue } from "../../shared/runtime/config-layers.ts";
import type { KafkaReader } from "./service-settings.ts";
import type { StandaloneFlags } from "./standalone-flags.ts";
import { standaloneFlagValues } from "./standalone-flags.ts";

export interface ServiceFlags {
  /** YAML file. */
  readonly config?: string | undefined;
  readonly site?: string | undefined;
  readonly timezone?: string | undefined;
  /** `host:port`, separated by commas. */
  readonly brokers?: string | undefined;
  readonly topicPrefix?: string | undefined;
  /** Address or "off". */
  readonly metrics?: string | undefined;
}

export interface ConsoleFlags extends ServiceFlags {
  /** Address of the live page. */
  readonly console?: string | undefined;
}

export function serviceFlagValues({ site, timezone, brokers, topicPrefix, metrics }: ServiceFlags): FlagValue[] {
  return [
    { flag: "--site", path: ["site"], value: site },
    { flag: "--timezone", path: ["timezone"], value: timezone },
    { flag: "--brokers", path: ["kafka", "brokers"], value: brokers?.split(",").map((one) => one.trim()) },
    { flag: "--topic-prefix", path: ["kafka", "topicPrefix"], value: topicPrefix },
    { flag: "--metrics", path: ["metrics", "address"], value: metrics },
  ];
}

/** Of a command that takes those of standalone too. Throws ConfigError for what a service does not know. */
export function serviceFlagsOf(
  role: KafkaReader,
  paths: readonly string[],
  { config, site, timezone, metrics, ...others }: StandaloneFlags,
): ServiceFlags {
  const astray = standaloneFlagValues(paths, others).filter(({ value }) => value !== undefined);
  if (astray.length > 0) {
    const message = `is of squall standalone; squall ${role} has no such option`;
    throw new ConfigError(astray.map(({ flag }) => ({ where: flag, message, offset: -1 })));
  }
  return { config, site, timezone, metrics };
}
