// The `squall` command in this process: its terminal, its arguments, and what becomes of errors. What it understands is in program.ts, the work
// in commands/.

import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { InputError } from "../../shared/adapters/files/file-error.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import { ListenError } from "../../shared/runtime/listen-address.ts";
import type { ExitCode } from "./exit-codes.ts";
import { EXIT } from "./exit-codes.ts";
import { createProgram, HELP_WIDTH } from "./program.ts";
import type { Terminal } from "./terminal.ts";

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
    width: stdout.isTTY ? stdout.columns : HELP_WIDTH,
    env,
    nowMs: () => Date.now(),
    signal: stop.signal,
  };
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
