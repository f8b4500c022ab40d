// Messages of kafkajs -> records.

import type { KafkaMessage } from "kafkajs";
import type { LogRecord } from "../../runtime/topic-log.ts";

/** Those from offset `from` on. Messages of one millisecond share one reading of it. */
export function recordsFrom(messages: readonly KafkaMessage[], from: number): LogRecord[] {
  const records: LogRecord[] = [];
  let stamp = "";
  let timestampMs = 0;
  for (const { offset: text, timestamp, key, value } of messages) {
    const offset = Number(text);
    if (offset < from) continue;
    if (timestamp !== stamp) {
      stamp = timestamp;
      timestampMs = Number(timestamp);
    }
    records.push({ offset, key: key ?? undefined, value: value ?? undefined, timestampMs });
  }
  return records;
}
