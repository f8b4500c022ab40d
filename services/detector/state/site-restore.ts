// entries of one site -> the site as it was. First every object with what it knows by itself, then what they are to one another,
// then the tables, each in the order that it had.

import { renewHashes } from "../group-hashes.ts";
import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import type { MailMessage } from "../mail-message.ts";
import { FEW_SLOTS } from "../mail-message.ts";
import type { MessageGroup } from "../message-group.ts";
import { createGroup, type MessageTable } from "../message-table.ts";
import type { PostHistory } from "../post-history.ts";
import type { SiteState } from "../site-state.ts";
import type { Storm } from "../storm.ts";
import type { Thread } from "../thread-table.ts";
import type { RowReader } from "./entry-row.ts";
import { readChunks } from "./chunk-reader.ts";
import { readFanOut } from "./fan-out-codec.ts";
import { readGroup, readGroupAlone } from "./group-codec.ts";
import { listPost, readHistory, threadPost } from "./history-codec.ts";
import { type At, type Linked, numbered } from "./linked.ts";
import { restorePeople, restoreWindows } from "./restore-alone.ts";
import { readList, readListNow } from "./list-codec.ts";
import { readMemory } from "./memory-codec.ts";
import { readMessage } from "./message-codec.ts";
import { readClients } from "./people-codec.ts";
import { readSite } from "./site-codec.ts";
import { StateEntryError } from "./state-entry-error.ts";
import type { StoredObjects } from "./stored-objects.ts";
import { readStorm } from "./storm-codec.ts";
import { readId, readThread, threadMessages } from "./thread-codec.ts";

export class SiteRestore {
  private readonly site: SiteState;
  private readonly stored: StoredObjects;
  private readonly fanOuts = new Map<number, FanOut>();
  private readonly lists = new Map<number, ListState>();
  private readonly threads = new Map<number, Thread>();
  private readonly storms = new Map<number, Storm>();
  private readonly groups: MessageGroup[] = [];
  /** Named before they are there: messages by their thread, and what names a storm. */
  private readonly ofThreads = new Map<number, FanOut[]>();
  private readonly inStorms: { readonly object: FanOut | Thread; readonly storm: number }[] = [];
  private readonly linked: Linked = {
    fanOut: (at, id) => found(this.fanOuts, at, "fan-out", id),
    list: (at, id) => found(this.lists, at, "list", id),
    thread: (at, id) => found(this.threads, at, "thread", id),
    storm: (at, id) => found(this.storms, at, "storm", id),
  };

  constructor(site: SiteState, stored: StoredObjects) {
    this.site = site;
    this.stored = stored;
  }

  /** Restores all but the small mails. Returns the objects that others name. */
  restore(): (FanOut | ListState | Thread | Storm)[] {
    const { stored, site } = this;
    const whole = stored.fields("site", 0);
    if (whole !== undefined) readSite(whole, site);
    const clients = stored.fields("clients", 0);
    if (clients !== undefined) readClients(clients, site.clients);
    this.makeLists();
    this.makeFanOuts();
    this.makeThreads();
    this.makeStorms();
    this.linkLists();
    this.makeGroups();
    restoreWindows(site, stored);
    restorePeople(site, stored);
    const { fanOuts, lists, threads, storms } = this;
    return [...fanOuts.values(), ...lists.values(), ...threads.values(), ...storms.values()];
  }

  private makeLists(): void {
    const { site, stored } = this;
    for (const [id, fields] of stored.inOrder("list")) {
      const list = numbered(readList(fields, site.settings, site.changes), id);
      const slices = stored.memories.get(id) ?? [];
      list.memory = readMemory(slices);
      list.chunksTold = slices.length;
      this.lists.set(id, list);
    }
    const { lists } = site;
    for (const list of [...this.lists.values()].sort((one, other) => one.used - other.used)) {
      lists.uses = Math.max(lists.uses, list.used);
      if (list.forgotten) continue;
      lists.lists.set(list.address, list);
      lists.persons += list.memory.persons;
    }
  }

  private makeFanOuts(): void {
    const { stored, linked, site } = this;
    const deps = { linked, changes: site.changes };
    for (const [id, row] of stored.rowsInOrder("fan-out")) {
      const chunks = stored.slotChunks(id);
      const message = readMessage(row, chunks);
      const { fanOut, names } = readFanOut(row, message, deps);
      numbered(fanOut, id).chunksTold = chunks.length;
      this.fanOuts.set(id, fanOut);
      if (names.thread !== 0) pushTo(this.ofThreads, names.thread, fanOut);
      if (names.storm !== 0) this.inStorms.push({ object: fanOut, storm: names.storm });
      if (row.flag("group")) this.groups.push(readSoleGroup(row, fanOut, site.messages));
    }
  }

  private makeThreads(): void {
    const { stored, linked, site } = this;
    for (const [id, row] of stored.rowsInOrder("thread")) {
      const { thread, names } = readThread(row, linked, () => this.repliesApart(row, id));
      numbered(thread, id);
      this.threads.set(id, thread);
      thread.ids = this.idsOf(row, thread);
      if (!names.evicted) site.threads.threads.set(thread.key, thread);
      if (names.storm !== 0) this.inStorms.push({ object: thread, storm: names.storm });
      this.linkMessages(thread, names.messagesFrom);
    }
    for (const [id, [fanOut]] of this.ofThreads)
      if (fanOut !== undefined && !this.threads.has(id)) linked.thread(keyed(stored, fanOut), id);
  }

