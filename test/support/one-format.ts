// One format by itself, as Ingest makes it, for tests that hand it lines one by one.

import { ArrivalTime } from "../../services/ingest/arrival-time.ts";
import { FragmentTable } from "../../services/ingest/combine.ts";
import { type FormatName, FORMATS, type LineFormat } from "../../services/ingest/formats.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import { StampReader } from "../../services/ingest/syslog-stamp.ts";
import { StreamTime } from "../../services/ingest/stream-time.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";

export function oneFormat(name: FormatName): LineFormat {
  const format = FORMATS.find((known) => known.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  const streamTime = new StreamTime(30_000);
  return format.create({
    site: "test",
    table: new FragmentTable(),
    hosts: new HostTable({ hostsMax: 100, hashSeed: 17 }),
    stamps: new StampReader({ year: 2026, streamTime, toUtc: zoneToUtc("UTC") }),
    streamTime,
    arrival: new ArrivalTime(),
    hashSeed: 17,
    listServers: new Set(["lists.example.org"]),
    onEvent: () => undefined,
  });
}
