// The words of `squall silence` and `squall silences` on the command line.

import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { DURATION_FORMS, parseDuration } from "../../../shared/runtime/durations.ts";
import type { Run } from "../terminal.ts";
import type { SilenceFlags } from "./silence-command.ts";

const KAFKA = "of the services on Kafka: a word to squall alerter";
const CONFIG = "with --kafka: YAML configuration of the services";
const BROKERS = "with --kafka: host:9092, several with commas between";
const PREFIX = "with --kafka: first part of the names of their topics (default: squall)";
const STATE = "state directory of the squall that is meant (default: that of the user, else /var/lib/squall)";

export function addSilences(program: Command, run: Run): void {
  program
    .command("silence")
    .argument("[target]", "list (* and ? as in the configuration), or thread or storm as an alert names it; * is all")
    .description("tell nobody of a thread's or a list's storms for a time; they are still detected and shown")
    .option("--for <duration>", `how long, such as 4h (${DURATION_FORMS})`, duration)
    .option("--why <text>", "why, for others who ask")
    .option("--end <id>", "end a silence before its time", silenceId)
    .option("--state <directory>", STATE)
    .option("--kafka", KAFKA)
    .option("--config <file>", CONFIG)
    .option("--brokers <hosts>", BROKERS)
    .option("--topic-prefix <prefix>", PREFIX)
    .addHelpText(
      "after",
      '\nExamples:\n  squall silence all-staff@example.org --for 4h --why "town hall, many thanks are expected"\n  squall silence --end 3\n  squall silence all-staff@example.org --for 4h --why "town hall" --kafka --config /etc/squall/squall.yaml\n',
    )
    .action((target: string | undefined, flags: SilenceFlags, command: Command) => {
      const fault = silenceUsageFault(target, flags);
      if (fault !== undefined) command.error(`error: ${fault}`);
      return run(async (terminal) => {
        const { silenceCommand } = await import("./silence-command.ts");
        return silenceCommand(target, flags, terminal);
      });
    });
  program
    .command("silences")
    .description("list the silences that hold")
    .option("--state <directory>", STATE)
    .option("--kafka", KAFKA)
    .option("--config <file>", CONFIG)
    .option("--brokers <hosts>", BROKERS)
    .option("--topic-prefix <prefix>", PREFIX)
    .action((flags: SilenceFlags, command: Command) => {
      const fault = whoseFault(flags);
      if (fault !== undefined) command.error(`error: ${fault}`);
      return run(async (terminal) => {
        const { silencesCommand } = await import("./silence-command.ts");
        return silencesCommand(flags, terminal);
      });
    });
}

/** Either a state directory or Kafka is meant. */
function whoseFault({ kafka = false, state, config, brokers, topicPrefix }: SilenceFlags): string | undefined {
  if (kafka) return state === undefined ? undefined : "--state is a standalone's, --kafka the services'";
  const isAstray = config !== undefined || brokers !== undefined || topicPrefix !== undefined;
  return isAstray ? "--config, --brokers and --topic-prefix go with --kafka" : undefined;
}

/** What is missing or too much on the command line; undefined: nothing. */
function silenceUsageFault(target: string | undefined, flags: SilenceFlags): string | undefined {
  const fault = whoseFault(flags);
  if (fault !== undefined) return fault;
  if (flags.end !== undefined) {
    const isAlone = target === undefined && flags.for === undefined && flags.why === undefined;
    return isAlone ? undefined : "--end ends a silence: it takes no thread or list, no --for and no --why";
  }
  if (target === undefined) return "name the thread or list to silence, or the silence to end (--end ID)";
  if (flags.for === undefined) return "--for is needed: how long, such as 4h";
  return flags.why === undefined ? "--why is needed: others will ask" : undefined;
}

function duration(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs === undefined) throw new InvalidArgumentError(`It must be a duration such as ${DURATION_FORMS}.`);
  return durationMs;
}

function silenceId(text: string): number {
  if (!/^\d{1,15}$/u.test(text)) throw new InvalidArgumentError("It must be the number that squall silences shows.");
  return Number(text);
}
