// The stages of the services in this process, on any partitioned log: what `squall ingest` and its kin run, without their shells.

import { randomInt } from "node:crypto";
import { consumerGroup, deadLetterTopic, stateTopic, topicNames } from "../../shared/domain/topics.ts";
import { type Clock, systemClock } from "../../shared/runtime/clock.ts";
import { StageRunner } from "../../shared/runtime/stage/stage-runner.ts";
import type { PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { TopicLog, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { STAGE_PARTS, type StageParts } from "./stage-parts.ts";

export interface StageSet {
  readonly prefix: string;
  readonly site: string;
  /** Of every topic but that of alerts. */
  readonly partitions: number;
  readonly say: (line: string) => void;
  /** The machine's where none is given. */
  readonly clock?: Clock;
  /** Of another release. */
  readonly parts?: StageParts;
}

export type FoldStage = "ingest" | "assembler" | "detector";

const INPUTS = { ingest: "mail-logs", assembler: "mail-fragments", detector: "mail-events" } as const;

export function stageRunner(stage: FoldStage, log: TopicLog, set: StageSet): StageRunner {
  const { clock } = set;
  const topics = topicNames(set.prefix);
  const inputTopic = topics[INPUTS[stage]];
  return new StageRunner({
    log,
    group: consumerGroup(inputTopic, stage),
    inputTopic,
    stateTopic: stateTopic(inputTopic, stage),
    createFold: (at) => foldOf(stage, at, set),
    flushEveryMs: 100,
    clock: clock ?? systemClock,
    monotonicMs: () => clock?.nowMs() ?? performance.now(),
    say: set.say,
  });
}

function foldOf(
  stage: FoldStage,
  at: TopicPartition,
  { prefix, site, partitions, clock = systemClock, parts = STAGE_PARTS }: StageSet,
): PartitionFold {
  const { defaultAssemblerSettings, defaultDetectorSettings, stormAdvice, zoneToUtc } = parts;
  const topics = topicNames(prefix);
  const common = { at, partitions, deadLetters: deadLetterTopic(at.topic), version: "0.0.0" };
  const events = { topic: topics["mail-events"], partitions };
  const { allowedLatenessMs } = defaultDetectorSettings;
  if (stage === "ingest") {
    const reading = {
      site,
      format: "auto" as const,
      lineBytesMax: 65_536,
      toUtc: zoneToUtc("UTC"),
      allowedLatenessMs,
      hashSeed: randomInt(2 ** 31),
      listServers: new Set<string>(),
    };
    const fragments = { topic: topics["mail-fragments"], partitions };
    return new parts.IngestPartition({ ...common, reading, hostsMax: 1_000, fragments });
  }
  if (stage === "assembler") {
    const people = { name: (address: string) => address, allowSubject: true };
    const settings = defaultAssemblerSettings;
    return new parts.AssemblerPartition({
      ...common,
      settings,
      allowedLatenessMs,
      people,
      events,
      nowMs: () => clock.nowMs(),
    });
  }
  return new parts.DetectorPartition({
    ...common,
    site,
    settings: { ...defaultDetectorSettings, emitWindows: true },
    advise: stormAdvice,
    windows: { topic: topics["thread-windows"], partitions },
    alerts: { topic: topics["storm-alerts"], partitions: 1 },
  });
}
