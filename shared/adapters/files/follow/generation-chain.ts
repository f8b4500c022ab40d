// The generations of one log that are read now, eldest first -> chunks that end with a line, and the position behind them.
//
//   lingering   rotated away; what a writer that has not noticed still writes there is read until it was quiet for a while
//   current     the newest that was begun
//   next        found behind it, opened; begun when the current one is read to its end
//   waiting     known from a position, or lost sight of: to be found again before anything behind it is read

import type { LiveChunk } from "../live-input.ts";
import type { ChainOptions, Next, Unfinished } from "./chain-parts.ts";
import { DAMAGED_MAX, LINGERING_MAX, LONG_LINE_MS } from "./chain-parts.ts";
import type { FilePlace } from "./file-place.ts";
import type { FollowPosition } from "./generation-mark.ts";
import type { Generation } from "./generation.ts";
import { faultMessage, restMessage } from "./notices.ts";
import type { Among } from "./succession.ts";
import { Turns } from "./turns.ts";

const NEWLINE = Buffer.from("\n");

export class GenerationChain {
  current: Generation | undefined;
  next: Next | undefined;
  readonly turns = new Turns();
  readonly waiting: Unfinished[] = [];
  private lingering: readonly Generation[] = [];
  private readonly said: LiveChunk[] = [];
  /** Rotated files that cannot be read: few, as what comes behind one that was read is all that is looked at. */
  private readonly damaged: FilePlace[] = [];
  private hasTaken = false;
  /** When the first bytes of the current one were read. */
  private begunAtMs = 0;
  private readonly options: ChainOptions;

  constructor(options: ChainOptions) {
    this.options = options;
  }

  restore({ previous, generations }: FollowPosition): void {
    this.turns.previous = previous;
    this.waiting.push(...generations.map((mark) => ({ mark, isMidLine: false, tail: undefined })));
  }

  /** Files that are not to be begun. */
  get except(): Omit<Among, "held"> {
    return { open: this.lingering, damaged: this.damaged };
  }

  get openFiles(): number {
    return this.lingering.length + Number(this.current !== undefined) + Number(this.next !== undefined);
  }

  /** To be handed out before anything else: whole lines. */
  say(bytes: Buffer, begins: boolean): void {
    if (bytes.length > 0) this.said.push({ bytes, begins });
  }

  take(): LiveChunk | undefined {
    const chunk = this.takeNext();
    this.hasTaken ||= chunk !== undefined;
    this.options.counters.bytesRead += chunk?.bytes.length ?? 0;
    return chunk;
  }

  /** Undefined as long as nothing was taken of the first that has to be. */
  position(unusedBytes: number): FollowPosition | undefined {
    if (this.said.length > 0 && !this.hasTaken) return undefined;
    const { lingering, current, waiting } = this;
    return this.turns.position({ lingering, current, waiting }, unusedBytes);
  }

  /** What was to be found again is nowhere, or may not be read. */
  giveUp(unfinished: Unfinished, why?: string, unreadable?: FilePlace): void {
    const { mark, isMidLine, tail } = unfinished;
    this.waiting.shift();
    // It was empty, and still is or comes behind the previous one.
    if (mark.offset === 0 && mark.head.bytes === 0) return;
    if (mark.lingers !== true) this.turns.skip(mark);
    const rest = tail ?? NEWLINE.subarray(0, 0);
    if (isMidLine || rest.length > 0) this.say(Buffer.concat([rest, NEWLINE]), mark.offset === 0);
    if (tail !== undefined && why === undefined) return;
    this.lose(restMessage(mark, why ?? "was not found again"), unreadable);
  }

  /** A rotated file that may not be read: what comes behind it does not wait for that. */
  passOver(place: FilePlace, resumes: Unfinished | undefined): void {
    const message = `${place.path}: permission denied`;
    if (resumes === undefined) this.lose(`${message}; it is not read`, place);
    else this.giveUp(resumes, `is not read: ${message}`, place);
  }

  close(): void {
    for (const generation of [...this.lingering, this.current, this.next?.generation]) generation?.close();
  }

  private takeNext(): LiveChunk | undefined {
    for (;;) {
      const said = this.said.shift();
      if (said !== undefined) return said;
      // Lines of one file are not put into a line of another.
      const midLine = [...this.lingering, this.current].find((generation) => generation?.isMidLine === true);
      const chunk = midLine === undefined ? this.takeInTurn() : this.read(midLine);
      if (chunk !== undefined) return chunk;
      if (this.said.length > 0) continue;
      if (midLine?.isMidLine === true ? !this.breakLine(midLine) : !this.moveOn()) return undefined;
    }
  }

  /** False while it may still be ended, or nothing waits for its end. */
  private breakLine(generation: Generation): boolean {
    const isWaitedFor = this.lingering.length > 0 || this.next !== undefined;
    if (generation.settled !== undefined || !isWaitedFor) return false;
    if (this.options.nowMs() - generation.grewAtMs < LONG_LINE_MS) return false;
    this.giveUpLine(generation);
    return true;
  }

