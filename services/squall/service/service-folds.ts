// The configuration of one service -> what it does with a partition of its input.

import { randomInt } from "node:crypto";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { deadLetterTopic, type TopicKind } from "../../../shared/domain/topics.ts";
import type { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import type { PartitionFold } from "../../../shared/runtime/stage/partition-fold.ts";
import type { TopicPartition } from "../../../shared/runtime/topic-log.ts";
import { AlerterPartition, type PartitionLinks } from "../../alerter/alerter-partition-shell.ts";
import type { Telling } from "../../alerter/telling-shell.ts";
import { AssemblerPartition } from "../../assembler/assembler-partition-shell.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import type { People } from "../../assembler/mail-event-from-mail.ts";
import { createPseudonyms, defaultPseudonymSettings } from "../../assembler/pseudonyms.ts";
import { stormAdvice } from "../../detector/advice/storm-advice.ts";
import { DetectorPartition } from "../../detector/detector-partition-shell.ts";
import { IngestPartition } from "../../ingest/ingest-partition-shell.ts";
import { zoneToUtc } from "../../ingest/time-zone.ts";
import type { PeopleSettings, ServiceConfig } from "../service-settings.ts";
import type { EventTimes } from "../standalone/event-times.ts";

export interface FoldDeps {
  /** Of squall. */
  readonly version: string;
  /** How many partitions a topic has. */
  readonly partitionsOf: (kind: TopicKind) => number;
  readonly createTelling: (links: PartitionLinks) => Telling;
  readonly nowMs: () => number;
  readonly times: EventTimes;
  readonly lateness: HistogramCounts;
}

/** What makes the fold of a partition. Folds of one process share nothing but who people are. */
export function foldMaker(config: ServiceConfig, deps: FoldDeps): (at: TopicPartition) => PartitionFold {
  const { version, nowMs, createTelling, times, lateness } = deps;
  const place = (kind: TopicKind) => ({ topic: config.kafka.topics[kind], partitions: deps.partitionsOf(kind) });
  const common = (at: TopicPartition) => ({ at, deadLetters: deadLetterTopic(at.topic), version });
  const { detector, site } = config;
  const { allowedLatenessMs } = detector;
  switch (config.role) {
    case "ingest": {
      const reading = {
        site,
        format: "auto" as const,
        lineBytesMax: config.ingest.lineBytesMax,
        toUtc: zoneToUtc(config.timezone),
        allowedLatenessMs,
        hashSeed: randomInt(2 ** 31),
        listServers: new Set(config.ingest.listServers),
      };
      const { hostsMax } = config.ingest;
      const partitions = deps.partitionsOf("mail-logs");
      const fragments = place("mail-fragments");
      const onRead = (eventTimeMs: number): void => times.read(nowMs(), eventTimeMs);
      return (at) => new IngestPartition({ ...common(at), partitions, reading, hostsMax, fragments, onRead });
    }
    case "assembler": {
      const people = peopleOf(config.people);
      const partitions = deps.partitionsOf("mail-fragments");
      const events = place("mail-events");
      const settings = defaultAssemblerSettings;
      return (at) =>
        new AssemblerPartition({ ...common(at), partitions, settings, allowedLatenessMs, people, events, nowMs });
    }
    case "detector": {
      const windows = place("thread-windows");
      const alerts = place("storm-alerts");
      const partitions = deps.partitionsOf("mail-events");
      const options = { partitions, site, settings: detector, advise: stormAdvice, windows, alerts };
      const onMail = (latenessMs: number): void => lateness.observe(latenessMs / 1000);
      const onAlert = (stage: "decided" | "flushed", alert: StormAlert): void => times[stage](nowMs(), alert);
      return (at) => new DetectorPartition({ ...common(at), ...options, onMail, onAlert });
    }
    case "alerter":
      return (at) => new AlerterPartition({ ...common(at), createTelling });
    case "recorder":
      break;
  }
  throw new Error(`squall ${config.role} folds nothing`);
}

function peopleOf(settings: PeopleSettings | undefined): People {
  const allowSubject = settings?.allowSubject ?? false;
  const key = settings?.pseudonymKey?.reveal();
  if (key === undefined) return { name: (address) => address, allowSubject };
  return createPseudonyms({ key, allowSubject, ...defaultPseudonymSettings });
}
