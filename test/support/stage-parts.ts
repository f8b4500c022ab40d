// What of squall reads and writes that which outlives a process: lines of topics and entries of state. Today's; those of a release before
// (previous-release.ts) have the same names.

import { AlerterPartition } from "../../services/alerter/alerter-partition-shell.ts";
import { createTelling } from "../../services/alerter/telling-shell.ts";
import { AssemblerPartition } from "../../services/assembler/assembler-partition-shell.ts";
import { defaultAssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import { stormAdvice } from "../../services/detector/advice/storm-advice.ts";
import { DetectorPartition } from "../../services/detector/detector-partition-shell.ts";
import { IngestPartition } from "../../services/ingest/ingest-partition-shell.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { decodeOwnMailEvent, encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { AUTOMATIC_REASONS, LIST_EVIDENCE } from "../../shared/domain/mail-event.ts";
import { decodeMailFragment, encodeMailFragment } from "../../shared/domain/mail-fragment-codec.ts";
import { decodeSilenceLine, encodeSilenceLine } from "../../shared/domain/silence-line.ts";
import { decodeStormAlert, encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import { decodeStreamProgress, encodeStreamProgress } from "../../shared/domain/stream-progress.ts";
import { decodeThreadWindow, encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import { positionValue, readPosition } from "../../shared/runtime/stage/partition-position.ts";

export const STAGE_PARTS = {
  AlerterPartition,
  createTelling,
  AssemblerPartition,
  defaultAssemblerSettings,
  stormAdvice,
  DetectorPartition,
  IngestPartition,
  zoneToUtc,
  defaultDetectorSettings,
  decodeOwnMailEvent,
  encodeMailEvent,
  AUTOMATIC_REASONS,
  LIST_EVIDENCE,
  decodeMailFragment,
  encodeMailFragment,
  decodeSilenceLine,
  encodeSilenceLine,
  decodeStormAlert,
  encodeStormAlert,
  SEVERITIES,
  decodeStreamProgress,
  encodeStreamProgress,
  decodeThreadWindow,
  encodeThreadWindow,
  positionValue,
  readPosition,
};

export type StageParts = typeof STAGE_PARTS;

/** Where each stands, without its extension. */
export const STAGE_PART_MODULES: readonly string[] = [
  "services/alerter/alerter-partition-shell",
  "services/alerter/telling-shell",
  "services/assembler/assembler-partition-shell",
  "services/assembler/assembler-settings",
  "services/detector/advice/storm-advice",
  "services/detector/detector-partition-shell",
  "services/ingest/ingest-partition-shell",
  "services/ingest/time-zone",
  "shared/domain/detector-settings",
  "shared/domain/mail-event-codec",
  "shared/domain/mail-event",
  "shared/domain/mail-fragment-codec",
  "shared/domain/silence-line",
  "shared/domain/storm-alert-codec",
  "shared/domain/storm-alert",
  "shared/domain/stream-progress",
  "shared/domain/thread-window-codec",
  "shared/runtime/stage/partition-position",
];
