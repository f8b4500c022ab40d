// "to=<ALIAS>, relay=local, … status=sent (forwarded as ID2)" -> ID2 is the alias' copy, for its members. Where a mail goes to several
// aliases this tells which of them it reached many by.

import { countAddress } from "../../../shared/domain/merge-fields.ts";
import type { FragmentTable } from "../combine.ts";
import type { MessageBytes } from "./message-bytes.ts";
import { addressEnd, addressText, TO_LENGTH } from "./postfix-delivery.ts";
import { QUEUE_ID_BYTES_MAX, QueueIdReader } from "./postfix-queue-id.ts";

const CLOSE_PARENTHESIS = 41;
const BEHIND_ID = ": ";

export class ForwardedIds {
  private readonly table: FragmentTable;
  private readonly id: QueueIdReader;
  private readonly scratch = Buffer.alloc(QUEUE_ID_BYTES_MAX + BEHIND_ID.length);

  constructor(options: { readonly table: FragmentTable; readonly hashSeed: number }) {
    this.table = options.table;
    this.id = new QueueIdReader(options.hashSeed);
  }

  /** Of the time that the table stands at. `from`: where the queue id stands that the mail of the line was forwarded as. */
  note(line: MessageBytes, from: number): void {
    const { bytes, end, host } = line;
    const length = end - 1 - from;
    if (bytes[end - 1] !== CLOSE_PARENTHESIS || length > QUEUE_ID_BYTES_MAX) return;
    bytes.copy(this.scratch, 0, from, end - 1);
    this.scratch.write(BEHIND_ID, length, "latin1");
    if (!this.id.read(host, this.scratch, 0, length + BEHIND_ID.length)) return;
    const toStart = line.start + TO_LENGTH;
    const address = addressText(bytes, toStart, addressEnd(bytes, toStart, end));
    if (address === "") return;
    const record = this.table.recordFor(host, this.id);
    countAddress((this.table.slab.addressesOf(record).origTo ??= []), address, 0);
  }
}
