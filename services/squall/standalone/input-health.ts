// Which inputs give nothing, and why: a log that is not there or cannot be read, lines of which none is understood. A squall that reads
// nothing must not pass for one that is well.

/** A file is gone for moments when it is rotated. */
const WRONG_MAX_MS = 60_000;
/** Lines of which none is understood until it is said; a log begins with other programs' lines. */
const DEAF_LINES = 1_000;

export interface ReadLines {
  readonly name: string;
  readonly lines: number;
  /** Lines that told something of a mail, and sound ones of no interest. */
  readonly used: number;
  readonly other: number;
}

export class InputHealth {
  /** Inputs that are wrong, and since when, ms. */
  private readonly wrong = new Map<string, number>();
  private readonly deaf = new Set<string>();
  private readonly read = new Set<string>();
  private readonly say: (line: string) => void;

  /** `say`: one line for a person. */
  constructor(say: (line: string) => void) {
    this.say = say;
  }

  /** An input became wrong, or is right again, at `nowMs`. */
  note(input: string, isWrong: boolean, nowMs: number): void {
    if (!isWrong) this.wrong.delete(input);
    else if (!this.wrong.has(input)) this.wrong.set(input, nowMs);
  }

  /** What an input has read so far. */
  look({ name, lines, used, other }: ReadLines): void {
    if (used > 0) {
      this.read.add(name);
      if (this.deaf.delete(name)) this.say(`${name}: is understood now`);
      return;
    }
    if (lines < DEAF_LINES || this.deaf.has(name)) return;
    this.deaf.add(name);
    const what = other > 0 ? "none of them is of mail" : "none of them is understood";
    this.say(
      `${name}: ${lines} lines were read, and ${what}: is it a mail log, and its format the right one? squall doctor says more`,
    );
  }

  /** All inputs give what they should, as far as can be seen at `nowMs`. */
  isWell(nowMs: number): boolean {
    return this.faults(nowMs).length === 0;
  }

  /** Which do not, in words. One that was never read is not excused by a rotation. */
  faults(nowMs: number): string[] {
    const gone = Array.from(this.wrong).filter(
      ([input, since]) => !this.read.has(input) || nowMs - since > WRONG_MAX_MS,
    );
    return [
      ...gone.map(([input]) => `${input} is not there, or cannot be read`),
      ...Array.from(this.deaf, (input) => `${input}: nothing in it is understood as mail`),
    ];
  }
}
