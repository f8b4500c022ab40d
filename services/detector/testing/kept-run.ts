// A detector whose state is kept in a Map, as a state log would, and what it says.

import { encodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import { encodeThreadWindow } from "../../../shared/domain/thread-window-codec.ts";
import type { DetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { stormAdvice } from "../advice/storm-advice.ts";
import { createDetectorState, type DetectorInput, type DetectorState, step } from "../detector.ts";
import { DetectorEntries } from "../state/detector-entries.ts";
import { SiteChanges } from "../state/site-changes.ts";
import { allEntries, type StoredEntries, tellInto } from "./all-entries.ts";

export class KeptRun {
  readonly state: DetectorState;
  readonly entries: DetectorEntries;
  readonly stored: StoredEntries;
  /** Alerts and windows as they go out. */
  readonly told: string[] = [];

  /** Restores what is stored, the last entry first: no order is promised. */
  constructor(settings: DetectorSettings, stored: ReadonlyMap<string, Buffer>) {
    this.state = createDetectorState(settings, { advise: stormAdvice, changes: () => new SiteChanges("all") });
    this.entries = new DetectorEntries(this.state);
    this.stored = new Map(stored);
    for (const [key, value] of [...stored].toReversed()) this.entries.restore(key, value);
    this.entries.restored();
  }

  /** Flushes after so many inputs, and at the end. */
  feed(inputs: readonly DetectorInput[], flushEvery: number): void {
    for (const [index, input] of inputs.entries()) {
      for (const output of step(this.state, input)) {
        this.told.push(output.kind === "alert" ? encodeStormAlert(output.alert) : encodeThreadWindow(output.window));
      }
      if (index % flushEvery === flushEvery - 1) this.flush();
    }
    this.flush();
  }

  flush(): void {
    tellInto(this.entries, this.stored);
  }

  /** What a state log must hold now; to be asked for when all else is done. */
  everything(): StoredEntries {
    return allEntries(this.state, this.entries);
  }
}

/** Entries that can be compared: small mails and counters are told otherwise. */
export function withoutMails(stored: ReadonlyMap<string, Buffer>): Map<string, string> {
  const texts = [...stored]
    .filter(([key]) => key !== "detector/counters" && !/^detector\/[^/]+\/small\//.test(key))
    .map(([key, value]): [string, string] => [
      key,
      /\/list\/\d+\/\d+/.test(key) ? sortedPersons(value) : value.toString(),
    ]);
  return new Map(texts.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Where persons stand within a slice hangs on the order in which they came. */
function sortedPersons(value: Buffer): string {
  const persons: string[] = [];
  for (let at = 2; at < value.length; at += 12) persons.push(value.toString("hex", at, at + 12));
  return `${value.toString("hex", 0, 2)} ${persons.sort().join(" ")}`;
}
