// A log that grows at a pace and is rotated while it does, as a mail server and logrotate write it.

import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const KEPT = 4;
const TURN_MS = 20;

export type Rotation = "rename" | "copytruncate";

export interface RotatingLogOptions {
  readonly path: string;
  readonly lines: readonly string[];
  readonly linesPerSecond: number;
  /** Lines that may be written now: who writes waits where a test has not come so far. */
  readonly allowed: () => number;
  /** Lines between two rotations, and the ways that take turns; none: it is never rotated. */
  readonly rotateEvery: number;
  readonly rotations: readonly Rotation[];
  /** Bytes of a line that may be written by themselves, so that a reader sees half a line. */
  readonly splitAt: (line: number) => number | undefined;
}

export class RotatingLog {
  written = 0;
  private readonly options: RotatingLogOptions;
  private descriptor: number;
  private rotated = 0;

  constructor(options: RotatingLogOptions) {
    this.options = options;
    this.descriptor = openSync(options.path, "a");
  }

  /** Writes on until all lines are out. */
  async run(signal: AbortSignal): Promise<void> {
    const { lines, linesPerSecond, allowed } = this.options;
    const startedAt = performance.now();
    while (this.written < lines.length && !signal.aborted) {
      const paced = Math.ceil(((performance.now() - startedAt) / 1000) * linesPerSecond);
      const due = Math.min(lines.length, paced, Math.ceil(allowed()));
      while (this.written < due) await this.writeSome(due);
      await pause(TURN_MS);
    }
    closeSync(this.descriptor);
  }

  private async writeSome(due: number): Promise<void> {
    const { lines, rotateEvery, rotations, splitAt } = this.options;
    const untilRotation = rotations.length === 0 ? Infinity : rotateEvery - (this.written % rotateEvery);
    const until = Math.min(due, this.written + untilRotation);
    const split = splitAt(until - 1);
    const last = `${lines[until - 1] ?? ""}\n`;
    const whole = lines.slice(this.written, until - 1).map((line) => `${line}\n`);
    if (split === undefined) {
      writeSync(this.descriptor, `${whole.join("")}${last}`);
    } else {
      writeSync(this.descriptor, `${whole.join("")}${last.slice(0, split)}`);
      await pause(TURN_MS);
      writeSync(this.descriptor, last.slice(split));
    }
    this.written = until;
    if (rotations.length > 0 && until % rotateEvery === 0) this.rotate(rotations[this.rotated % rotations.length]);
  }

  private rotate(rotation: Rotation | undefined): void {
    const { path } = this.options;
    this.rotated += 1;
    if (existsSync(`${path}.${KEPT}`)) unlinkSync(`${path}.${KEPT}`);
    for (let number = KEPT - 1; number >= 1; number -= 1) {
      if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    }
    if (rotation === "copytruncate") {
      // Written to by nobody in between: what is then is lost with every reader.
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
      return;
    }
    renameSync(path, `${path}.1`);
    closeSync(this.descriptor);
    this.descriptor = openSync(path, "a");
  }
}