  private idsOf(row: RowReader, thread: Thread): string[] {
    const { ids } = this.site.threads;
    const chunks = this.stored.idChunks(thread.id);
    thread.chunksTold = chunks.length;
    if (row.flag("ids apart")) {
      const place = { name: "ids", count: row.number("ids"), chunks };
      return readChunks(row, place, (chunk, at) => readId(chunk, at, thread, ids));
    }
    if (chunks.length > 0) throw row.refusal("does not say how many ids it has");
    return row.list("ids", (at) => readId(row, at, thread, ids));
  }

  private linkMessages(thread: Thread, from: number): void {
    const { threads } = this.site;
    const named = this.ofThreads.get(thread.id) ?? [];
    for (const fanOut of named) fanOut.thread = thread;
    thread.messages = threadMessages(from, named);
    for (const message of thread.messages) threads.messages += message.weight;
    if (thread.messages.length > 0 || thread.replies.posts.length > 0) threads.recent.add(thread);
  }

  private repliesApart(thread: RowReader, id: number): PostHistory {
    const row = this.stored.row("thread-replies", id);
    if (row === undefined) throw new StateEntryError("missing-entry", thread.key, "its replies");
    const replies = readHistory(row, this.linked, threadPost);
    row.end();
    replies.apart = true;
    return replies;
  }

  private makeStorms(): void {
    const { stored, linked, site } = this;
    const membersFrom = new Map<Storm, number>();
    for (const [id, row] of stored.rowsInOrder("storm")) {
      const { storm, names } = readStorm(row, linked, site.changes);
      this.storms.set(id, numbered(storm, id));
      membersFrom.set(storm, names.membersFrom);
      if (!names.forgotten) site.storms.push(storm);
    }
    for (const { object, storm: id } of this.inStorms) {
      const storm = linked.storm(keyed(stored, object), id);
      object.storm = storm;
      const isMember = object.kind === "fan-out" && object.stormPlace >= (membersFrom.get(storm) ?? 0);
      if (isMember) storm.members.push(object);
    }
    for (const { members } of this.storms.values()) members.sort((one, other) => one.stormPlace - other.stormPlace);
    for (const { members } of site.storms) site.stormMessages += members.length;
  }

  /** Lists to what goes on there; of one that was only learned nothing does. */
  private linkLists(): void {
    const { stored, linked, site } = this;
    for (const [id, list] of this.lists) {
      const now = stored.fields("list-now", id);
      if (now !== undefined) {
        readListNow(now, list);
        list.automatic = now.numbers("automatic").map((mail) => linked.fanOut(now, mail));
        if (now.has("storm")) list.storm = linked.storm(now, now.number("storm"));
      }
      const posts = stored.row("list-posts", id);
      if (posts !== undefined) {
        list.posters = readHistory(posts, linked, listPost(list));
        posts.end();
      }
      if (!list.forgotten) site.lists.posts += list.posters.posts.length + list.automatic.length;
    }
  }

  private makeGroups(): void {
    const { stored, linked, site } = this;
    const { messages } = site;
    const large: (readonly [MailMessage, MessageGroup])[] = [];
    for (const [id, row] of stored.rowsInOrder("group"))
      this.groups.push(numbered(readGroup(row, messages, linked), id));
    // Those that stand with a message are among those that reached many, which have an order of their own.
    const fanOuts = this.groups.filter((group) => group.fanOutTurn > 0);
    fanOuts.sort((one, other) => one.fanOutTurn - other.fanOutTurn);
    for (const group of fanOuts) messages.fanOuts.set(group.key, group);
    for (const group of this.groups) {
      const isYoung = group.generation === messages.generation;
      if (group.fanOutTurn === 0) (isYoung ? messages.young : messages.old).set(group.key, group);
      for (const message of group.variants) if (message.largeTurn > 0) large.push([message, group]);
    }
    large.sort(([one], [other]) => one.largeTurn - other.largeTurn);
    for (const [message, group] of large) {
      messages.large.set(message, group);
      messages.largeSlots += message.slots.length - FEW_SLOTS;
    }
    renewHashes(messages);
  }
}

/** An object that names another, for the error when that is not there. */
function keyed(stored: StoredObjects, { kind, id }: FanOut | Thread): At {
  return { key: stored.keyOf(kind, id) };
}

function found<Object>(objects: ReadonlyMap<number, Object>, at: At, kind: string, id: number): Object {
  const object = objects.get(id);
  if (object === undefined) throw new StateEntryError("missing-entry", at.key, `${kind}/${id}`);
  return object;
}

/** The group of which a message is all. */
function readSoleGroup(row: RowReader, { message }: FanOut, messages: MessageTable): MessageGroup {
  const group = createGroup(messages, message.id);
  readGroupAlone(row, group);
  group.variants = [message];
  return group;
}

function pushTo(map: Map<number, FanOut[]>, key: number, fanOut: FanOut): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [fanOut]);
  else known.push(fanOut);
}
