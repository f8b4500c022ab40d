// What standalone reads when nobody says what: a pipe, else the log that the system has.

import { existsSync } from "node:fs";
import { hasPipedInput } from "./piped-input.ts";
import type { FileInput, StandaloneConfig } from "./standalone/standalone-settings.ts";

/** Where Debian and its likes, Red Hat and its likes, and SUSE have the log of the mail server; the first that is there is read. */
export const DEFAULT_LOGS = ["/var/log/mail.log", "/var/log/maillog", "/var/log/mail"];

/** For a person: which logs are looked for. */
export const DEFAULT_LOGS_IN_WORDS = `the first of ${DEFAULT_LOGS.join(", ")} that is there`;

/** Undefined: the system has none. */
export function defaultLog(timezone: string): FileInput | undefined {
  const path = DEFAULT_LOGS.find((log) => existsSync(log));
  return path === undefined ? undefined : { kind: "file", name: path, path, format: "auto", timezone, from: "end" };
}

/** Undefined: there is nothing to read. */
export function withDefaultInput(config: StandaloneConfig): StandaloneConfig | undefined {
  if (config.inputs.length > 0) return config;
  const { timezone } = config;
  if (hasPipedInput()) {
    return { ...config, inputs: [{ kind: "stdin", name: "standard input", format: "auto", timezone }] };
  }
  const log = defaultLog(timezone);
  return log === undefined ? undefined : { ...config, inputs: [log] };
}
