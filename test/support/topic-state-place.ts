// A partition that state logs are opened on, one after the other, for the contract of state logs.

import {
  LogError,
  type TopicLog,
  type TopicPartition,
  type TransactionalWriter,
} from "../../shared/runtime/topic-log.ts";
import { openTopicStateLog } from "../../shared/runtime/topic-state-log.ts";
import type { StateLogPlace } from "../contract/state-log-contract.ts";

/** `connect`: a process' connection. */
export function topicStatePlace(connect: () => TopicLog, at: TopicPartition): StateLogPlace {
  let failing = false;
  const writerId = `writer-${at.topic}-${at.partition}`;
  /** Once told to, it gives up in the middle of what it writes. */
  const faulty = (log: TopicLog): TopicLog => {
    const openWriter = async (id: string): Promise<TransactionalWriter> => {
      const writer = await log.openWriter(id);
      return {
        close: () => writer.close(),
        async write(records) {
          if (!failing) return writer.write(records);
          failing = false;
          await writer.close();
          throw new LogError("unknown", "scripted");
        },
      };
    };
    return {
      openWriter,
      partitionsOf: (topic) => log.partitionsOf(topic),
      endsOf: (topic) => log.endsOf(topic),
      offsetAt: (partition, timestampMs) => log.offsetAt(partition, timestampMs),
      openPlainWriter: () => log.openPlainWriter(),
      readBack: (partition, isLast, onRecord) => log.readBack(partition, isLast, onRecord),
      prepareReadBack: (topic) => log.prepareReadBack(topic),
      join: (options) => log.join(options),
      close: () => log.close(),
    };
  };
  return {
    open: () => openTopicStateLog({ log: faulty(connect()), at, writerId }),
    kill: () => Promise.resolve(),
    failNext: () => void (failing = true),
  };
}
