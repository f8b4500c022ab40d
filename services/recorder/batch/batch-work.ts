// The lines of one batch -> the requests that write it, and the lines the server does not take.
//
//   8 lines refused          4 stored    4 refused    2 stored    2 refused    1 stored    1 refused: found
//
// A batch is cut by lines and bytes first. What is refused is halved until the line is found; what is stored is not sent again,
// also when the server is away meanwhile.

export interface RequestBounds {
  readonly linesMax: number;
  readonly bytesMax: number;
}

/** Half open: lines of the batch. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

export interface RefusedLine {
  readonly index: number;
  /** In the server's words. */
  readonly detail: string;
}

export class BatchWork {
  readonly refused: RefusedLine[] = [];
  /** A request of this batch was stored whole: the server takes what we write. */
  hasStored = false;
  /** What is still to be written; the next one stands last. */
  private readonly ranges: LineRange[];

  constructor(lineBytes: readonly number[], bounds: RequestBounds) {
    this.ranges = cut(lineBytes, bounds).toReversed();
  }

  /** The same until one of the others is called; undefined: all is done. */
  next(): LineRange | undefined {
    return this.ranges.at(-1);
  }

  stored(): void {
    this.ranges.pop();
    this.hasStored = true;
  }

  /** True when the refusal of next() says which lines are meant: there is but one, or it means all of them. */
  isFound(isAll: boolean): boolean {
    const range = this.next();
    return range !== undefined && (isAll || range.to - range.from === 1);
  }

  halve(): void {
    const range = this.ranges.pop();
    if (range === undefined) return;
    const middle = Math.ceil((range.from + range.to) / 2);
    this.ranges.push({ from: middle, to: range.to }, { from: range.from, to: middle });
  }

  /** Gives up the lines of next(). */
  refuse(detail: string): void {
    const range = this.ranges.pop();
    if (range === undefined) return;
    for (let index = range.from; index < range.to; index++) this.refused.push({ index, detail });
  }
}

function cut(lineBytes: readonly number[], { linesMax, bytesMax }: RequestBounds): LineRange[] {
  const ranges: LineRange[] = [];
  let from = 0;
  let bytes = 0;
  for (const [index, lineSize] of lineBytes.entries()) {
    if (index > from && (index - from >= linesMax || bytes + lineSize > bytesMax)) {
      ranges.push({ from, to: index });
      from = index;
      bytes = 0;
    }
    bytes += lineSize;
  }
  if (lineBytes.length > from) ranges.push({ from, to: lineBytes.length });
  return ranges;
}
