// What `squall standalone` takes on its command line, and the commands that look at its settings before it runs.

import type { Command } from "commander";
import { Option } from "commander";
import { FORMAT_NAMES } from "../../ingest/formats.ts";
import { adviceOption, zone } from "../option-values.ts";
import { READERS } from "../service-settings.ts";
import type { Run } from "../terminal.ts";
import type { CheckConfigFlags } from "./check-config-command.ts";
import type { DoctorFlags } from "./doctor-context.ts";
import type { PrintConfigFlags } from "./print-config-command.ts";

const forService = (): Option =>
  new Option("--for <service>", "as a service on Kafka reads it (default: as standalone does)").choices([...READERS]);

/** `[inputs...]` and all options of `squall standalone`. */
export function withStandaloneOptions(command: Command): Command {
  return command
    .argument(
      "[inputs...]",
      'logs to follow: files, "/var/log/mail-*.log", folders with / at their end, "-" for a pipe',
    )
    .option("--config <file>", "YAML configuration: inputs, web hooks, thresholds, settings a list")
    .option("--state <directory>", "what must survive a restart (default: ~/.local/state/squall)")
    .option("--syslog-udp <address>", "take syslog by UDP: a port on loopback, or ADDRESS:PORT")
    .option("--syslog-tcp <address>", "take syslog by TCP")
    .addOption(new Option("--format <name>", "format of the lines").choices(["auto", ...FORMAT_NAMES]))
    .addOption(new Option("--from <where>", "where a file begins that was never read before").choices(["start", "end"]))
    .option("--webhook <url>", "post alerts there")
    .option("--on-alert <command>", "run a command with the alert on its standard input")
    .option("--heartbeat-url <url>", "call it every minute while all is well")
    .option("--metrics <address>", 'Prometheus and health (default: 127.0.0.1:9464; "off": none)')
    .option("--console <address>", 'the live page (default: 127.0.0.1:9465; "off": none)')
    .option("--site <name>", "name of the mail system, in alerts")
    .option("--timezone <zone>", "zone of stamps that name none, and of times shown (default: UTC)", zone)
    .addOption(adviceOption());
}

export function addSettingsCommands(program: Command, run: Run, version: string): void {
  program
    .command("check-config")
    .argument("[file]", "YAML configuration (none: variables alone)")
    .description("say everything that is wrong with a configuration, or that nothing is; exit 78 or 0")
    .addOption(forService())
    .action((file: string | undefined, flags: CheckConfigFlags) =>
      run(async (terminal) => {
        const { checkConfigCommand } = await import("./check-config-command.ts");
        return checkConfigCommand(file, flags, terminal);
      }),
    );
  withStandaloneOptions(program.command("print-config"))
    .description("print the configuration as it would be in force, each value with its source; secrets are masked")
    .addOption(forService())
    .action((paths: string[], flags: PrintConfigFlags) =>
      run(async (terminal) => {
        const { printConfigCommand } = await import("./print-config-command.ts");
        return printConfigCommand(paths, flags, { terminal, version });
      }),
    );
  withStandaloneOptions(program.command("doctor"))
    .description(
      "look at everything that squall standalone, or a service, needs: what is wrong, and how to mend it; exit 0, 1 or 78",
    )
    .addOption(new Option("--for <service>", "for a service on Kafka (default: for standalone)").choices([...READERS]))
    .option("--send-test", "send a test alert to every web hook; without it they are only connected to")
    .addHelpText(
      "after",
      "\nRun it as the user that squall runs as, with the same options:\n  sudo -u squall squall doctor --config /etc/squall/squall.yaml\n  squall doctor --for ingest --config /etc/squall/squall.yaml\n",
    )
    .action((paths: string[], flags: DoctorFlags) =>
      run(async (terminal) => {
        const { doctorCommand } = await import("./doctor-command.ts");
        return doctorCommand(paths, flags, { terminal, version });
      }),
    );
}
