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
  /** Of the services, not of a standalone. */
  readonly kafka?: boolean;
  readonly config?: string;
  readonly brokers?: string;
  readonly topicPrefix?: string;
}

/** Whose silences are meant. */
type Whose = Pick<SilenceFlags, "state" | "kafka" | "config" | "brokers" | "topicPrefix">;

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
  const { where, reply } = await ask(question, flags, terminal);
  if (reply.kind !== "done") return failure(reply, terminal);
  const isEnd = end !== undefined;
  for (const silence of reply.silences) {
    terminal.out(isEnd ? endedText(silence, reply.isRunning) : silencedText(silence, whoseText(flags)));
  }
  if (!reply.isRunning) {
    const when = flags.kafka === true ? `no alerter on ${where} has taken it yet` : `no squall runs on ${where} now`;
    terminal.err(`squall: ${when}: this holds when the next one starts\n`);
  }
  return EXIT.done;
}

/** Throws ConfigError where the configuration of Kafka is wrong. */
export async function silencesCommand(flags: Whose, terminal: Terminal): Promise<ExitCode> {
  const { where, reply } = await ask({ do: "list-silences" }, flags, terminal);
  if (reply.kind !== "done") return failure(reply, terminal);
  if (reply.silences.length === 0) terminal.out("No silences.\n");
  for (const silence of reply.silences) terminal.out(listedText(silence, terminal.nowMs()));
  if (!reply.isRunning) terminal.err(`squall: no squall runs on ${where} now\n`);
  return EXIT.done;
}

interface Asked {
  /** The state directory, or the topic of alerts. */
  readonly where: string;
  readonly reply: SilenceReply;
}

async function ask(question: SilenceQuestion, flags: Whose, terminal: Terminal): Promise<Asked> {
  if (flags.kafka === true) {
    const { askServices } = await import("./silence-on-kafka.ts");
    return askServices(question, flags, terminal);
  }
  const { folder: chosen, isNamed } = stateFolder(flags.state, terminal.env);
  // A person asks, a service runs: its directory is meant when the person's own has never been used.
  const isService = !isNamed && !hasState(chosen) && hasState(SERVICE_STATE_FOLDER);
  const folder = isService ? SERVICE_STATE_FOLDER : chosen;
  return { where: folder, reply: await askAboutSilences(folder, question, terminal.nowMs) };
}

function failure(reply: Exclude<SilenceReply, { kind: "done" }>, terminal: Terminal): ExitCode {
  terminal.err(`squall: ${printableText(reply.message)}\n`);
  return reply.kind === "unavailable" ? EXIT.unavailable : EXIT.failed;
}

/** The options that name the same squall again. */
function whoseText({ state, kafka = false, config, brokers, topicPrefix }: Whose): string {
  const options = { "--state": state, "--config": config, "--brokers": brokers, "--topic-prefix": topicPrefix };
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  return [...(kafka ? ["--kafka"] : []), ...given].map((option) => ` ${option}`).join("");
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

/** `whose`: options behind the command. */
function silencedText({ id, target, until }: Silence, whose: string): string {
  const what = target === "*" ? "everything" : printableText(target);
  const end = `nobody is told of storms on ${what} until ${clockOf(until, "UTC")} UTC.`;
  const lines = [
    // It has its number of the alerter, once that has heard of it.
    id === 0 ? `Silence asked for: ${end}` : `Silence ${id}: ${end}`,
    "They are still detected, shown and counted; one that is open then is told then.",
    id === 0 ? `Its number: squall silences${whose}` : `To end it before: squall silence --end ${id}${whose}`,
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
