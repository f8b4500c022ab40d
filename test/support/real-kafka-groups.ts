// Until consumer groups can be joined: a new broker answers before it has the topic of their offsets.

import { Kafka } from "kafkajs";
import { pollUntil } from "./poll.ts";
import type { RealKafka } from "./real-kafka.ts";

const WAIT_MS = 60_000;

export async function waitForGroups({ client }: Pick<RealKafka, "client">): Promise<void> {
  // To ask for a coordinator takes kafkajs more than one try.
  const admin = new Kafka({ ...client(), retry: { retries: 40, maxRetryTime: 500 } }).admin();
  await admin.connect();
  const hasGroups = (): Promise<boolean> =>
    admin.fetchOffsets({ groupId: "any" }).then(
      () => true,
      () => false,
    );
  try {
    await pollUntil(hasGroups, { deadlineMs: WAIT_MS, what: "consumer groups" });
  } finally {
    await admin.disconnect();
  }
}
