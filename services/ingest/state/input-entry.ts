// One input's reader <-> its entry of the state, its position beside it: "input/NAME".

import {
  decodedState,
  type PutEntry,
  STATE_VALUE_BYTES_MAX,
  StateValueError,
} from "../../../shared/domain/state-value.ts";
import { decodeLine, valueOf } from "../../../shared/domain/wire-object.ts";
import type { Ingest } from "../ingest.ts";
import { readIngest, wireIngest } from "./ingest-state.ts";

export const INPUT_PREFIX = "input/";

export class InputEntry {
  readonly key: string;
  private readonly ingest: Ingest;
  private told = "";

  /** `name`: of the input, the same in every run. */
  constructor(name: string, ingest: Ingest) {
    this.key = `${INPUT_PREFIX}${name}`;
    this.ingest = ingest;
  }

  /**
   * Tells the entry if it changed since it was last told. `position`: where to go on, less `ingest.unusedBytes`; what JSON can hold.
   * Throws StateValueError where the two would take more than an entry may.
   */
  changes(put: PutEntry, position: unknown): void {
    const text = JSON.stringify({ v: 1, position, ...wireIngest(this.ingest.state()) });
    if (text === this.told) return;
    const value = Buffer.from(text);
    if (value.length > STATE_VALUE_BYTES_MAX) throw new StateValueError(this.key, { reason: "too-long", detail: "" });
    put(this.key, value);
    this.told = text;
  }

  /** Takes the entry back, before anything is fed; returns the position. Throws StateValueError. */
  restore(value: Buffer): unknown {
    const text = value.toString("utf8");
    const decoded = decodeLine(text, (object) => ({
      position: valueOf(object, "position"),
      state: readIngest(object),
    }));
    const { position, state } = decodedState(this.key, decoded);
    const refused = this.ingest.restore(state);
    if (refused !== undefined)
      throw new StateValueError(this.key, { reason: "out-of-range", detail: `formats.${refused}` });
    this.told = text;
    return position;
  }
}
