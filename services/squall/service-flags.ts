// The command line of a service, and of what checks its settings -> settings that stand over file and environment.

import type { FlagValue } from "../../shared/runtime/config-layers.ts";

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

export function serviceFlagValues({ site, timezone, brokers, topicPrefix, metrics }: ServiceFlags): FlagValue[] {
  return [
    { flag: "--site", path: ["site"], value: site },
    { flag: "--timezone", path: ["timezone"], value: timezone },
    { flag: "--brokers", path: ["kafka", "brokers"], value: brokers?.split(",").map((one) => one.trim()) },
    { flag: "--topic-prefix", path: ["kafka", "topicPrefix"], value: topicPrefix },
    { flag: "--metrics", path: ["metrics", "address"], value: metrics },
  ];
}
