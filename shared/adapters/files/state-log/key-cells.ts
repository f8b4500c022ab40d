// The texts of keys, side by side in pages of bytes: half a million of them are no objects to the collector. A text takes a cell of
// a multiple of 16 bytes; the cell of a key that is forgotten is used again by one of its size.

const CELL_BYTES = 16;
const PAGE_BYTES = 1 << 20;
const CELLS_A_PAGE = PAGE_BYTES / CELL_BYTES;

export class KeyCells {
  private readonly pages: Buffer[] = [];
  /** First free cells by number of cells. */
  private readonly free = new Map<number, number[]>();
  private used = CELLS_A_PAGE;

  /** Number of the first cell that the text now fills. */
  add(bytes: Buffer, start: number, end: number): number {
    const count = cellsFor(end - start);
    const cell = this.free.get(count)?.pop() ?? this.newCells(count);
    const at = (cell % CELLS_A_PAGE) * CELL_BYTES;
    const page = this.pageOf(cell);
    // Keys are short: a call into the engine costs more than the loop.
    for (let from = start, to = at; from < end; from++, to++) page[to] = bytes[from] ?? 0;
    return cell;
  }

  remove(cell: number, length: number): void {
    const count = cellsFor(length);
    const cells = this.free.get(count);
    if (cells === undefined) this.free.set(count, [cell]);
    else cells.push(cell);
  }

  holds(cell: number, bytes: Buffer, start: number, end: number): boolean {
    const page = this.pageOf(cell);
    const at = (cell % CELLS_A_PAGE) * CELL_BYTES;
    for (let from = start, own = at; from < end; from++, own++) if (page[own] !== bytes[from]) return false;
    return true;
  }

  private newCells(count: number): number {
    if (this.used + count > CELLS_A_PAGE) {
      this.pages.push(Buffer.alloc(PAGE_BYTES));
      this.used = 0;
    }
    const cell = (this.pages.length - 1) * CELLS_A_PAGE + this.used;
    this.used += count;
    return cell;
  }

  private pageOf(cell: number): Buffer {
    const page = this.pages[Math.floor(cell / CELLS_A_PAGE)];
    if (page === undefined) throw new RangeError(`no such cell: ${cell}`);
    return page;
  }
}

function cellsFor(length: number): number {
  return Math.max(1, Math.ceil(length / CELL_BYTES));
}
