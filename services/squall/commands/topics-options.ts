// What `squall topics` takes on its command line.

import type { Command } from "commander";
import type { Run } from "../terminal.ts";
import type { TopicsFlags } from "./topics-command.ts";

export function addTopics(program: Command, run: Run): void {
  program
    .command("topics")
    .description("compare the topics of the services on Kafka with what they need, and say how to mend what differs")
    .option("--create", "make the topics that are missing; those that are there stay as they are")
    .option("--config <file>", "YAML configuration: kafka, with brokers, partitions, replication, retention")
    .option("--brokers <list>", "brokers to begin with, host:port, separated by commas")
    .option("--topic-prefix <prefix>", "topics are called <prefix>.mail-logs and so on (default: squall)")
    .addHelpText(
      "after",
      "\nExit codes: 0 all that is needed is there, 1 it is not, 69 no broker can be reached, 78 wrong configuration.\n\nExamples:\n  squall topics --config /etc/squall/squall.yaml\n  SQUALL_KAFKA_REPLICATION=1 squall topics --create --brokers localhost:9092\n",
    )
    .action((flags: TopicsFlags) =>
      run(async (terminal) => {
        const { topicsCommand } = await import("./topics-command.ts");
        return topicsCommand(flags, terminal);
      }),
    );
}
