import { expect, test } from "vitest";
import { seeded } from "../../../test/faults/seeded.ts";
import { type FetchedPartition, hideTakenBack } from "./taken-back.ts";

const ABORTED = Buffer.from([0, 0, 0, 0]);
const COMMITTED = Buffer.from([0, 0, 0, 1]);

interface Aborted {
  readonly producerId: string;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** A partition to which several producers write transactions, one after the other each. */
class WrittenPartition {
  readonly messages: FetchedPartition["messages"] = [];
  /** In the order in which they ended, as a broker notes them. */
  readonly aborted: Aborted[] = [];
  readonly committed = new Set<number>();
  private readonly open = new Map<string, number[]>();

  write(producerId: string, key: Buffer | null = null): void {
    const offset = this.append(producerId, { key, isControl: false });
    this.open.set(producerId, [...(this.open.get(producerId) ?? []), offset]);
  }

  end(producerId: string, commits: boolean): void {
    const offsets = this.open.get(producerId);
    if (offsets === undefined) return;
    this.open.delete(producerId);
    const lastOffset = this.append(producerId, { key: commits ? COMMITTED : ABORTED, isControl: true });
    if (commits) for (const offset of offsets) this.committed.add(offset);
    else this.aborted.push({ producerId, firstOffset: offsets[0] ?? 0, lastOffset });
  }

  /** What a broker answers: all batches from the one on in which `from` stands, and what it knows of aborted ones in it. */
  fetched(from: number, end: number): FetchedPartition {
    return {
      messages: this.messages.slice(from, end).map((message) => ({ ...message })),
      abortedTransactions: this.aborted
        .filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < end)
        .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: String(firstOffset) })),
    };
  }

  private append(
    producerId: string,
    { key, isControl }: { readonly key: Buffer | null; readonly isControl: boolean },
  ): number {
    const offset = this.messages.length;
    const batchContext = { producerId, inTransaction: true };
    this.messages.push({ offset: String(offset), key, isControlRecord: isControl, batchContext });
    return offset;
  }
}

test("of transactions under way at once what was committed is shown, and nothing else, from wherever it is read", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const partition = new WrittenPartition();
    const producers = ["7", "8", "9", "10"].slice(0, 1 + Math.floor(random() * 4));
    for (let step = 0; step < 40; step += 1) {
      const producer = producers[Math.floor(random() * producers.length)] ?? "7";
      if (random() < 0.7) partition.write(producer, random() < 0.1 ? ABORTED : null);
      else partition.end(producer, random() < 0.4);
    }
    for (const producer of producers) partition.end(producer, random() < 0.4);
    const all = partition.messages.length;
    for (let from = 0; from < all; from += 1) {
      const end = from + 1 + Math.floor(random() * (all - from));
      const fetched = partition.fetched(from, end);
      hideTakenBack(fetched);
      const shown = fetched.messages.filter(({ isControlRecord }) => isControlRecord !== true);
      const committed = [...partition.committed].filter((offset) => offset >= from && offset < end);
      expect([seed, from, shown.map(({ offset }) => Number(offset))]).toEqual([
        seed,
        from,
        committed.toSorted((a, b) => a - b),
      ]);
      expect(fetched.abortedTransactions).toEqual([]);
      // None is dropped: where reading has come to is told by the last.
      expect(fetched.messages).toHaveLength(end - from);
    }
  }
});

test("an answer that knows of nothing aborted stays as it is", () => {
  const message = { offset: "5", key: null, isControlRecord: false };
  const fetched: FetchedPartition = { messages: [message], abortedTransactions: [] };
  hideTakenBack(fetched);
  const old: FetchedPartition = { messages: [{ offset: "6", key: null }] };
  hideTakenBack(old);
  expect([fetched, old]).toEqual([
    { messages: [message], abortedTransactions: [] },
    { messages: [{ offset: "6", key: null }] },
  ]);
});

test("what is outside of transactions is shown beside an aborted one", () => {
  const fetched: FetchedPartition = {
    messages: [
      { offset: "0", key: null, isControlRecord: false, batchContext: { producerId: "7", inTransaction: true } },
      { offset: "1", key: null, isControlRecord: false, batchContext: { producerId: "7", inTransaction: false } },
      { offset: "2", key: null, isControlRecord: false, batchContext: { producerId: "-1", inTransaction: false } },
    ],
    abortedTransactions: [{ producerId: "7", firstOffset: "0" }],
  };
  hideTakenBack(fetched);
  expect(fetched.messages.map(({ isControlRecord }) => isControlRecord)).toEqual([true, false, false]);
});
