// What the `squall` command understands: every command, argument and option. Parsing, --help, completions and the manual page are all made of this.

import { Command, Option } from "commander";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import { FORMAT_NAMES } from "../ingest/formats.ts";
import { addCompletions } from "./commands/completions-options.ts";
import { addHealth } from "./commands/health-options.ts";
import type { ReplayFlags } from "./commands/replay-command.ts";
import { addConsole, addServices } from "./commands/service-options.ts";
import { addSettingsCommands } from "./commands/settings-commands.ts";
import { addSilences } from "./commands/silence-options.ts";
import { addSimulate } from "./commands/simulate-options.ts";
import { addLearn, addStandalone } from "./commands/standalone-options.ts";
import { addTopics } from "./commands/topics-options.ts";
import type { ExitCode } from "./exit-codes.ts";
import { adviceOption, numberBetween, reportFiles, zone } from "./option-values.ts";
import { hasPipedInput } from "./piped-input.ts";
import type { Run, Terminal } from "./terminal.ts";

/** Of help where it is not a terminal's. */
export const HELP_WIDTH = 100;

// Each command is loaded when it is called: a replay has no use for the simulator.
const replayCommand = async (files: readonly string[], flags: ReplayFlags, terminal: Terminal): Promise<ExitCode> => {
  const { replayCommand: run } = await import("./commands/replay-command.ts");
  return run(files, flags, terminal);
};
const demoCommand = async (terminal: Terminal): Promise<ExitCode> => {
  const { demoCommand: run } = await import("./demo/demo-command.ts");
  return run(terminal);
};

function addReplay(program: Command, run: Run): void {
  withReplayOptions(
    program.command("replay").argument("<files...>", 'logs, plain, gzip or zstd; "-" is standard input'),
  )
    .description("read logs as fast as they can be read, and say when a storm began")
    .addHelpText(
      "after",
      "\nExamples:\n  squall replay /var/log/mail.log\n  squall replay mail.log.2.gz mail.log.1 mail.log\n  journalctl -u 'postfix*' -o short-iso | squall replay -\n  squall replay --output ndjson --min-severity watch mail.log\n  squall replay --report incident.html mail.log\n  squall replay --report for-all.html --report-without-people mail.log\n",
    )
    .action((files: string[], flags: ReplayFlags) => run((terminal) => replayCommand(files, flags, terminal)));
}

function withReplayOptions(command: Command): Command {
  return command
    .addOption(new Option("--format <name>", "format of the lines").choices(["auto", ...FORMAT_NAMES]).default("auto"))
    .addOption(new Option("--output <kind>", "alerts as text or as NDJSON").choices(["text", "ndjson"]).default("text"))
    .addOption(
      new Option("--min-severity <level>", "least severity to show").choices([...SEVERITIES]).default("warning"),
    )
    .addOption(adviceOption())
    .option("--config <file>", "YAML configuration: thresholds, settings a list")
    .option("--site <name>", "name of the mail system, in alerts")
    .option(
      "--year <year>",
      "year of the first stamp, where stamps name none (default: the latest that fits)",
      numberBetween(1970, 9999, true),
    )
    .option("--timezone <zone>", "zone of stamps that name none, and of times shown (default: UTC)", zone)
    .option("--windows <file>", "write the minute windows of threads, lists and the site as NDJSON")
    .option("--dead-letter <file>", "write rejected lines with their reasons as NDJSON")
    .option(
      "--report <file>",
      "write the incident report, as HTML (.html) or Markdown (.md); may be given again, each is written",
      reportFiles,
    )
    .option(
      "--report-without-people",
      "a report to be passed on: numbers for people, no subjects; addresses of lists stay",
    )
    .hook("preAction", (called) => {
      const { report, reportWithoutPeople } = called.opts<ReplayFlags>();
      if (reportWithoutPeople === true && report === undefined)
        called.error("error: --report-without-people goes with --report");
    })
    .option("--fail-on-storm", "exit 3 if a storm opened")
    .option("-q, --quiet", "no progress, no summary");
}

/** `run`: what becomes of a command that was called. */
export function createProgram(version: string, run: Run): Command {
  const program = new Command("squall")
    .description("Sees an e-mail reply-all storm at its third reply.")
    .version(version)
    .configureHelp({ helpWidth: HELP_WIDTH })
    .exitOverride()
    .showHelpAfterError("(squall --help lists the commands, squall COMMAND --help their options)");
  addReplay(program, run);
  addSimulate(program, run);
  addSettingsCommands(program, run, version);
  addSilences(program, run);
  addStandalone(program, run, version);
  addLearn(program, run);
  addServices(program, run, version);
  addConsole(program, run, version);
  addHealth(program, run);
  addTopics(program, run);
  addCompletions(program, run);
  program
    .command("demo")
    .description("play the NHS storm of 2016 in this terminal, at full size")
    .action(() => run(demoCommand));
  withReplayOptions(program.command("start").argument("[files...]", "logs to replay"))
    .description("what `npm start` runs: replays the files or the pipe it is given; given nothing, plays the demo")
    .action((files: string[], flags: ReplayFlags) =>
      run((terminal) => {
        if (files.length > 0) return replayCommand(files, flags, terminal);
        return hasPipedInput() ? replayCommand(["-"], flags, terminal) : demoCommand(terminal);
      }),
    );
  return program;
}
