// What live running knows between two turns, beside its inputs and its detector <-> entries of the state: "mail/…" and "time/live".

import { decodedState, type PutEntry } from "../../../shared/domain/state-value.ts";
import { integerOf, requiredFlag } from "../../../shared/domain/wire-fields.ts";
import { decodeLine } from "../../../shared/domain/wire-object.ts";
import type { AssemblerState } from "../../assembler/state/assembler-state.ts";
import type { LiveTimeState } from "./live-time.ts";

const PREFIXES = ["mail/", "time/"];
const TIME_KEY = "time/live";
const TIMES = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/** `revisedAt`: stream time of the last revisions, ms. */
export type PipelineTimes = LiveTimeState & { readonly revisedAt: number };

export class LiveState {
  private readonly mails: AssemblerState;
  private readonly times: { readonly state: () => PipelineTimes; readonly restore: (times: PipelineTimes) => void };
  private told = "";

  constructor(mails: AssemblerState, times: LiveState["times"]) {
    this.mails = mails;
    this.times = times;
  }

  /** Tells every entry that changed since the last call, each once. To be called between two turns. */
  changes(put: PutEntry): void {
    this.mails.changes(put);
    const text = JSON.stringify(wireTimes(this.times.state()));
    if (text === this.told) return;
    this.told = text;
    put(TIME_KEY, Buffer.from(text));
  }

  /** Is it a key of these? */
  owns(key: string): boolean {
    return PREFIXES.some((prefix) => key.startsWith(prefix));
  }

  /** Takes an entry of its own back, before anything is fed. Throws StateValueError. */
  restore(key: string, value: Buffer): void {
    if (key !== TIME_KEY) {
      this.mails.restore(key, value);
      return;
    }
    this.told = value.toString("utf8");
    this.times.restore(decodedState(key, decodeLine(this.told, readTimes)));
  }

  /** All entries were given. Throws StateValueError. */
  restored(): void {
    this.mails.restored();
  }
}

function wireTimes({ isUnsure, ...times }: PipelineTimes): object {
  const known = Object.entries(times).filter(([, ms]) => Number.isFinite(ms));
  return { v: 1, ...Object.fromEntries(known), isUnsure };
}

function readTimes(object: Parameters<typeof integerOf>[0]): PipelineTimes {
  const time = (key: string): number => integerOf(object, key, TIMES) ?? Number.NEGATIVE_INFINITY;
  return {
    atMs: time("atMs"),
    reachedMs: time("reachedMs"),
    watermark: time("watermark"),
    isUnsure: requiredFlag(object, "isUnsure"),
    revisedAt: time("revisedAt"),
  };
}
