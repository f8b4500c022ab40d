// What survives a kill: the parts that tell their entries, and how these find back to them at the next start.

import { type PutEntry, UnknownEntries } from "../../../shared/domain/state-value.ts";
import type { StateLog } from "../../../shared/runtime/state-log.ts";

const DETECTOR_PREFIX = "detector/";

/** Is it the key of an entry of the detector? */
export function isDetectorKey(key: string): boolean {
  return key.startsWith(DETECTOR_PREFIX);
}

/** One that tells entries of its own and takes them back. */
export interface KeptPart {
  owns(key: string): boolean;
  changes(put: PutEntry): void;
  restore(key: string, value: Buffer): void;
  restored(): void;
}

export class KeptState {
  private readonly parts: readonly KeptPart[];
  /** Of no part: they go with the first changes that are told. */
  readonly unknown = new UnknownEntries();

  constructor(parts: readonly KeptPart[]) {
    this.parts = parts;
  }

  /** Tells every entry that changed since the last call, each once. */
  changes(put: PutEntry): void {
    for (const part of this.parts) part.changes(put);
    this.unknown.changes(put);
  }

  /** Reads everything back. Throws StateLogError, and what a part throws for an entry that it cannot read. */
  async restore(log: Pick<StateLog, "read">): Promise<void> {
    await log.read((key, value) => {
      const part = this.parts.find((one) => one.owns(key));
      if (part === undefined) this.unknown.add(key);
      else part.restore(key, value);
    });
    for (const part of this.parts) part.restored();
  }
}
