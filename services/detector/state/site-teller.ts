// what changed of a site -> entries, each once: `changes` of the contract, for one site.

import type { ListState } from "../list-table.ts";
import type { FanOut } from "../fan-out.ts";
import type { MessageGroup } from "../message-group.ts";
import type { PostHistory } from "../post-history.ts";
import type { SiteState } from "../site-state.ts";
import type { TrackedObject } from "../tracked.ts";
import { ChunkTeller } from "./chunk-teller.ts";
import { jsonValue } from "./entry-fields.ts";
import type { EntryWriter } from "./entry-writer.ts";
import { type RowWriter, rowValue } from "./entry-row.ts";
import { writeFanOut } from "./fan-out-codec.ts";
import { groupWith, isKept, soleFanOut, writeGroup, writeGroupAlone } from "./group-codec.ts";
import { isApart, listPost, type PostOf, threadPost, writeHistory } from "./history-codec.ts";
import { storedList, storedListNow } from "./list-codec.ts";
import { storedClient, storedClients, storedLogin } from "./people-codec.ts";
import { reachableObjects } from "./reachable.ts";
import { isNamed, type NamedObject, type SiteChanges } from "./site-changes.ts";
import { storedSite } from "./site-codec.ts";
import { SmallMailJournal } from "./small-mail-journal.ts";
import { writeStorm } from "./storm-codec.ts";
import { writeThread } from "./thread-codec.ts";
import { storedMinute, storedRow } from "./window-codec.ts";

/** Objects that may go are looked for when so many more are stored than were left the last time, and every half hour. */
const GROWTH_MIN = 4096;
const GROWTH_SHARE = 0.5;

type Stored = Readonly<Record<string, unknown>>;

export class SiteTeller {
  readonly journal = new SmallMailJournal();
  private readonly site: SiteState;
  private readonly changes: SiteChanges;
  private readonly writer: EntryWriter;
  private readonly prefix: string;
  private readonly chunks: ChunkTeller;

  constructor(site: SiteState, changes: SiteChanges, to: { readonly writer: EntryWriter; readonly prefix: string }) {
    this.site = site;
    this.changes = changes;
    this.writer = to.writer;
    this.prefix = to.prefix;
    this.chunks = new ChunkTeller(to);
  }

  tell(): void {
    const { site, changes } = this;
    const reachable = changes.kept === "all" && this.isSweepDue() ? this.sweep() : undefined;
    // It grows: an object that names one that was not told yet has it told too.
    for (const object of changes.changed) {
      object.noted = false;
      if (reachable === undefined || !isNamed(object) || reachable.has(object)) this.tellObject(object);
    }
    changes.changed.clear();
    this.tellWhole("clients", storedClients(site.clients));
    if (changes.kept === "learned") return;
    this.journal.tell(site.messages, this.writer, `${this.prefix}small/`);
    this.tellWhole("site", storedSite(site));
  }

  private isSweepDue(): boolean {
    const { stored, sweptSize, sweptSince } = this.changes;
    if (this.site.messages.youngSince !== sweptSince) return true;
    return stored.size > sweptSize + Math.max(GROWTH_MIN, sweptSize * GROWTH_SHARE);
  }

  /** Forgets the objects that nothing leads to any more; returns all others. */
  private sweep(): ReadonlySet<NamedObject> {
    const { changes } = this;
    const reachable = reachableObjects(this.site);
    for (const object of changes.stored) {
      if (reachable.has(object)) continue;
      changes.stored.delete(object);
      this.forgetNamed(object);
    }
    changes.sweptSize = changes.stored.size;
    changes.sweptSince = this.site.messages.youngSince;
    return reachable;
  }

  private tellObject(object: TrackedObject): void {
    const { site } = this;
    if (isNamed(object)) {
      this.tellNamed(object);
      return;
    }
    switch (object.kind) {
      case "group":
        this.tellGroup(object);
        return;
      case "row":
        this.tellKept(object, this.isRowKept(object), () => storedRow(object));
        return;
      case "minute":
        this.tellKept(object, site.windows.minutes.get(object.windowStart) === object, () => storedMinute(object));
        return;
      case "login":
        this.tellKept(object, site.persons.logins.get(object.login) === object, () => storedLogin(object));
        return;
      case "client":
        this.tellKept(object, site.clients.clients.get(object.key) === object, () => storedClient(object));
    }
  }

