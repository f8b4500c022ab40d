// What `squall health` understands on its command line.

import type { Command } from "commander";
import type { Run } from "../terminal.ts";
import type { HealthFlags } from "./health-command.ts";

export function addHealth(program: Command, run: Run): void {
  program
    .command("health")
    .description("ask the squall that runs on this machine whether it is ready, as a health check of a container does")
    .option("--metrics <address>", "where its metrics are (default: SQUALL_METRICS_ADDRESS, or 127.0.0.1:9464)")
    .option("--alive", "ask whether it is alive: an outage of brokers or receivers is no matter then")
    .addHelpText("after", "\nExit codes: 0 yes, 1 not now, 69 nobody answers.\n")
    .action((flags: HealthFlags) =>
      run(async (terminal) => {
        const { healthCommand } = await import("./health-command.ts");
        return healthCommand(flags, terminal);
      }),
    );
}
