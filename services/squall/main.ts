// The `squall` command line: what it understands, and what becomes of errors. The work is in commands/.

import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { InputError } from "../../shared/adapters/files/file-error.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import { ListenError } from "../../shared/runtime/listen-address.ts";
import { ADVICE_SYSTEMS, SEVERITIES } from "../../shared/domain/storm-alert.ts";
import { FORMAT_NAMES } from "../ingest/formats.ts";
import type { ReplayFlags } from "./commands/replay-command.ts";
import { addHealth } from "./commands/health-options.ts";
import { addConsole, addServices } from "./commands/service-options.ts";
import { addSettingsCommands } from "./commands/settings-commands.ts";
import { addSilences } from "./commands/silence-options.ts";
import { addLearn, addStandalone } from "./commands/standalone-options.ts";
import { addSimulate } from "./commands/simulate-options.ts";
import { addTopics } from "./commands/topics-options.ts";
import type { ExitCode } from "./exit-codes.ts";
import { EXIT } from "./exit-codes.ts";
import { numberBetween, reportFiles, systems, zone } from "./option-values.ts";
import { hasPipedInput } from "./piped-input.ts";
import type { Run, Terminal } from "./terminal.ts";

const WIDTH_WITHOUT_TERMINAL = 100;

function createTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const stop = new AbortController();
  // A second Ctrl-C ends at once; who sends SIGTERM twice (`timeout` does) is in no such hurry.
  process.once("SIGINT", () => {
    stop.abort("SIGINT");
  });
  process.on("SIGTERM", () => {
    stop.abort("SIGTERM");
  });
  let isGone = false;
  let onGone: (() => void) | undefined;
  // The reader of our output has gone (a pipe into `head`): there is nobody left to tell, unless the command knows better.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isGone) return;
    isGone = onGone !== undefined;
    if (error.code !== "EPIPE") stderr.write(`squall: standard output: ${error.message}\n`);
    if (onGone === undefined) process.exit(error.code === "EPIPE" ? EXIT.done : EXIT.failed);
    else onGone();
  });
  return {
    onOutputGone(act) {
      onGone = act;
    },
    out(text) {
      if (!isGone) stdout.write(text);
    },
    err: (text) => void stderr.write(text),
    errIsTerminal: stderr.isTTY,
    outIsTerminal: stdout.isTTY,
    color: stdout.isTTY && (env["NO_COLOR"] ?? "") === "",
    width: stdout.isTTY ? stdout.columns : WIDTH_WITHOUT_TERMINAL,
    env,
    nowMs: () => Date.now(),
    signal: stop.signal,
  };
}

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
    .option(
      "--advice <systems>",
      `mail systems whose advice is shown: ${ADVICE_SYSTEMS.join(",")} (default: all)`,
      systems,
    )
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

function createProgram(version: string, run: Run): Command {
  const program = new Command("squall")
    .description("Sees an e-mail reply-all storm at its third reply.")
    .version(version)
    .configureHelp({ helpWidth: WIDTH_WITHOUT_TERMINAL })
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

/** What a person is told of an error that ended the command; only our own bugs are told in full. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof InputError || error instanceof ListenError) {
    terminal.err(`squall: ${error.message}\n`);
    return EXIT.failed;
  }
  if (error instanceof ConfigError) {
    terminal.err(`${error.message.replaceAll(/^/gmu, "squall: ")}\n`);
    return EXIT.configuration;
  }
  const detail = error instanceof Error ? error.message : String(error);
  terminal.err(`squall: internal error: ${detail}\nPlease report it; SQUALL_DEBUG=1 shows where it happened.\n`);
  if (terminal.env["SQUALL_DEBUG"] === "1" && error instanceof Error) terminal.err(`${error.stack ?? ""}\n`);
  return EXIT.failed;
}

function versionIn(packageJson: URL): string {
  const parsed: unknown = JSON.parse(readFileSync(packageJson, "utf8"));
  const isNamed = typeof parsed === "object" && parsed !== null && "version" in parsed;
  return isNamed && typeof parsed.version === "string" ? parsed.version : "unknown";
}

/** Runs the command line of this process; the version stands in `packageJson`. */
export async function main(packageJson: URL): Promise<void> {
  const terminal = createTerminal();
  // Progress that cannot be shown is no reason to stop.
  process.stderr.on("error", () => undefined);
  try {
    const program = createProgram(versionIn(packageJson), async (run) => {
      process.exitCode = await run(terminal);
    });
    const words = process.argv.slice(2);
    await program.parseAsync(words.length === 0 ? ["standalone"] : words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else process.exitCode = explain(error, terminal);
  }
}
