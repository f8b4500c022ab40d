// The command line of `squall standalone` and of what checks it -> settings that stand over file and environment.

import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment, FlagValue } from "../../shared/runtime/config-layers.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import type { AdviceSystem } from "../../shared/domain/storm-alert.ts";
import type { FormatName } from "../ingest/formats.ts";
import type { ReadFrom } from "./standalone/standalone-settings.ts";

export interface StandaloneFlags {
  /** YAML file. */
  readonly config?: string | undefined;
  readonly site?: string | undefined;
  readonly timezone?: string | undefined;
  readonly advice?: readonly AdviceSystem[] | undefined;
  readonly state?: string | undefined;
  readonly webhook?: string | undefined;
  readonly onAlert?: string | undefined;
  readonly heartbeatUrl?: string | undefined;
  /** Address or "off". */
  readonly metrics?: string | undefined;
  /** Address or "off". */
  readonly console?: string | undefined;
  /** Of the inputs that the command line names. */
  readonly syslogUdp?: string | undefined;
  readonly syslogTcp?: string | undefined;
  readonly format?: FormatName | "auto" | undefined;
  readonly from?: ReadFrom | undefined;
}

/** `paths`: files, patterns, folders with "/" at their end, or "-". Throws ConfigError for options that mean nothing together. */
export function standaloneFlagValues(paths: readonly string[], flags: StandaloneFlags): FlagValue[] {
  return [
    { flag: "--site", path: ["site"], value: flags.site },
    { flag: "--timezone", path: ["timezone"], value: flags.timezone },
    { flag: "--advice", path: ["advice"], value: flags.advice },
    { flag: "--state", path: ["state"], value: flags.state },
    { flag: "--webhook", path: ["webhook", "url"], value: flags.webhook },
    { flag: "--on-alert", path: ["onAlert", "command"], value: flags.onAlert },
    { flag: "--heartbeat-url", path: ["heartbeat", "url"], value: flags.heartbeatUrl },
    { flag: "--metrics", path: ["metrics", "address"], value: flags.metrics },
    { flag: "--console", path: ["console", "address"], value: flags.console },
    { flag: "command line", path: ["inputs"], value: inputsOf(paths, flags) },
  ];
}

/** Inputs on the command line take the place of those in the file. */
function inputsOf(paths: readonly string[], flags: StandaloneFlags): object[] | undefined {
  const { syslogUdp: udp, syslogTcp: tcp, format, from } = flags;
  const syslog = {
    ...(udp === undefined ? {} : { udp }),
    ...(tcp === undefined ? {} : { tcp }),
  };
  const ofAll = format === undefined ? {} : { format };
  const ofFiles = from === undefined ? ofAll : { ...ofAll, from };
  const inputs = [
    ...paths.map((path) => (path === "-" ? { stdin: true, ...ofAll } : { [kindOf(path)]: path, ...ofFiles })),
    ...(Object.keys(syslog).length === 0 ? [] : [{ syslog, ...ofAll }]),
  ];
  if (inputs.length > 0) return inputs;
  const astray = [...(format === undefined ? [] : ["--format"]), ...(from === undefined ? [] : ["--from"])];
  if (astray.length === 0) return undefined;
  const message = "goes with files or ports on the command line; the inputs of a configuration file have their own";
  throw new ConfigError(astray.map((where) => ({ where, message, offset: -1 })));
}

function kindOf(path: string): "file" | "files" {
  return /[*?]|\/$/u.test(path) ? "files" : "file";
}

/** Where state is kept when nobody says: systemd's directory, else the user's. */
export function stateFallback(env: Environment, home: string = homedir()): FlagValue & { readonly value: string } {
  const [ofSystemd] = (env["STATE_DIRECTORY"] ?? "").split(":");
  if (ofSystemd !== undefined && ofSystemd !== "") {
    return { flag: "STATE_DIRECTORY", path: ["state"], value: ofSystemd };
  }
  const xdg = env["XDG_STATE_HOME"] ?? "";
  // A relative one is to be taken for unset, says its specification.
  if (xdg.startsWith("/")) return { flag: "XDG_STATE_HOME", path: ["state"], value: join(xdg, "squall") };
  return { flag: "default", path: ["state"], value: join(home, ".local/state/squall") };
}
