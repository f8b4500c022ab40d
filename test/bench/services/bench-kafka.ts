// A real Kafka for the bench: with memory and a compiler, as a broker in use has them.

import { kafkaPrograms, startRealKafka, type RealKafka } from "../../support/real-kafka.ts";

const JAVA: readonly string[] = ["-Xms1g", "-Xmx1g", "-XX:+UseG1GC"];

/** Throws where Java or Kafka is missing. */
export async function startBenchKafka(): Promise<RealKafka> {
  const programs = kafkaPrograms({
    skip: (why?: unknown): never => {
      throw new Error(String(why));
    },
  });
  return startRealKafka(programs, { javaOptions: JAVA });
}
