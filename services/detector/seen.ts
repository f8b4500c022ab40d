// things named by two hashes of their bytes -> what was last known of each. A cache of fixed size, in pairs of places: what it
// does not know is looked up where it is kept for good.

export class Seen<T> {
  /** The two hashes of what is asked for or entered; set by whoever does. */
  readonly key = new Int32Array(2);
  private readonly hashes: Int32Array;
  private values: (T | undefined)[] = [];
  private readonly mask: number;

  /** `places`: a power of two. */
  constructor(places: number) {
    this.hashes = new Int32Array(places * 2);
    this.mask = places - 1;
  }

  find(): T | undefined {
    const first = this.key[0] ?? 0;
    const place = first & this.mask;
    if (this.isAt(place)) return this.values[place];
    return this.isAt(place ^ 1) ? this.values[place ^ 1] : undefined;
  }

  /** Takes the place of one of two others. */
  enter(value: T): void {
    const first = this.key[0] ?? 0;
    const second = this.key[1] ?? 0;
    const home = first & this.mask;
    const place = this.values[home] === undefined ? home : home ^ ((second >>> 16) & 1);
    this.hashes[place * 2] = first;
    this.hashes[place * 2 + 1] = second;
    this.values[place] = value;
  }

  forget(): void {
    this.values = [];
  }

  private isAt(place: number): boolean {
    return this.hashes[place * 2] === this.key[0] && this.hashes[place * 2 + 1] === this.key[1];
  }
}
