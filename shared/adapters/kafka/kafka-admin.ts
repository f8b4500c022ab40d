// One connection for all questions to the brokers; after a failure a new one.

import type { Admin, Kafka } from "kafkajs";
import { LogError } from "../../runtime/topic-log.ts";
import { logErrorOf } from "./kafka-error.ts";

interface Connection {
  readonly admin: Promise<Admin>;
  /** Questions that wait for an answer. */
  asking: number;
  isOver: boolean;
}

export class KafkaAdmin {
  private readonly kafka: Kafka;
  private connection: Connection | undefined;
  private isClosed = false;

  constructor(kafka: Kafka) {
    this.kafka = kafka;
  }

  /** Rejects with LogError. */
  async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    if (this.isClosed) throw new LogError("unknown", "the connection is closed");
    this.connection ??= { admin: connected(this.kafka), asking: 0, isOver: false };
    const { connection } = this;
    connection.asking += 1;
    try {
      return await question(await connection.admin);
    } catch (error) {
      this.end(connection);
      throw logErrorOf(error, "unreachable");
    } finally {
      connection.asking -= 1;
      await closeUnused(connection);
    }
  }

  /** What is being asked is still answered; nothing more is. */
  async close(): Promise<void> {
    this.isClosed = true;
    const { connection } = this;
    if (connection === undefined) return;
    this.end(connection);
    await closeUnused(connection);
  }

  private end(connection: Connection): void {
    connection.isOver = true;
    if (this.connection === connection) this.connection = undefined;
  }
}

/** kafkajs connects again for whoever asks on behind a disconnect: that connection would never be closed. */
async function closeUnused({ admin, asking, isOver }: Connection): Promise<void> {
  if (!isOver || asking > 0) return;
  const connection = await admin.catch(() => undefined);
  await connection?.disconnect().catch(() => undefined);
}

async function connected(kafka: Kafka): Promise<Admin> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return admin;
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    throw error;
  }
}
