// How far one partition was read and stored, from when this process was given it until it is lost.

export interface PartitionRead {
  readonly topic: string;
  readonly partition: number;
  /** `finding`: where to begin is being asked for; `probing`: the time of the last committed record is. Nothing is taken yet. */
  phase: "finding" | "probing" | "reading";
  /** Since when it is probed, by our clock. */
  probedSinceMs: number;
  isLost: boolean;
  /** What was committed when it was given to us: before it, records are read again, and no offset is committed. */
  floor: number;
  /** Next to be read; all before it is stored, or waits to be. */
  nextOffset: number;
  /** All before it is stored. */
  storedOffset: number;
  endOffset: number;
}

export function createPartitionRead(topic: string, partition: number): PartitionRead {
  return {
    topic,
    partition,
    phase: "finding",
    probedSinceMs: 0,
    isLost: false,
    floor: 0,
    nextOffset: 0,
    storedOffset: 0,
    endOffset: 0,
  };
}

/** Where a window, an alert or what could not be read stood. */
export interface Origin {
  readonly read: PartitionRead;
  readonly offset: number;
}

/** It was stored, or became a dead letter, before this process read it: offsets are committed after that. */
export function wasHandled({ read, offset }: Origin): boolean {
  return offset < read.floor;
}

export function lagRecords({ endOffset, storedOffset }: PartitionRead): number {
  return Math.max(0, endOffset - storedOffset);
}
