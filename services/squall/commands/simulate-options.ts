// What `squall simulate` understands on its command line.

import { resolve } from "node:path";
import { Argument, type Command, Option } from "commander";
import { parseSyslogAddress } from "../../../shared/adapters/syslog/syslog-address.ts";
import { numberBetween } from "../option-values.ts";
import type { ScenarioName } from "../simulate/scenarios.ts";
import { SCENARIO_SUMMARIES } from "../simulate/scenarios.ts";
import { LOG_FORMATS, SET_UP_NAMES, SET_UPS, STAMP_STYLES } from "../simulate/set-up.ts";
import type { Run } from "../terminal.ts";
import type { SimulateFlags } from "./simulate-command.ts";

function listed(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, text]) => `  ${name.padEnd(15)} ${text}`)
    .join("\n");
}

/** Adds `squall simulate` to the command line. */
export function addSimulate(program: Command, run: Run): void {
  const names = Object.keys(SCENARIO_SUMMARIES);
  program
    .command("simulate")
    .addArgument(new Argument("<scenario>", "which storm, or which day without one").choices(names))
    .description("write the raw log of a calibrated storm or of ordinary traffic, with its ground truth")
    .option("--seed <number>", "another seed, another day", numberBetween(0, 2 ** 31, true), 1)
    .option("--scale <factor>", "multiplies people and traffic; 1 is full size", numberBetween(0.0001, 1.3, false), 1)
    .option(
      "--output <where>",
      'file; "-" is standard output; with --live udp://HOST:PORT or tcp://HOST:PORT, too',
      "-",
    )
    .option("--truth <file>", "where the ground truth goes (default: OUTPUT.truth.json; none but for files)")
    .addOption(new Option("--format <name>", "format of the log").choices(LOG_FORMATS).default("postfix"))
    .addOption(new Option("--set-up <name>", "how Postfix brings mail to a list's members").choices(SET_UP_NAMES))
    .addOption(new Option("--stamp <style>", "style of Postfix's stamps (default: rfc3339)").choices(STAMP_STYLES))
    .option("--no-headers", "without the header lines that Postfix's header_checks log")
    .addOption(new Option("--subjects <kind>", "subjects of the storm's replies").choices(["kept", "changed"]))
    .option("--until <seconds>", "stop after so much of the log's time", numberBetween(1, 10_000_000, false))
    .option(
      "--live",
      "in the time of the clock: stamps begin now, a file is appended to, SIGHUP reopens it, Ctrl-C ends it",
    )
    .option("--kafka", "to <prefix>.mail-logs on Kafka, as a shipper would; the host is the key")
    .option("--lines-per-record <number>", "with --kafka (default: 1)", numberBetween(1, 10_000, true))
    .option("--config <file>", "with --kafka: YAML configuration; SQUALL_KAFKA_* variables stand over it")
    .option("--brokers <hosts>", "with --kafka: host:9092, several with commas between")
    .option("--topic-prefix <prefix>", "with --kafka: first part of the topic's name (default: squall)")
    .option("--speed <factor>", "with --live: times as fast (default: 1)", numberBetween(0.01, 100_000, false))
    .addHelpText(
      "after",
      `\nScenarios:\n${listed(SCENARIO_SUMMARIES)}\n\nSet-ups of Postfix (default: virtual-alias; moderated-list: list-manager):\n${listed(SET_UPS)}\n\nExamples:\n  squall simulate nhs-2016 --scale 0.01 --output storm.log\n  squall simulate cisco-2013 --scale 0.1 --set-up list-manager --output storm.log\n  squall simulate bedlam-1997 --format exchange --output MSGTRK.LOG\n  squall simulate nhs-2016 | squall replay -\n  squall simulate cisco-2013 --scale 0.1 --live --speed 10 --output mail.log\n  squall simulate small-company --live --output udp://127.0.0.1:5514\n  squall simulate nhs-2016 --scale 0.005 --live --speed 20 --kafka --brokers localhost:9092\n`,
    )
    .action((scenario: ScenarioName, flags: SimulateFlags, command: Command) => {
      const fault = simulateFault(flags);
      if (fault !== undefined) command.error(`error: ${fault}`);
      return run(async (terminal) => {
        const { simulateCommand } = await import("./simulate-command.ts");
        return simulateCommand(scenario, flags, terminal);
      });
    });
}

/** Options that mean nothing together; each is told with why. */
function simulateFault(flags: SimulateFlags): string | undefined {
  const { live = false, speed, output, truth } = flags;
  if (truth !== undefined && resolve(truth) === resolve(output))
    return "--truth would replace the log: name another file";
  if (speed !== undefined && !live) return "--speed goes with --live";
  return kafkaFault(flags) ?? portFault(flags) ?? formatFault(flags);
}

function kafkaFault(flags: SimulateFlags): string | undefined {
  const { kafka = false, output, format, linesPerRecord, config, brokers, topicPrefix } = flags;
  const only = {
    "--lines-per-record": linesPerRecord,
    "--config": config,
    "--brokers": brokers,
    "--topic-prefix": topicPrefix,
  };
  const [given] = Object.entries(only).find(([, value]) => value !== undefined) ?? [];
  if (!kafka) return given === undefined ? undefined : `${given} goes with --kafka`;
  if (output !== "-") return "--kafka and --output are two places: give one of them";
  return format === "exchange" ? "--format exchange goes into a file: its rows name no host to be the key" : undefined;
}

function portFault({ live = false, output, format }: SimulateFlags): string | undefined {
  if (!/^(?:udp|tcp):\/\//i.test(output)) return undefined;
  if (!live) return `--output ${output} goes with --live`;
  if (format === "exchange") return "--format exchange goes into a file: nobody sends tracking logs by syslog";
  const address = parseSyslogAddress(output);
  return address === undefined || address.port === 0
    ? `--output ${output}: a port is written udp://127.0.0.1:5514 or tcp://[::1]:5514`
    : undefined;
}

/** Exchange has one way to write what happens: options of Postfix mean nothing there. */
function formatFault({ format, setUp, stamp, headers }: SimulateFlags): string | undefined {
  if (format === "postfix") return undefined;
  const given = [
    ...(setUp === undefined ? [] : [`--set-up ${setUp}`]),
    ...(stamp === undefined ? [] : [`--stamp ${stamp}`]),
    ...(headers ? [] : ["--no-headers"]),
  ];
  if (given.length === 0) return undefined;
  return `${given.join(" and ")} cannot go with --format ${format}: ${given.length === 1 ? "it is an option" : "they are options"} of Postfix`;
}
