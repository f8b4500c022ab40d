// The `squall` command line: what it understands, and what becomes of errors. The work is in commands/.

import { fstatSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { InputError } from "../../shared/adapters/files/file-error.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import type { AdviceSystem } from "../../shared/domain/storm-alert.ts";
import { ADVICE_SYSTEMS, SEVERITIES } from "../../shared/domain/storm-alert.ts";
import { FORMAT_NAMES } from "../ingest/formats.ts";
import type { ReplayFlags } from "./commands/replay-command.ts";
import { addSilences } from "./commands/silence-options.ts";
import type { SimulateFlags } from "./commands/simulate-command.ts";
import type { ExitCode } from "./exit-codes.ts";
import { EXIT } from "./exit-codes.ts";
import type { ScenarioName } from "./simulate/scenarios.ts";
import { SCENARIO_SUMMARIES } from "./simulate/scenarios.ts";
import { LOG_FORMATS, SET_UP_NAMES, SET_UPS, STAMP_STYLES } from "./simulate/set-up.ts";
import type { Terminal } from "./terminal.ts";

const WIDTH_WITHOUT_TERMINAL = 100;
const STANDARD_INPUT = 0;

function createTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  return {
    out: (text) => void stdout.write(text),
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

function numberBetween(least: number, most: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`It must be ${whole ? "a whole number" : "a number"} from ${least} to ${most}.`);
    }
    return value;
  };
}

function zone(text: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError("It must be a zone name such as Europe/London or UTC.");
  }
}

function systems(text: string): AdviceSystem[] {
  return text.split(",").map((word) => {
    const known = ADVICE_SYSTEMS.find((system) => system === word.trim());
    if (known === undefined) throw new InvalidArgumentError(`Known are: ${ADVICE_SYSTEMS.join(", ")}.`);
    return known;
  });
}

/** Something is piped in: a FIFO, a socket or a file; not a terminal, not /dev/null, not a closed descriptor. */
function hasPipedInput(): boolean {
  try {
    const stat = fstatSync(STANDARD_INPUT);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
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

type Run = (run: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>;

function addReplay(program: Command, run: Run): void {
  withReplayOptions(
    program.command("replay").argument("<files...>", 'logs, plain, gzip or zstd; "-" is standard input'),
  )
    .description("read logs as fast as they can be read, and say when a storm began")
    .addHelpText(
      "after",
      "\nExamples:\n  squall replay /var/log/mail.log\n  squall replay mail.log.2.gz mail.log.1 mail.log\n  journalctl -u 'postfix*' -o short-iso | squall replay -\n  squall replay --output ndjson --min-severity watch mail.log\n",
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
    .option("--fail-on-storm", "exit 3 if a storm opened")
    .option("-q, --quiet", "no progress, no summary");
}

function listed(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, text]) => `  ${name.padEnd(15)} ${text}`)
    .join("\n");
}

function addSimulate(program: Command, run: Run): void {
  const names = Object.keys(SCENARIO_SUMMARIES);
  program
    .command("simulate")
    .argument("<scenario>", `one of: ${names.join(", ")}`, (text) => {
      if (!names.includes(text)) throw new InvalidArgumentError(`Known are: ${names.join(", ")}.`);
      return text;
    })
    .description("write the raw log of a calibrated storm or of ordinary traffic, with its ground truth")
    .option("--seed <number>", "another seed, another day", numberBetween(0, 2 ** 31, true), 1)
    .option("--scale <factor>", "multiplies people and traffic; 1 is full size", numberBetween(0.0001, 1.3, false), 1)
    .option("--output <file>", 'where to; "-" is standard output', "-")
    .option("--truth <file>", "where the ground truth goes (default: OUTPUT.truth.json; none for standard output)")
    .addOption(new Option("--format <name>", "format of the log").choices(LOG_FORMATS).default("postfix"))
    .addOption(new Option("--set-up <name>", "how Postfix brings mail to a list's members").choices(SET_UP_NAMES))
    .addOption(new Option("--stamp <style>", "style of Postfix's stamps (default: rfc3339)").choices(STAMP_STYLES))
    .option("--no-headers", "without the header lines that Postfix's header_checks log")
    .addOption(new Option("--subjects <kind>", "subjects of the storm's replies").choices(["kept", "changed"]))
    .option("--until <seconds>", "stop after so much of the log's time", numberBetween(1, 10_000_000, false))
    .addHelpText(
      "after",
      `\nScenarios:\n${listed(SCENARIO_SUMMARIES)}\n\nSet-ups of Postfix (default: virtual-alias; moderated-list: list-manager):\n${listed(SET_UPS)}\n\nExamples:\n  squall simulate nhs-2016 --scale 0.01 --output storm.log\n  squall simulate cisco-2013 --scale 0.1 --set-up list-manager --output storm.log\n  squall simulate bedlam-1997 --format exchange --output MSGTRK.LOG\n  squall simulate nhs-2016 | squall replay -\n`,
    )
    .action((scenario: ScenarioName, flags: SimulateFlags, command: Command) => {
      const fault = simulateFault(flags);
      if (fault !== undefined) command.error(`error: ${fault}`);
      return run(async (terminal) => {
        const { simulateCommand } = await import("./commands/simulate-command.ts");
        return simulateCommand(scenario, flags, terminal);
      });
    });
}

/** Exchange has one way to write what happens: options of Postfix mean nothing there. */
function simulateFault({ format, setUp, stamp, headers, output, truth }: SimulateFlags): string | undefined {
  if (truth !== undefined && resolve(truth) === resolve(output))
    return "--truth would replace the log: name another file";
  if (format === "postfix") return undefined;
  const given = [
    ...(setUp === undefined ? [] : [`--set-up ${setUp}`]),
    ...(stamp === undefined ? [] : [`--stamp ${stamp}`]),
    ...(headers ? [] : ["--no-headers"]),
  ];
  if (given.length === 0) return undefined;
  return `${given.join(" and ")} cannot go with --format ${format}: ${given.length === 1 ? "it is an option" : "they are options"} of Postfix`;
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
  addSilences(program, run);
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
  if (error instanceof InputError) {
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
  // The reader of our output has gone (a pipe into `head`): there is nobody left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") terminal.err(`squall: standard output: ${error.message}\n`);
    process.exit(error.code === "EPIPE" ? EXIT.done : EXIT.failed);
  });
  // Progress that cannot be shown is no reason to stop.
  process.stderr.on("error", () => undefined);
  try {
    const program = createProgram(versionIn(packageJson), async (run) => {
      process.exitCode = await run(terminal);
    });
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else process.exitCode = explain(error, terminal);
  }
}
