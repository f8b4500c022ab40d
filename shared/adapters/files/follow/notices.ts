// What happens to one input -> a notice once a change of state, never once a poll.

import { whatIsWrong } from "../file-error.ts";
import type { GenerationMark } from "./generation-mark.ts";
import type { FollowCounters, FollowDeps, FollowEvent } from "./follow-settings.ts";

export class Notices {
  /** What is wrong now, by what it is wrong with. */
  private readonly wrong = new Map<string, string>();
  private awaySinceMs: number | undefined;
  private readonly input: string;
  private readonly deps: FollowDeps;
  private readonly counters: FollowCounters;

  constructor(input: string, deps: FollowDeps, counters: FollowCounters) {
    this.input = input;
    this.deps = deps;
    this.counters = counters;
  }

  say(event: FollowEvent, message: string): void {
    this.deps.onNotice({ event, input: this.input, message });
  }

  /** `what`: a path, or what was being done. */
  unreadable(what: string, path: string, error: unknown): void {
    const message = faultMessage(path, error);
    const isTold = [...this.wrong.values()].includes(message);
    this.wrong.set(what, message);
    if (isTold) return;
    this.counters.faults += 1;
    this.say("unreadable", message);
  }

  missing(message: string): void {
    if (this.wrong.has(MISSING)) return;
    this.wrong.set(MISSING, message);
    this.say("missing", message);
  }

  /** A file is there, or has not been for longer than it may be away. */
  there(isThere: boolean, nowMs: number, mayBeAwayMs: number): void {
    if (isThere) {
      this.awaySinceMs = undefined;
      this.found();
      return;
    }
    this.awaySinceMs ??= nowMs;
    if (nowMs - this.awaySinceMs >= mayBeAwayMs) this.missing(`${this.input}: is not there; waiting for it`);
  }

  found(): void {
    this.mended(MISSING, this.input);
  }

  mended(what: string, path: string): void {
    const message = this.wrong.get(what);
    if (message === undefined) return;
    this.wrong.delete(what);
    if ([...this.wrong.values()].includes(message)) return;
    this.say("mended", what === MISSING ? `${path}: is there` : `${path}: can be read again`);
  }
}

const MISSING = "missing";

/** One line that begins with the path. */
export function faultMessage(path: string, error: unknown): string {
  const words = whatIsWrong(error);
  // A file beside it may be what could not be opened.
  const about = error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : path;
  return words.startsWith("/") || words.startsWith(path) ? words : `${about}: ${words}`;
}

/** What became of the rest of a generation. */
export function restMessage({ path, offset }: GenerationMark, fate: string): string {
  return `${path}: what was written behind byte ${offset} before it was rotated ${fate}`;
}
