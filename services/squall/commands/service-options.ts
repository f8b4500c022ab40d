// The services on Kafka, on the command line.

import type { Command } from "commander";
import type { Run } from "../terminal.ts";
import type { ConsoleFlags, ServiceFlags } from "../service-flags.ts";
import type { ServiceRole } from "../service-settings.ts";

const DOES: Readonly<Record<ServiceRole, string>> = {
  ingest: "reads lines from Kafka and says what they tell of each mail; add processes for more lines",
  assembler: "joins what is known of each mail; add processes for more mails",
  detector: "sees storms; one process has a site, the next takes over when it dies",
  recorder: "stores windows and storms in InfluxDB",
  alerter: "tells web hooks and commands of storms",
};

export function addServices(program: Command, run: Run, version: string): void {
  for (const [role, description] of Object.entries(DOES)) {
    if (!isRole(role)) continue;
    withServiceOptions(program.command(role))
      .description(`a service on Kafka: ${description}`)
      .action((flags: ServiceFlags) =>
        run(async (terminal) => {
          const { serviceCommand } = await import("./service-command.ts");
          return serviceCommand(role, flags, { terminal, version });
        }),
      );
  }
}

/** The page of all sites. */
export function addConsole(program: Command, run: Run, version: string): void {
  withServiceOptions(program.command("console"))
    .description("a service on Kafka: the live page of all sites; reads windows and alerts, writes nothing")
    .option("--console <address>", "where the page is (default: 127.0.0.1:9465)")
    .action((flags: ConsoleFlags) =>
      run(async (terminal) => {
        const { consoleCommand } = await import("./console-command.ts");
        return consoleCommand(flags, { terminal, version });
      }),
    );
}

function isRole(role: string): role is keyof typeof DOES {
  return Object.hasOwn(DOES, role);
}

/** What every service takes; the rest is set by variables or the file. */
function withServiceOptions(command: Command): Command {
  return command
    .option("--config <file>", "YAML configuration; SQUALL_* variables stand over it")
    .option("--brokers <hosts>", "host:9092, several with commas between")
    .option("--topic-prefix <prefix>", "first part of the names of our topics (default: squall)")
    .option("--site <name>", "name of the mail system, in alerts")
    .option("--timezone <zone>", "zone of stamps that name none (default: UTC)")
    .option("--metrics <address>", 'Prometheus and health (default: 127.0.0.1:9464; "off": none)');
}
