// A question about silences -> the answer: of the squall that runs on the directory; where none runs, of its state log itself.

import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { askControl, NoAnswer } from "../../shared/adapters/control/control-client.ts";
import { ControlRefusal } from "../../shared/adapters/control/control-server.ts";
import { whatIsWrong } from "../../shared/adapters/files/file-error.ts";
import { folderHolder } from "../../shared/adapters/files/folder-lock.ts";
import type { LockHolder } from "../../shared/adapters/files/lock-holder.ts";
import { holderWords } from "../../shared/adapters/files/lock-holder.ts";
import { segmentsAmong } from "../../shared/adapters/files/state-log/segment-name.ts";
import type { StateEntry } from "../../shared/runtime/state-log.ts";
import { StateLogError } from "../../shared/runtime/state-log.ts";
import type { Silence } from "../alerter/silence.ts";
import { SILENCE_PREFIX, SilenceEntryError, Silences } from "../alerter/silences.ts";
import type { SilenceQuestion } from "./silence-control.ts";
import { createSilenceControl, silencesIn } from "./silence-control.ts";
import { openStateDirectory } from "./state-directory.ts";

/** How long to wait for the process, or for another command that has the directory for a moment. */
const WAIT_MS = 10_000;
const RETRY_MS = 50;
const AS_ITS_USER = ": run this as the user that squall runs as, or as root";

export type SilenceReply =
  | { readonly kind: "done"; readonly silences: readonly Silence[]; readonly isRunning: boolean }
  /** By the one who was asked. */
  | { readonly kind: "refused"; readonly message: string }
  /** Nobody could be asked. */
  | { readonly kind: "unavailable"; readonly message: string };

export async function askAboutSilences(
  folder: string,
  question: SilenceQuestion,
  nowMs: () => number,
): Promise<SilenceReply> {
  const deadline = performance.now() + WAIT_MS;
  try {
    const nothing = nothingThere(folder);
    if (nothing !== undefined) return { kind: "unavailable", message: nothing };
    for (;;) {
      const holder = await folderHolder(folder);
      if (holder !== undefined && !holder.isBrief) return await askProcess(folder, holder, question);
      const reply = holder === undefined ? await answerOurselves(folder, question, nowMs) : undefined;
      if (reply !== undefined) return reply;
      if (performance.now() > deadline) {
        const by = holder === undefined ? "others" : holderWords(holder);
        return { kind: "unavailable", message: `${folder}: is in use by ${by}: try again` };
      }
      await pause(RETRY_MS);
    }
  } catch (error) {
    if (error instanceof StateLogError) {
      return { kind: error.fault === "access" ? "unavailable" : "refused", message: withRights(error) };
    }
    if (error instanceof SilenceEntryError) return { kind: "refused", message: `${folder}: ${error.message}` };
    throw error;
  }
}

/** Squall has run on the folder. */
export function hasState(folder: string): boolean {
  return nothingThere(folder) === undefined;
}

/** Undefined when squall has run on the folder. */
function nothingThere(folder: string): string | undefined {
  try {
    if (segmentsAmong(readdirSync(folder)).length > 0) return undefined;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing) return `${folder}: ${whatIsWrong(error)}${AS_ITS_USER}`;
  }
  return `${folder}: no squall runs here, and none has: name the directory of the one that is meant: --state DIR`;
}

async function askProcess(folder: string, holder: LockHolder, question: SilenceQuestion): Promise<SilenceReply> {
  const who = holderWords(holder);
  try {
    const answer = await askControl(folder, holder.socket, question, WAIT_MS);
    if ("refused" in answer) return { kind: "refused", message: answer.refused };
    const silences = silencesIn(answer.answer);
    if (silences !== undefined) return { kind: "done", silences, isRunning: true };
    return { kind: "refused", message: `${who}: gave an answer that is not understood (is it another version?)` };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const message =
      error.why === "EACCES"
        ? `${who}: may not be asked${AS_ITS_USER}`
        : `${who}: does not answer (${error.why}): nothing was changed that is known of; see what it does`;
    return { kind: "unavailable", message };
  }
}

/** Undefined when another process has taken the directory meanwhile. */
async function answerOurselves(
  folder: string,
  question: SilenceQuestion,
  nowMs: () => number,
): Promise<SilenceReply | undefined> {
  const directory = await openStateDirectory(folder, { title: "squall silence", isBrief: true, waitMs: 0 }).catch(
    (error: unknown) => {
      if (error instanceof StateLogError && error.fault === "held") return undefined;
      throw error;
    },
  );
  if (directory === undefined) return undefined;
  try {
    const { log } = directory;
    const silences = new Silences();
    await log.read((key, value) => {
      if (key.startsWith(SILENCE_PREFIX)) silences.restore(key, value);
    });
    const flush = async (): Promise<void> => {
      const entries: StateEntry[] = [];
      silences.changes((key, value) => entries.push({ key, value }));
      await log.append(entries);
    };
    const answer = await createSilenceControl({ silences, nowMs, flush })(question);
    return { kind: "done", silences: silencesIn(answer) ?? [], isRunning: false };
  } catch (error) {
    if (error instanceof ControlRefusal) return { kind: "refused", message: error.message };
    throw error;
  } finally {
    await directory.close();
  }
}

function withRights({ fault, message }: StateLogError): string {
  return fault === "access" ? `${message}${AS_ITS_USER}` : message;
}
