// Readers for inputs that grow: one `Ingest` an input, all into the table of one pipeline.

import { randomInt } from "node:crypto";
import type { FragmentTable } from "../../ingest/combine.ts";
import { HostTable } from "../../ingest/host-table.ts";
import { Ingest } from "../../ingest/ingest.ts";
import type { RejectionReason } from "../../ingest/rejection.ts";
import { zoneToUtc } from "../../ingest/time-zone.ts";
import type { SquallConfig } from "../squall-defaults.ts";
import type { InputSettings } from "./standalone-settings.ts";

export type OnRejected = (input: string, reason: RejectionReason, bytes: Buffer, line: number) => void;

export class LiveIngest {
  readonly hosts: HostTable;
  private readonly config: SquallConfig;
  private readonly hashSeed = randomInt(2 ** 31);
  private readonly onRejected: OnRejected;

  constructor(config: SquallConfig, onRejected: OnRejected) {
    this.config = config;
    this.onRejected = onRejected;
    this.hosts = new HostTable({ hostsMax: config.ingest.hostsMax, hashSeed: this.hashSeed });
  }

  /** `name`: of the input, as it stands in dead letters. */
  create({ format, timezone }: InputSettings, name: string, table: FragmentTable): Ingest {
    const { site, ingest, detector } = this.config;
    return new Ingest({
      site,
      format,
      lineBytesMax: ingest.lineBytesMax,
      year: undefined,
      toUtc: zoneToUtc(timezone),
      allowedLatenessMs: detector.allowedLatenessMs,
      hashSeed: this.hashSeed,
      listServers: new Set(ingest.listServers),
      table,
      hosts: this.hosts,
      onEvent: (event) => {
        table.addEvent(event);
      },
      onRejected: (reason, bytes, line) => {
        this.onRejected(name, reason, bytes, line);
      },
    });
  }
}
