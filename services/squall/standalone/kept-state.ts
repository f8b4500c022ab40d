// What survives a kill: the state directory, the parts that tell their entries into it, and the flush that writes them together.

import type { PutEntry } from "../../../shared/domain/state-value.ts";
import { INPUT_PREFIX } from "../../ingest/state/input-entry.ts";
import type { StateDirectory } from "../state-directory.ts";
import { StateFlush } from "./state-flush.ts";

/** One that tells entries of its own and takes them back. */
export interface KeptPart {
  owns(key: string): boolean;
  changes(put: PutEntry): void;
  restore(key: string, value: Buffer): void;
  restored(): void;
}

export class KeptState {
  readonly flush: StateFlush;
  /** Entries of inputs, until they are opened. */
  private readonly inputs = new Map<string, Buffer>();
  private readonly parts: readonly KeptPart[];
  private readonly directory: StateDirectory;
  /** Keys that nobody here knows: of a part that this configuration has not. They stay. */
  unknown = 0;

  constructor(directory: StateDirectory, parts: readonly KeptPart[], inputs: Pick<KeptPart, "changes">) {
    this.directory = directory;
    this.parts = parts;
    this.flush = new StateFlush(directory.log, [...parts, inputs]);
  }

  /** Reads everything back. Throws StateLogError, and what a part throws for an entry that it cannot read. */
  async restore(): Promise<void> {
    await this.directory.log.read((key, value) => {
      if (key.startsWith(INPUT_PREFIX)) {
        this.inputs.set(key.slice(INPUT_PREFIX.length), value);
        return;
      }
      const part = this.parts.find((one) => one.owns(key));
      if (part === undefined) this.unknown += 1;
      else part.restore(key, value);
    });
    for (const part of this.parts) part.restored();
  }

  /** What was stored of the input of that name. */
  input(name: string): Buffer | undefined {
    return this.inputs.get(name);
  }
}
