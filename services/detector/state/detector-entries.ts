// The detector's state <-> entries under keys, as a state directory or a compacted topic keeps them.
//
// Every object that changes notes itself (tracked.ts), at no cost where nobody asks. `changes` tells each noted object once, as a
// value of its own that names others by their numbers (a group that is one message which reached many stands with that); parts that may be large and grow at their end (ids of a thread, queue ids of
// a message, who has written to a list) are told in chunks, small mails as a journal by generation. What leaves a table is told as
// forgotten; messages, threads, lists and storms are once nothing that is kept leads to them any more. A restart makes all objects,
// links them by their numbers, and fills the tables in their order. Settings are no state: rules of lists and places of machines
// are worked out anew. Caches (handOvers, writers, rulesOf) are not kept: what they do not know is looked up; nor are the
// threads that came nearest to a storm, which a summary of a replay tells.

import { type PutEntry, UnknownEntries } from "../../../shared/domain/state-value.ts";
import { createDetectorCounters, type DetectorCounters } from "../detector-counters.ts";
import { type DetectorState, siteOf } from "../detector.ts";
import { fieldsOf, jsonValue } from "./entry-fields.ts";
import { EntryJoiner, EntryWriter } from "./entry-writer.ts";
import { SiteChanges } from "./site-changes.ts";
import { SiteRestore } from "./site-restore.ts";
import { SiteTeller } from "./site-teller.ts";
import { restoreSmallMails } from "./small-mail-journal.ts";
import { StateEntryError } from "./state-entry-error.ts";
import { COUNTERS_KEY, isLearnedKey, parseStateKey, sitePrefix } from "./state-key.ts";
import { StoredObjects } from "./stored-objects.ts";

/** State of a detector that was made with `changes: () => new SiteChanges(…)`. */
export class DetectorEntries {
  private readonly state: DetectorState;
  private readonly writer = new EntryWriter();
  private readonly tellers = new Map<string, SiteTeller>();
  private readonly learnedOnly: boolean;
  private countersTold = "";
  private readonly unknown = new UnknownEntries();
  /** Until all entries were read back. */
  private joiner = new EntryJoiner();
  private stored = new Map<string, StoredObjects>();

  constructor(state: DetectorState) {
    this.state = state;
    this.learnedOnly = state.deps.changes?.().keepsMails === false;
  }

  /** Tells what changed since the last call, every entry once; values are at most 64 KiB. */
  changes(put: PutEntry): void {
    this.writer.begin(put);
    this.unknown.changes((key) => this.writer.forget(key));
    for (const name of this.state.sites.keys()) this.tellerOf(name)?.tell();
    if (this.learnedOnly) return;
    const counters = JSON.stringify(this.state.counters);
    if (counters === this.countersTold) return;
    this.countersTold = counters;
    this.writer.write(COUNTERS_KEY, jsonValue({ ...this.state.counters }));
  }

  /**
   * Takes one entry that was told before; in any order, all before the first input. `value` is kept. A detector
   * that keeps only what is learned passes the others over. Throws StateEntryError.
   */
  restore(key: string, value: Buffer): void {
    if (this.learnedOnly && !isLearnedKey(key)) return;
    const whole = this.joiner.take(key, value);
    if (whole !== undefined) this.add(key, whole);
  }

  /** All entries were given: from here on the detector is as it was. Throws StateEntryError. */
  restored(): void {
    this.joiner.joined((key, value, parts) => {
      this.writer.noteParts(key, parts);
      this.add(key, value);
    });
    for (const [name, stored] of this.stored) this.restoreSite(name, stored);
    this.joiner = new EntryJoiner();
    this.stored = new Map();
  }

  private add(key: string, value: Buffer): void {
    if (key === COUNTERS_KEY) {
      this.readCounters(key, value);
      return;
    }
    const place = parseStateKey(key);
    if (place === undefined) {
      this.unknown.add(key);
      return;
    }
    let stored = this.stored.get(place.site);
    if (stored === undefined) this.stored.set(place.site, (stored = new StoredObjects(sitePrefix(place.site))));
    if (!stored.add(key, place, value)) this.unknown.add(key);
  }

  /** A counter that is new since then begins at 0. */
  private readCounters(key: string, value: Buffer): void {
    const fields = fieldsOf(key, value);
    const { counters } = this.state;
    for (const name of COUNTER_NAMES) counters[name] = fields.has(name) ? fields.number(name) : 0;
  }

  private restoreSite(name: string, stored: StoredObjects): void {
    const site = siteOf(this.state, name);
    const teller = this.tellerOf(name);
    if (site === undefined || teller === undefined || !(site.changes instanceof SiteChanges)) {
      throw new StateEntryError("no-room", sitePrefix(name), "there is no room for so many sites");
    }
    const { changes } = site;
    for (const object of new SiteRestore(site, stored).restore()) changes.stored.add(object);
    restoreSmallMails(site.messages, stored, teller.journal);
    changes.restored(stored.lastId, site.messages.youngSince);
  }

  private tellerOf(name: string): SiteTeller | undefined {
    const site = this.state.sites.get(name);
    const known = this.tellers.get(name);
    if (known !== undefined || site === undefined || !(site.changes instanceof SiteChanges)) return known;
    const teller = new SiteTeller(site, site.changes, { writer: this.writer, prefix: sitePrefix(name) });
    this.tellers.set(name, teller);
    return teller;
  }
}

const COUNTER_NAMES = namesOf(createDetectorCounters());

function namesOf(counters: DetectorCounters): readonly (keyof DetectorCounters)[] {
  const isName = (name: string): name is keyof DetectorCounters => Object.hasOwn(counters, name);
  return Object.keys(counters).filter(isName);
}
