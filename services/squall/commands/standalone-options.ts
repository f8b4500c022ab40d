// The words of `squall standalone` and `squall learn` on the command line.

import type { Command } from "commander";
import { Option } from "commander";
import { SEVERITIES } from "../../../shared/domain/storm-alert.ts";
import type { Run } from "../terminal.ts";
import { withStandaloneOptions } from "./settings-commands.ts";
import type { StandaloneCommandFlags } from "./standalone-command.ts";

const EXAMPLES = `
Examples:
  squall standalone /var/log/mail.log --webhook https://hooks.example.org/squall
  squall standalone --config /etc/squall/squall.yaml
  journalctl -f -n 0 -u 'postfix*' -o short-iso | squall standalone -
  squall standalone --syslog-udp 5514 --on-alert "/usr/local/bin/page mail-team"

SIGHUP reads the settings of lists and receivers again. docs/standalone.md has more.
`;

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
        return standaloneCommand(paths, flags, { terminal, version });
      }),
    );
}
