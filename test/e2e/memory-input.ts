// Chunks in memory, read as `squall replay` reads a file.

import type { InputFile } from "../../shared/adapters/files/input-file.ts";
import type { SquallConfig } from "../../services/squall/squall-defaults.ts";
import type { ReplayInput } from "../../services/squall/replay/inputs.ts";
import { replay, type ReplayResult } from "../../services/squall/replay/replay.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";

/** A chunk must stay as it is until the next one is asked for. Years, where stamps name none, begin in 2016. */
function inputOfChunks(chunks: Iterator<Buffer>): ReplayInput {
  let bytes = 0;
  const read = (): Buffer | undefined => {
    const next = chunks.next();
    if (next.done === true) return undefined;
    bytes += next.value.length;
    return next.value;
  };
  const file: InputFile = {
    name: "memory",
    sizeBytes: undefined,
    bytesRead: () => bytes,
    read: () => Promise.resolve(read()),
    close: () => Promise.resolve(),
  };
  return { name: file.name, sizeBytes: undefined, year: 2016, head: undefined, open: () => file };
}

export interface ChunksReplayed {
  /** All alerts of the log, watches too. */
  readonly alerts: readonly StormAlert[];
  readonly result: ReplayResult;
}

export async function replayChunks(
  chunks: Iterator<Buffer>,
  config: SquallConfig,
  onWindow: (window: ThreadWindow) => void = () => undefined,
): Promise<ChunksReplayed> {
  const alerts: StormAlert[] = [];
  const result = await replay({
    inputs: [inputOfChunks(chunks)],
    format: "auto",
    config,
    signal: new AbortController().signal,
    nowMs: () => Number.NaN,
    onAlert: (alert) => void alerts.push(alert),
    onWindow,
    onRejected: () => undefined,
    onProgress: () => undefined,
  });
  return { alerts, result };
}

/** All alerts of the log, watches too. */
export async function alertsOfChunks(chunks: Iterator<Buffer>, config: SquallConfig): Promise<readonly StormAlert[]> {
  return (await replayChunks(chunks, config)).alerts;
}