  private takeInTurn(): LiveChunk | undefined {
    const { current } = this;
    // One that was lost sight of within a line is ended first.
    if (current === undefined && this.waiting[0]?.isMidLine === true) return undefined;
    for (const generation of this.lingering) {
      const chunk = this.read(generation);
      if (chunk !== undefined) return chunk;
      // As long as nothing is written to the new one, its writer may not know of it: nobody may have told it.
      if (current === undefined || current.offset === 0) continue;
      const quietMs = this.options.nowMs() - Math.max(generation.grewAtMs, this.begunAtMs);
      if (quietMs >= this.options.letGoMs) this.letGo(generation);
      else if (quietMs >= this.options.lingerMs) this.endTail(generation);
      if (this.said.length > 0) return undefined;
    }
    return current === undefined ? undefined : this.read(current);
  }

  private read(generation: Generation): LiveChunk | undefined {
    const { notices, onWanted } = this.options;
    const begins = generation.offset === 0;
    try {
      if (generation === this.current && generation.standing() === "unknown") {
        onWanted();
        return undefined;
      }
      const outcome = generation.read();
      notices.mended(generation.path, generation.path);
      if (outcome === "truncated") this.noteTruncated(generation);
      else if (outcome === "ended" && generation.isMidLine) this.giveUpLine(generation);
      else if (outcome === "ended") this.retire(generation);
      else if (typeof outcome !== "string") {
        if (begins && generation === this.current) this.begunAtMs = this.options.nowMs();
        return { bytes: outcome, begins };
      }
    } catch (error) {
      this.noteFailed(generation, error);
    }
    return undefined;
  }

  private noteTruncated(generation: Generation): void {
    this.options.counters.truncations += 1;
    this.options.notices.say("truncated", `${generation.path}: was emptied`);
    if (generation === this.current) {
      this.loseSight(generation, Buffer.from(generation.tail));
      this.options.onWanted();
    } else this.letGo(generation);
  }

  private giveUpLine(generation: Generation): void {
    generation.breakLine();
    this.say(Buffer.concat([generation.takeTail(), NEWLINE]), false);
  }

  private noteFailed(generation: Generation, error: unknown): void {
    if (generation.settled !== undefined) {
      this.lose(`${faultMessage(generation.path, error)}; the rest of it is not read`, generation.settled);
      if (generation.isMidLine) this.say(NEWLINE, false);
      this.retire(generation);
      return;
    }
    this.options.notices.unreadable(generation.path, generation.path, error);
    // It is opened anew at the next poll.
    if (generation === this.current) this.loseSight(generation, undefined);
  }

  private lose(message: string, unreadable?: FilePlace): void {
    if (unreadable !== undefined && this.damaged.push(unreadable) > DAMAGED_MAX) this.damaged.shift();
    this.options.counters.lostGenerations += 1;
    this.options.notices.say("generation-lost", message);
  }

  private retire(generation: Generation): void {
    this.options.counters.rotations += 1;
    this.turns.finish(generation);
    this.current = undefined;
    generation.close();
    this.options.onWanted();
  }

  private loseSight(generation: Generation, tail: Buffer | undefined): void {
    this.waiting.unshift({ mark: generation.mark(0), isMidLine: generation.isMidLine, tail });
    this.next?.generation.close();
    this.next = undefined;
    this.current = undefined;
    generation.close();
  }

  /** Begins the next; false when there is none, or the current one is not read to its end. */
  private moveOn(): boolean {
    const { current, next } = this;
    if (next === undefined || current?.settled !== undefined) return false;
    if (current !== undefined) this.leave(current, next);
    this.next = undefined;
    if (next.resumes !== undefined) this.waiting.shift();
    if (next.resumes?.isMidLine === true) next.generation.continueLine();
    const isPassed = next.resumes?.mark.lingers === true;
    if (!isPassed) this.turns.begin(next.generation);
    this.begunAtMs = this.options.nowMs();
    if (isPassed && next.generation.settled === undefined) {
      this.lingering = [...this.lingering, next.generation];
      this.current = undefined;
    } else this.current = next.generation;
    this.options.onWanted();
    return true;
  }

  private leave(current: Generation, next: Next): void {
    if (next.isBeforeCurrent === true) {
      current.close();
      return;
    }
    this.lingering = [...this.lingering, current];
    this.turns.finish(current);
    this.options.counters.rotations += 1;
    this.options.notices.say("rotated", `${current.path}: is followed by another file`);
    const [eldest] = this.lingering;
    if (this.lingering.length > LINGERING_MAX && eldest !== undefined) this.letGo(eldest);
  }

  /** What is behind its last newline is a line now. */
  private endTail(generation: Generation): void {
    const begins = generation.offset === 0;
    const tail = generation.takeTail();
    if (tail.length > 0) this.say(Buffer.concat([tail, NEWLINE]), begins);
  }

  private letGo(generation: Generation): void {
    this.endTail(generation);
    this.lingering = this.lingering.filter((one) => one !== generation);
    this.turns.finish(generation);
    generation.close();
  }
}
