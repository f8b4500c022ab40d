// A list of places (records of a slab, mails, tickets) to be put in order. It keeps its room: an array that is emptied for every slice
// gives its memory back and takes it anew.

const FIRST_PLACES = 1024;
/** Moves a place before sorting takes over: lines come nearly in order. */
const MOVES = 8;

export class Places {
  length = 0;
  private items = new Int32Array(FIRST_PLACES);

  /** `index` below `length`. */
  at(index: number): number {
    return this.items[index] ?? 0;
  }

  push(place: number): void {
    if (this.length === this.items.length) {
      const { items } = this;
      this.items = new Int32Array(items.length * 2);
      this.items.set(items);
    }
    this.items[this.length] = place;
    this.length += 1;
  }

  clear(): void {
    this.length = 0;
  }

  /** By a total order. */
  sort(compare: (a: number, b: number) => number): void {
    const { items, length } = this;
    let moves = length * MOVES;
    for (let index = 1; index < length; index += 1) {
      const place = items[index] ?? 0;
      let to = index;
      for (; to > 0 && compare(items[to - 1] ?? 0, place) > 0; to -= 1) {
        items[to] = items[to - 1] ?? 0;
        moves -= 1;
      }
      items[to] = place;
      if (moves >= 0) continue;
      items.subarray(0, length).sort(compare);
      return;
    }
  }
}
