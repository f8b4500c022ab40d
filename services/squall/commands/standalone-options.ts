// The words of `squall standalone` and `squall learn` on the command line.

import type { Command } from "commander";
import { Option } from "commander";
import { SEVERITIES } from "../../../shared/domain/storm-alert.ts";
import { FORMAT_NAMES } from "../../ingest/formats.ts";
import { numberBetween, zone } from "../option-values.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Run } from "../terminal.ts";
import type { LearnFlags } from "./learn-command.ts";
import { withStandaloneOptions } from "./settings-commands.ts";
import type { StandaloneCommandFlags } from "./standalone-command.ts";

/** What was said at the end has so long to be read. */
const OUTPUT_GRACE_MS = 2_000;

const EXAMPLES = `
Examples:
  squall standalone /var/log/mail.log --webhook https://hooks.example.org/squall
  squall standalone --config /etc/squall/squall.yaml
  journalctl -f -n 0 -u 'postfix*' -o short-iso | squall standalone -
  squall standalone --syslog-udp 5514 --on-alert "/usr/local/bin/page mail-team"

SIGHUP reads the settings of lists and receivers again. docs/standalone.md has more.
`;

export function addLearn(program: Command, run: Run): void {
  program
    .command("learn")
    .argument("<files...>", 'old logs, plain, gzip or zstd; "-" is standard input')
    .description(
      "prime what standalone knows of lists (who writes to them, how many read them) from old logs; tells nobody",
    )
    .option("--config <file>", "YAML configuration: state directory, site, settings a list")
    .option("--state <directory>", "that of the squall that is to know it (default: ~/.local/state/squall)")
    .addOption(new Option("--format <name>", "format of the lines").choices(["auto", ...FORMAT_NAMES]).default("auto"))
    .option("--site <name>", "name of the mail system, as standalone has it")
    .option("--timezone <zone>", "zone of stamps that name none (default: UTC)", zone)
    .option(
      "--year <year>",
      "year of the first stamp, where stamps name none (default: the latest that fits)",
      numberBetween(1970, 9999, true),
    )
    .addHelpText(
      "after",
      "\nExample, before the first start:\n  squall learn /var/log/mail.log.*.gz /var/log/mail.log.1\n",
    )
    .action((files: string[], flags: LearnFlags) =>
      run(async (terminal) => {
        const { learnCommand } = await import("./learn-command.ts");
        return learnCommand(files, flags, terminal);
      }),
    );
}

export function addStandalone(program: Command, run: Run, version: string): void {
  withStandaloneOptions(program.command("standalone"))
    .description("watch the logs of a live server: follow them, remember across restarts, tell when a storm begins")
    .addOption(new Option("--output <kind>", "alerts as text or as NDJSON").choices(["text", "ndjson"]).default("text"))
    .addOption(
      new Option("--min-severity <level>", "least severity to show").choices([...SEVERITIES]).default("warning"),
    )
    .option("--dead-letter <file>", "append rejected lines with their reasons as NDJSON, 100 MiB at most")
    .addHelpText("after", EXAMPLES)
    .action((paths: string[], flags: StandaloneCommandFlags) =>
      run(async (terminal) => {
        const { standaloneCommand } = await import("./standalone-command.ts");
        const code = await standaloneCommand(paths, flags, { terminal, version });
        if (terminal.signal.aborted) endWithout(code);
        return code;
      }),
    );
}

/** Whoever stands behind standard output and reads no more must not keep a process that was told to end. */
function endWithout(code: ExitCode): void {
  setTimeout(() => process.exit(code), OUTPUT_GRACE_MS).unref();
}
