// What `squall silence` and `squall silences` ask of the process that holds the state directory, and its answers.

import { ControlRefusal } from "../../shared/adapters/control/control-server.ts";
import type { ControlHandler } from "../../shared/adapters/control/control-server.ts";
import { type SilenceWord, silenceWordOf } from "../../shared/domain/silence-line.ts";
import type { Silence } from "../alerter/silence.ts";
import { silenceOf, wireSilence } from "../alerter/silence.ts";
import type { Silences } from "../alerter/silences.ts";

export type SilenceQuestion = SilenceWord | { readonly do: "list-silences" };

export interface SilenceControlOptions {
  readonly silences: Silences;
  /** Our clock, ms since the epoch. */
  readonly nowMs: () => number;
  /** Resolves when all changes are in the state log: only then is the answer given. */
  readonly flush: () => Promise<void>;
}

/** Answers with the silences that the question is about. Throws ControlRefusal, and what `flush` throws. */
export function createSilenceControl({ silences, nowMs, flush }: SilenceControlOptions): ControlHandler {
  return async (request) => {
    const question = questionOf(request);
    if (question === undefined) throw new ControlRefusal("the squall that runs here does not know that command");
    const told = answer(silences, question, nowMs());
    if (question.do !== "list-silences") await flush();
    return { v: 1, silences: told.map(wireSilence) };
  };
}

/** The silences in an answer; undefined when it is none that is understood. */
export function silencesIn(answered: unknown): Silence[] | undefined {
  if (!isRecord(answered) || answered["v"] !== 1 || !Array.isArray(answered["silences"])) return undefined;
  const silences: Silence[] = [];
  for (const one of answered["silences"]) {
    const silence = silenceOf(one);
    if (silence === undefined) return undefined;
    silences.push(silence);
  }
  return silences;
}

function answer(silences: Silences, question: SilenceQuestion, nowMs: number): readonly Silence[] {
  if (question.do === "list-silences") return silences.list(nowMs);
  if (question.do === "silence") {
    const silence = silences.add(question, nowMs);
    if ("fault" in silence) throw new ControlRefusal(silence.fault);
    return [silence];
  }
  const ended = silences.end(question.id, nowMs);
  if (ended !== undefined) return [ended];
  throw new ControlRefusal(`no silence ${question.id} holds: squall silences lists those that do`);
}

function questionOf(request: unknown): SilenceQuestion | undefined {
  if (isRecord(request) && request["do"] === "list-silences") return { do: "list-silences" };
  return silenceWordOf(request);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
