// Entries of the alerter's state -> which silences hold, for who only looks.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { decodeSilence, longestSilence, type Silence } from "../../alerter/silence.ts";
import { SILENCE_SET_PREFIX } from "../../alerter/silences.ts";

export class SilencesHeard {
  /** By the key of the entry; as many as the alerter allows. */
  private readonly silences = new Map<string, Silence>();

  /** `value` undefined: what stood there is no more. Entries of other things, and of versions to come, say nothing here. */
  take(key: string, value: Buffer | undefined): void {
    if (!key.startsWith(SILENCE_SET_PREFIX)) return;
    const silence = value === undefined ? undefined : readable(value);
    if (silence === undefined) this.silences.delete(key);
    else this.silences.set(key, silence);
  }

  /** Why nobody is told of an alert; undefined: somebody is. */
  silenceOf(alert: StormAlert, nowMs: number): Silence | undefined {
    return longestSilence(this.silences.values(), alert, nowMs);
  }
}

function readable(value: Buffer): Silence | undefined {
  try {
    return decodeSilence(value);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
