// In which order the generations of a log were begun, and which of them is the last that is done with: what comes behind that is new.

import type { Unfinished } from "./chain-parts.ts";
import type { FollowPosition, GenerationMark } from "./generation-mark.ts";
import type { Generation } from "./generation.ts";

export interface Reading {
  readonly lingering: readonly Generation[];
  readonly current: Generation | undefined;
  readonly waiting: readonly Unfinished[];
}

export class Turns {
  /** The last that is done with, or lingers only. */
  previous: GenerationMark | undefined;
  private readonly turns = new WeakMap<Generation, number>();
  private begun = 1;
  private previousTurn = 1;

  begin(generation: Generation): void {
    this.begun += 1;
    this.turns.set(generation, this.begun);
  }

  /** A later one is done with. So are those from before a restart that were so then: they have no turn. */
  private isPassed(generation: Generation): boolean {
    return (this.turns.get(generation) ?? 0) < this.previousTurn;
  }

  /** Where those that are being read stand, and those that are to be found again. */
  position({ lingering, current, waiting }: Reading, unusedBytes: number): FollowPosition {
    const generations: GenerationMark[] = [];
    for (const generation of current === undefined ? lingering : [...lingering, current]) {
      const isPassed = this.isPassed(generation);
      // Of a file of which nothing was used nothing is known: it is what comes behind the previous one.
      if (generation === current && generation.offset === 0 && !isPassed) continue;
      const mark = generation.mark(generation.isMidLine ? unusedBytes : 0);
      generations.push(isPassed ? { ...mark, lingers: true } : mark);
    }
    for (const { mark, isMidLine } of waiting) {
      generations.push(isMidLine ? { ...mark, offset: Math.max(0, mark.offset - unusedBytes) } : mark);
    }
    return this.previous === undefined ? { v: 1, generations } : { v: 1, previous: this.previous, generations };
  }

  finish(generation: Generation): void {
    const turn = this.turns.get(generation);
    if (turn === undefined || turn < this.previousTurn) return;
    const mark = generation.mark(0);
    // One that was empty cannot be found again by what it holds.
    if (mark.head.bytes === 0) return;
    this.previous = mark;
    this.previousTurn = turn;
  }

  /** It was not found again; it was the newest. */
  skip(mark: GenerationMark): void {
    this.previous = mark;
    this.previousTurn = this.begun;
  }
}
