// `squall silence` and `squall silences`: words of the command line -> a question, its answer -> words and an exit code.

import { userInfo } from "node:os";
import { printableText } from "../../../shared/domain/printable-text.ts";
import type { Silence } from "../../alerter/silence.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import type { SilenceQuestion } from "../silence-control.ts";
import type { SilenceReply } from "../silence-question.ts";
import { askAboutSilences, hasState } from "../silence-question.ts";
import { SERVICE_STATE_FOLDER, stateFolder } from "../state-directory.ts";
import type { Terminal } from "../terminal.ts";
import { clockOf } from "../words.ts";

export interface SilenceFlags {
  /** ms. */
  readonly for?: number;
  readonly why?: string;
  /** Number of the silence that is to end. */
  readonly end?: number;
  readonly state?: string;
}

/** `target` and flags without a usage fault. */
export async function silenceCommand(
  target: string | undefined,
  flags: SilenceFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { end, for: durationMs = 0, why = "" } = flags;
  const question: SilenceQuestion =
    end === undefined
      ? { do: "silence", target: target ?? "", durationMs, why, who: whoAsks(terminal) }
      : { do: "end-silence", id: end };
  const { folder, reply } = await ask(question, flags, terminal);
  if (reply.kind !== "done") return failure(reply, terminal);
  for (const silence of reply.silences) {
    terminal.out(end === undefined ? silencedText(silence, flags.state) : endedText(silence, reply.isRunning));
  }
  if (!reply.isRunning) terminal.err(`squall: no squall runs on ${folder} now: this holds when the next one starts\n`);
  return EXIT.done;
}

export async function silencesCommand(flags: Pick<SilenceFlags, "state">, terminal: Terminal): Promise<ExitCode> {
  const { folder, reply } = await ask({ do: "list-silences" }, flags, terminal);
  if (reply.kind !== "done") return failure(reply, terminal);
  if (reply.silences.length === 0) terminal.out("No silences.\n");
  for (const silence of reply.silences) terminal.out(listedText(silence, terminal.nowMs()));
  if (!reply.isRunning) terminal.err(`squall: no squall runs on ${folder} now\n`);
  return EXIT.done;
}

async function ask(
  question: SilenceQuestion,
  flags: Pick<SilenceFlags, "state">,
  terminal: Terminal,
): Promise<{ readonly folder: string; readonly reply: SilenceReply }> {
  const { folder: chosen, isNamed } = stateFolder(flags.state, terminal.env);
  // A person asks, a service runs: its directory is meant when the person's own has never been used.
  const isService = !isNamed && !hasState(chosen) && hasState(SERVICE_STATE_FOLDER);
  const folder = isService ? SERVICE_STATE_FOLDER : chosen;
  return { folder, reply: await askAboutSilences(folder, question, terminal.nowMs) };
}

function failure(reply: Exclude<SilenceReply, { kind: "done" }>, terminal: Terminal): ExitCode {
  terminal.err(`squall: ${printableText(reply.message)}\n`);
  return reply.kind === "unavailable" ? EXIT.unavailable : EXIT.failed;
}

/** Behind sudo it is the person who asks that others will want to talk to. */
function whoAsks(terminal: Terminal): string {
  const behind = terminal.env["SUDO_USER"] ?? "";
  const name = systemUser();
  return printableText(behind === "" || behind === name ? name : `${behind} (as ${name})`).slice(0, 255);
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container runs under a number that has no name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

/** `state`: the directory that was named. */
function silencedText(silence: Silence, state: string | undefined): string {
  const { id, target, until } = silence;
  const what = target === "*" ? "everything" : printableText(target);
  const lines = [
    `Silence ${id}: nobody is told of storms on ${what} until ${clockOf(until, "UTC")} UTC.`,
    "They are still detected, shown and counted; one that is open then is told then.",
    `To end it before: squall silence --end ${id}${state === undefined ? "" : ` --state ${state}`}`,
  ];
  return `${lines.join("\n")}\n`;
}

function endedText({ id, target }: Silence, isRunning: boolean): string {
  const then = isRunning ? "; storms that are still open are told now" : "";
  return `Silence ${id} on ${printableText(target)} has ended${then}.\n`;
}

function listedText({ id, target, since, until, why, who }: Silence, nowMs: number): string {
  const end = `until ${clockOf(until, "UTC")} UTC (${leftText(until - nowMs)})`;
  const lines = [
    `${id}  ${printableText(target)}  ${end}`,
    `   ${printableText(who)}, ${clockOf(since, "UTC")} UTC: ${printableText(why)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function leftText(leftMs: number): string {
  const minutes = Math.max(1, Math.ceil(leftMs / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h left`;
  return hours > 0 ? `${hours} h ${minutes % 60} min left` : `${minutes} min left`;
}
