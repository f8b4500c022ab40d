// (time, action) in any order -> the actions in order of time. Actions of one time run in the order they were scheduled.

export type Action = (at: number) => void;

interface Entry {
  readonly at: number;
  readonly turn: number;
  readonly action: Action;
}

export interface EventQueue {
  /** `at` in microseconds since the epoch; a time already passed runs next. */
  schedule(at: number, action: Action): void;
  /** Time has passed outside the queue: nothing may be scheduled before it any more. */
  advance(at: number): void;
  /** Time of the earliest entry, Infinity when there is none. */
  nextAt(): number;
  /** Runs the earliest entry; does nothing when there is none. */
  runNext(): void;
  size(): number;
}

export function createEventQueue(): EventQueue {
  const heap: Entry[] = [];
  let turn = 0;
  let now = 0;
  return {
    schedule(at, action) {
      turn += 1;
      push(heap, { at: Math.max(Math.round(at), now), turn, action });
    },
    advance(at) {
      now = Math.max(now, at);
    },
    nextAt: () => heap[0]?.at ?? Infinity,
    runNext() {
      const entry = pop(heap);
      if (entry === undefined) return;
      now = Math.max(now, entry.at);
      entry.action(entry.at);
    },
    size: () => heap.length,
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.turn < b.turn);
}

function push(heap: Entry[], entry: Entry): void {
  let place = heap.length;
  heap.push(entry);
  while (place > 0) {
    const parentPlace = (place - 1) >> 1;
    const parent = heap[parentPlace];
    if (parent === undefined || !before(entry, parent)) break;
    heap[place] = parent;
    place = parentPlace;
  }
  heap[place] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let place = 0;
  for (;;) {
    let childPlace = 2 * place + 1;
    let child = heap[childPlace];
    if (child === undefined) break;
    const right = heap[childPlace + 1];
    if (right !== undefined && before(right, child)) {
      child = right;
      childPlace += 1;
    }
    if (!before(child, last)) break;
    heap[place] = child;
    place = childPlace;
  }
  heap[place] = last;
  return top;
}