  private tellNamed(object: NamedObject): void {
    const { site, changes } = this;
    if (changes.kept === "learned" && object.kind === "list" && object.forgotten) {
      this.tellForgotten(object);
      return;
    }
    changes.stored.add(object);
    switch (object.kind) {
      case "fan-out":
        this.writeRow(object, (row) => this.writeFanOut(row, object));
        this.chunks.tellSlots(object);
        return;
      case "thread":
        if (isApart(object.replies)) this.tellHistory(`thread-replies/${object.id}`, object.replies, threadPost);
        this.writeRow(object, (row) => writeThread(row, object, site.threads, changes.idOf));
        this.chunks.tellIds(object, site.threads);
        return;
      case "list":
        this.write(object, storedList(object));
        this.chunks.tellMemory(object);
        if (changes.kept === "learned") return;
        this.writeAt(`list-now/${object.id}`, storedListNow(object, changes.idOf));
        this.tellHistory(`list-posts/${object.id}`, object.posters, listPost(object));
        return;
      case "storm":
        this.writeRow(object, (row) => writeStorm(row, object, site, changes.idOf));
    }
  }

  private writeFanOut(row: RowWriter, fanOut: FanOut): void {
    writeFanOut(row, fanOut, this.changes.idOf);
    const group = groupWith(fanOut, this.site.messages);
    row.flag(group !== undefined);
    if (group !== undefined) writeGroupAlone(row, group);
  }

  private tellGroup(group: MessageGroup): void {
    const { messages } = this.site;
    const sole = soleFanOut(group, messages);
    // What stood with its only message does so no more, or does so from now on.
    if (sole !== undefined || !group.stored) for (const { fanOut } of group.variants) this.tellWith(fanOut);
    if (sole === undefined && isKept(group, messages)) {
      this.writeRow(group, (row) => writeGroup(row, group, this.changes.idOf));
    } else if (group.stored) this.forget(group);
  }

  /** A message that did not change itself. */
  private tellWith(fanOut: FanOut | undefined): void {
    if (fanOut !== undefined && !this.changes.changed.has(fanOut)) this.tellObject(fanOut);
  }

  /** A learned list that went may be named by what is stored and was not read: it goes when that is read next. */
  private tellForgotten(list: ListState): void {
    this.changes.stored.delete(list);
    this.write(list, storedList(list));
    this.chunks.tellMemory(list);
  }

  private tellHistory(place: string, history: PostHistory, postOf: PostOf): void {
    if (!history.touched) return;
    history.touched = false;
    const value = rowValue((row) => writeHistory(row, history, this.changes.idOf, postOf));
    this.writer.write(`${this.prefix}${place}`, value);
  }

  private forgetNamed(object: NamedObject): void {
    object.stored = false;
    this.writer.forget(this.keyOf(object));
    if (object.kind === "storm") return;
    this.chunks.forget(object);
    if (object.kind === "thread" && object.replies.apart)
      this.writer.forget(`${this.prefix}thread-replies/${object.id}`);
    if (object.kind !== "list") return;
    this.writer.forget(`${this.prefix}list-now/${object.id}`);
    this.writer.forget(`${this.prefix}list-posts/${object.id}`);
  }

  private isRowKept(row: TrackedObject & { readonly kind: "row" }): boolean {
    return this.site.windows.minutes.get(row.windowStart)?.rows.get(`${row.scope} ${row.key}`) === row;
  }

  private tellKept(object: TrackedObject, kept: boolean, stored: () => Stored): void {
    if (kept) {
      this.write(object, stored());
      return;
    }
    this.forget(object);
  }

  private forget(object: TrackedObject): void {
    object.stored = false;
    this.writer.forget(this.keyOf(object));
  }

  /** A value that every step may change is told when it did. */
  private tellWhole(place: string, stored: Stored): void {
    const value = jsonValue(stored);
    if (this.changes.lastTold.get(place)?.equals(value) === true) return;
    this.changes.lastTold.set(place, value);
    this.writer.write(`${this.prefix}${place}`, value);
  }

  private write(object: TrackedObject, stored: Stored): void {
    object.stored = true;
    this.writer.write(this.keyOf(object), jsonValue(stored));
  }

  private writeRow(object: TrackedObject, write: (row: RowWriter) => void): void {
    object.stored = true;
    this.writer.write(this.keyOf(object), rowValue(write));
  }

  private writeAt(place: string, stored: Stored): void {
    this.writer.write(`${this.prefix}${place}`, jsonValue(stored));
  }

  private keyOf({ kind, id }: TrackedObject): string {
    return `${this.prefix}${kind}/${id}`;
  }
}
