// What `squall standalone` runs by, beside what every command does.

import type { HeartbeatSettings, OnAlertSettings, WebhookSettings } from "../../alerter/receiver-settings.ts";
import type { FormatName } from "../../ingest/formats.ts";
import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import type { ConsoleSettings } from "../console-config.ts";
import type { SquallConfig } from "../squall-defaults.ts";

/** Where an input begins that was never read before. */
export type ReadFrom = "start" | "end";

interface InputCommon {
  /** Unique; a metric label, and what it is called in the state and in messages. */
  readonly name: string;
  readonly format: FormatName | "auto";
  /** Zone of stamps that name none, IANA. */
  readonly timezone: string;
}

export interface FileInput extends InputCommon {
  readonly kind: "file";
  readonly path: string;
  readonly from: ReadFrom;
}

/** The files of one folder whose names match; each new one is read from its start. */
export interface FilesInput extends InputCommon {
  readonly kind: "files";
  readonly folder: string;
  /** File name with `*` and `?`. */
  readonly pattern: string;
  /** Of those that are there at the first start: the newest from here, older ones not at all when it is "end". */
  readonly from: ReadFrom;
}

export interface SyslogInput extends InputCommon {
  readonly kind: "syslog";
  readonly udp: ListenAddress | undefined;
  readonly tcp: ListenAddress | undefined;
}

export interface StdinInput extends InputCommon {
  readonly kind: "stdin";
}

export type InputSettings = FileInput | FilesInput | SyslogInput | StdinInput;

export interface StandaloneConfig extends SquallConfig {
  /** Empty: the configuration names none. */
  readonly inputs: readonly InputSettings[];
  /** Absolute path of the state directory. */
  readonly state: string;
  readonly webhooks: readonly WebhookSettings[];
  readonly onAlert: OnAlertSettings | undefined;
  readonly heartbeat: HeartbeatSettings | undefined;
  readonly metrics: {
    /** Undefined: off. */
    readonly address: ListenAddress | undefined;
  };
  readonly console: ConsoleSettings;
}

export const DEFAULT_METRICS_ADDRESS = "127.0.0.1:9464";
