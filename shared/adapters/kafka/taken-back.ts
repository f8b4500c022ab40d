// Answers to fetches, decoded -> the same, in which what was taken back is not shown.
//
// An answer names the transactions that were aborted, each with its producer and its first offset, in the order in which they ended. kafkajs
// 2.2.4 takes them in that order for the one in which they began, and one more with each record; so where several were under way at once it
// hands out some of what was taken back, as if it had been committed. A process that is killed leaves a transaction of each of its
// partitions open: what it had not flushed was counted twice. So what an answer holds is sorted out here, and kafkajs is told of nothing
// aborted.
//
//   offset     0    1    2    3    4        5        6        7
//   producer   A    B    C    A    B aborts A aborts C        C commits
//   answer     aborted: B from 1, A from 0        shown: 2, 6

/** What kafkajs makes of a fetched partition: the part that is used here. */
export interface FetchedPartition {
  readonly messages: FetchedMessage[];
  /** Undefined of a broker too old for transactions. */
  readonly abortedTransactions?: { readonly producerId: string; readonly firstOffset: string }[];
}

interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  /** Ends of transactions: kafkajs counts them as read and shows them to nobody. */
  isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

/** Key of the record that ends an aborted transaction: version 0, type 0. */
const ABORT = Buffer.from([0, 0, 0, 0]);

/** Makes what was taken back look like ends of transactions. */
export function hideTakenBack({ messages, abortedTransactions }: FetchedPartition): void {
  if (abortedTransactions === undefined || abortedTransactions.length === 0) return;
  const begun = abortedTransactions.toSorted((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  abortedTransactions.length = 0;
  const open = new Set<string>();
  let next = 0;
  for (const message of messages) {
    const { producerId, inTransaction } = message.batchContext ?? { producerId: "", inTransaction: false };
    const offset = Number(message.offset);
    for (; next < begun.length && Number(begun[next]?.firstOffset) <= offset; next += 1)
      open.add(begun[next]?.producerId ?? "");
    if (message.isControlRecord === true) {
      if (message.key?.equals(ABORT) === true) open.delete(producerId);
    } else if (inTransaction && open.has(producerId)) message.isControlRecord = true;
  }
}
