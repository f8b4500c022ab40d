// What a pattern of logs was when it was last looked for <-> entries of the state: "pattern/NAME". A log that appeared while nothing ran
// is told by it from one that always was there.

import type { PutEntry } from "../../../shared/domain/state-value.ts";
import { StateValueError } from "../../../shared/domain/state-value.ts";

const PREFIX = "pattern/";

export class PatternEntries {
  private readonly positions: () => readonly (readonly [name: string, position: unknown])[];
  private readonly told = new Map<string, string>();
  private readonly kept = new Map<string, unknown>();

  /** `positions`: those of all patterns now; what JSON can hold. */
  constructor(positions: PatternEntries["positions"]) {
    this.positions = positions;
  }

  owns(key: string): boolean {
    return key.startsWith(PREFIX);
  }

  /** What was stored under a name; undefined where nothing was. */
  stored(name: string): unknown {
    return this.kept.get(name);
  }

  changes(put: PutEntry): void {
    for (const [name, position] of this.positions()) {
      const text = JSON.stringify({ v: 1, position });
      if (this.told.get(name) === text) continue;
      this.told.set(name, text);
      put(`${PREFIX}${name}`, Buffer.from(text));
    }
  }

  /** Throws StateValueError. */
  restore(key: string, value: Buffer): void {
    const text = value.toString("utf8");
    const stored = parsed(key, text);
    const name = key.slice(PREFIX.length);
    this.told.set(name, text);
    this.kept.set(name, stored.position);
  }

  restored(): void {
    // Nothing leads from one pattern to another.
  }
}

function parsed(key: string, text: string): { readonly position: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StateValueError(key, { reason: "not-json", detail: "" });
  }
  if (typeof value !== "object" || value === null || !("v" in value) || value.v !== 1 || !("position" in value)) {
    throw new StateValueError(key, { reason: "unknown-version", detail: "" });
  }
  return value;
}
