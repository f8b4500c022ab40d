// entries of one site -> the site as it was. First every object with what it knows by itself, then what they are to one another,
// then the tables, each in the order that it had.

import { renewHashes } from "../group-hashes.ts";
import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import type { MailMessage } from "../mail-message.ts";
import { FEW_SLOTS } from "../mail-message.ts";
import type { MessageGroup } from "../message-group.ts";
import type { PostHistory } from "../post-history.ts";
import type { SiteState } from "../site-state.ts";
import type { Storm } from "../storm.ts";
import type { Thread } from "../thread-table.ts";
import type { Fields } from "./entry-fields.ts";
import { readFanOut } from "./fan-out-codec.ts";
import { readGroup } from "./group-codec.ts";
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
import { readIds, readThread, threadMessages } from "./thread-codec.ts";

export class SiteRestore {
  private readonly site: SiteState;
  private readonly stored: StoredObjects;
  private readonly fanOuts = new Map<number, FanOut>();
  private readonly lists = new Map<number, ListState>();
  private readonly threads = new Map<number, Thread>();
  private readonly storms = new Map<number, Storm>();
  /** Named before they are there: messages by their thread, and what names a storm. */
  private readonly ofThreads = new Map<number, FanOut[]>();
  private readonly inStorms: { readonly object: FanOut | Thread; readonly storm: number }[] = [];
  private readonly linked: Linked = {
    fanOut: (at, id) => found(this.fanOuts, at, `fan-out/${id}`, id),
    list: (at, id) => found(this.lists, at, `list/${id}`, id),
    thread: (at, id) => found(this.threads, at, `thread/${id}`, id),
    storm: (at, id) => found(this.storms, at, `storm/${id}`, id),
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
    for (const [id, fields] of stored.inOrder("fan-out")) {
      let chunks = 0;
      const message = readMessage(fields.object("message"), (count) => {
        const rows = stored.slotsOf(fields, id, count);
        chunks = stored.slotChunks(id);
        return rows;
      });
      const fanOut = numbered(readFanOut(fields, message, linked, site.changes), id);
      fanOut.chunksTold = chunks;
      this.fanOuts.set(id, fanOut);
      if (fields.has("thread")) pushTo(this.ofThreads, fields.number("thread"), fanOut);
      this.noteStorm(fields, fanOut);
    }
  }

  private makeThreads(): void {
    const { stored, linked, site } = this;
    const { threads } = site.threads;
    for (const [id, fields] of stored.inOrder("thread")) {
      const thread = numbered(readThread(fields, linked), id);
      this.threads.set(id, thread);
      const ids = fields.isNumber("ids") ? stored.idsOf(fields, id, fields.number("ids")) : fields.objects("ids");
      if (ids.length === 0 && stored.idChunks(id) > 0) throw fields.refusal("does not say how many ids it has");
      readIds(thread, ids, site.threads);
      thread.chunksTold = stored.idChunks(id);
      thread.replies = this.repliesOf(fields, id);
      if (!fields.flag("evicted")) threads.set(thread.key, thread);
      this.noteStorm(fields, thread);
      this.linkMessages(fields, thread);
    }
    for (const [id, [fanOut]] of this.ofThreads)
      if (fanOut !== undefined && !this.threads.has(id)) linked.thread(keyed(stored, fanOut), id);
  }

  private linkMessages(fields: Fields, thread: Thread): void {
    const { threads } = this.site;
    const named = this.ofThreads.get(thread.id) ?? [];
    for (const fanOut of named) fanOut.thread = thread;
    thread.messages = threadMessages(fields, named);
    for (const message of thread.messages) threads.messages += message.weight;
    if (thread.messages.length > 0 || thread.replies.posts.length > 0) threads.recent.add(thread);
  }

  private noteStorm(fields: Fields, object: FanOut | Thread): void {
    if (fields.has("storm")) this.inStorms.push({ object, storm: fields.number("storm") });
  }

  private repliesOf(thread: Fields, id: number): PostHistory {
    const replies = thread.objectOrNone("replies");
    if (replies !== undefined) return readHistory(replies, this.linked, threadPost);
    const apart = this.stored.fields("thread-replies", id);
    if (apart === undefined) throw new StateEntryError("missing-entry", thread.key, "its replies");
    return { ...readHistory(apart, this.linked, threadPost), apart: true };
  }

  private makeStorms(): void {
    const { stored, linked, site } = this;
    const membersFrom = new Map<Storm, number>();
    for (const [id, fields] of stored.inOrder("storm")) {
      const storm = numbered(readStorm(fields, linked, site.changes), id);
      this.storms.set(id, storm);
      membersFrom.set(storm, fields.time("membersFrom", Number.POSITIVE_INFINITY));
      if (!fields.flag("forgotten")) site.storms.push(storm);
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
      const posts = stored.fields("list-posts", id);
      if (posts !== undefined) {
        list.posters = readHistory(posts, linked, listPost(list));
      }
      if (!list.forgotten) site.lists.posts += list.posters.posts.length + list.automatic.length;
    }
  }

  private makeGroups(): void {
    const { stored, linked, site } = this;
    const { messages } = site;
    const large: (readonly [MailMessage, MessageGroup])[] = [];
    const fanOuts: MessageGroup[] = [];
    for (const [id, fields] of stored.inOrder("group")) {
      const group = numbered(readGroup(fields, messages, linked), id);
      if (group.fanOutTurn > 0) fanOuts.push(group);
      else (group.generation === messages.generation ? messages.young : messages.old).set(group.key, group);
      for (const message of group.variants) if (message.largeTurn > 0) large.push([message, group]);
    }
    fanOuts.sort((one, other) => one.fanOutTurn - other.fanOutTurn);
    for (const group of fanOuts) messages.fanOuts.set(group.key, group);
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

function found<Object>(objects: ReadonlyMap<number, Object>, at: At, name: string, id: number): Object {
  const object = objects.get(id);
  if (object === undefined) throw new StateEntryError("missing-entry", at.key, name);
  return object;
}

function pushTo(map: Map<number, FanOut[]>, key: number, fanOut: FanOut): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [fanOut]);
  else known.push(fanOut);
}
