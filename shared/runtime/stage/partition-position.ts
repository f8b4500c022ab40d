// The entry of a partition's state that says how far its input was read.

import { StateLogError } from "../state-log.ts";

export const POSITION_KEY = "squall/position";

export interface PartitionPosition {
  /** Offset of the record to go on with. */
  readonly offset: number;
  /** Where reading had come to; records between the two were folded in part. */
  readonly readTo: number;
  /** Partitions of the input when it was written: keys find another partition when they become more. */
  readonly of: number;
}

export function positionValue({ offset, readTo, of }: PartitionPosition): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, offset, readTo, of }));
}

/** Throws StateLogError. */
export function readPosition(value: Buffer): PartitionPosition {
  const text = value.toString("utf8");
  const read = parsed(text);
  if (typeof read === "object" && read !== null && "v" in read && "offset" in read && "of" in read) {
    const { v, offset, of } = read;
    const readTo = "readTo" in read ? read.readTo : offset;
    if (v === 1 && isCount(offset) && isCount(of) && isCount(readTo) && readTo >= offset) return { offset, readTo, of };
    if (typeof v === "number" && v > 1)
      throw new StateLogError("version", "the position was written by a newer squall");
  }
  throw new StateLogError("damaged", `the position cannot be read: ${text.slice(0, 100)}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
