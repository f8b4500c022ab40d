// The open mails by host and queue id, each id's present life and the one before; bounded, and every mail dropped is counted.

import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { Fifo } from "./fifo.ts";
import { Rounds } from "./rounds.ts";
import type { MailJournal } from "./state/mail-journal.ts";
import { hashOfBytes, MailIndex } from "./mail-index.ts";
import type { OpenMail } from "./open-mail.ts";
import { isComplete, isSettled, openMail } from "./open-mail.ts";

export interface MailTableSettings {
  /** A line more than this behind the `removed` of its queue id belongs to the id's next life. */
  readonly lifeEndMs: number;
  /** How long a removed mail is kept for lines that come late or twice. */
  readonly removedKeptMs: number;
  /** How long a queued mail is kept without a word; Postfix gives up after 5 days. */
  readonly silentKeptMs: number;
  /** The same for one that every recipient got or lost: not every mail server says that it is done with a mail. */
  readonly settledKeptMs: number;
  /** The same for one that was never seen to be accepted. */
  readonly incompleteKeptMs: number;
  readonly openMailsMax: number;
}

/** Mails looked at when time passes, beside two for every one that came. */
const LOOKS = 100;

export interface MailTableState {
  readonly lastId: number;
  readonly removals: number;
  readonly nextLook: number;
}

export interface MailTableCounters {
  /** Mails dropped before message id and recipients were known: refused, or taken in before the log begins. */
  incomplete: number;
  /** Queued mails forgotten for want of room, and for silence. */
  evictedForRoom: number;
  evictedForSilence: number;
  /** Queue ids that came to a second life. */
  reusedQueueIds: number;
}

export class MailTable {
  readonly counters: MailTableCounters = { incomplete: 0, evictedForRoom: 0, evictedForSilence: 0, reusedQueueIds: 0 };
  /** Mails in the table. */
  size = 0;
  private readonly settings: MailTableSettings;
  private readonly index = new MailIndex();
  private readonly removed = new Fifo<OpenMail>();
  /** Looked at for eviction. */
  private readonly rounds = new Rounds();
  /** Mails to be looked at by the next eviction. */
  private looks = 0;
  private lastId = 0;
  private removals = 0;
  /** Is told what changes, where a state is kept. */
  journal: MailJournal | undefined;

  constructor(settings: MailTableSettings) {
    this.settings = settings;
  }

  /** The life of a queue id that a fragment speaks of, or undefined when it begins one. */
  find(fragment: MailFragment): OpenMail | undefined {
    const current = this.index.get(fragment.host, fragment.queueId);
    if (current === undefined) return undefined;
    const { previous } = current;
    const isBefore = previous !== undefined && fragment.firstAt < current.said.firstAt;
    if (isBefore && this.belongs(previous, fragment)) return previous;
    return this.belongs(current, fragment) ? current : undefined;
  }

  /** False when no mail can have that host and queue id; spares making strings of them. */
  mayHold(host: string, bytes: Uint8Array, start: number, end: number): boolean {
    return this.size > 0 && this.index.mayHold(hashOfBytes(host, bytes, start, end));
  }

  /** Takes in a mail whose queue id no other mail in the table has. */
  adopt(mail: OpenMail): void {
    // Two looks for every mail opened: so all are looked at in turn, whatever long-lived one stands among them.
    this.looks += 2;
    this.lastId += 1;
    mail.id = this.lastId;
    this.index.set(mail);
    this.size += 1;
    this.rounds.push(mail);
    if (mail.said.removedAt !== undefined) this.noteRemoved(mail);
    this.journal?.note(mail, true);
  }

  /** Begins a life; the one before stays at hand for what comes late. */
  open(fragment: MailFragment): OpenMail {
    const before = this.index.get(fragment.host, fragment.queueId);
    const mail = openMail(fragment);
    if (before !== undefined) {
      this.counters.reusedQueueIds += 1;
      if (before.previous !== undefined) {
        if (!isComplete(before.previous)) this.counters.incomplete += 1;
        this.forget(before.previous);
      }
      mail.previous = before;
    }
    this.adopt(mail);
    return mail;
  }

  /** A mail's queue file is gone: it is kept for a while only. */
  noteRemoved(mail: OpenMail): void {
    this.removals += 1;
    mail.removal = this.removals;
    this.removed.push(mail);
  }

  /** Time passed: some mails are looked at by the next eviction, though none came. */
  examineMore(): void {
    this.looks += LOOKS;
  }

  /** Drops what is over, and the eldest beyond `room`: `isReleased` tells whether a complete mail has been passed on. */
  evict(nowMs: number, isReleased: (mail: OpenMail) => boolean, room: number): void {
    for (let mail = this.removed.peek(); mail !== undefined; mail = this.removed.peek()) {
      // Where room is wanted those go first that have left their queues: nothing is lost with them but what comes late or twice.
      const isDue = this.size > room || (mail.said.removedAt ?? 0) + this.settings.removedKeptMs <= nowMs;
      if (!mail.forgotten && (!isDue || (isComplete(mail) && !isReleased(mail)))) break;
      this.removed.shift();
      if (mail.forgotten) continue;
      if (!isComplete(mail)) this.counters.incomplete += 1;
      this.forget(mail);
    }
    let looks = this.looks + 1;
    this.looks = 0;
    for (; looks > 0 || this.size > room; looks -= 1) {
      const mail = this.rounds.look();
      if (mail === undefined) return;
      this.evictQueued(mail, nowMs, room);
    }
  }

  /** Numbers that the next mail and the next removal follow, and the mail that is looked at next. */
  state(): MailTableState {
    return { lastId: this.lastId, removals: this.removals, nextLook: this.rounds.nextId };
  }

  /** Takes back mails in the order of their numbers, linked to the lives before them, and what `state` said. */
  restore(mails: readonly OpenMail[], { lastId, removals, nextLook }: MailTableState): void {
    const before = new Set(mails.map(({ previous }) => previous));
    for (const mail of mails) {
      if (!before.has(mail)) this.index.set(mail);
      this.size += 1;
      this.rounds.push(mail);
    }
    for (const mail of mails.filter(({ removal }) => removal > 0).toSorted((a, b) => a.removal - b.removal)) {
      this.removed.push(mail);
    }
    this.rounds.goOnFrom(nextLook);
    this.lastId = lastId;
    this.removals = removals;
  }

  /** Our clock was ahead, and is at `ms` now: nothing was said later. */
  setBack(ms: number): void {
    for (const mail of this.rounds) {
      if (setBackTimes(mail.said, ms)) this.journal?.note(mail, false);
    }
  }

  private belongs({ said }: OpenMail, fragment: MailFragment): boolean {
    const otherMessage =
      fragment.messageId !== undefined && said.messageId !== undefined && fragment.messageId !== said.messageId;
    return (
      !otherMessage && (said.removedAt === undefined || fragment.firstAt <= said.removedAt + this.settings.lifeEndMs)
    );
  }

  private evictQueued(mail: OpenMail, nowMs: number, room: number): void {
    const { silentKeptMs, settledKeptMs, incompleteKeptMs } = this.settings;
    const silentMs = nowMs - mail.said.lastAt;
    const isIncomplete = !isComplete(mail);
    const isOver = !isIncomplete && silentMs >= settledKeptMs && !mail.waiting && isSettled(mail);
    // A moderator takes hours.
    const isAbandoned = isIncomplete && mail.said.held !== true;
    const isSilent = silentMs >= (isAbandoned ? incompleteKeptMs : silentKeptMs);
    if (!isOver && !isSilent && this.size <= room) return;
    // One on hold was accepted, though it is not complete: it is missed for want of room.
    if (isAbandoned) this.counters.incomplete += 1;
    else if (isSilent && !isOver) this.counters.evictedForSilence += 1;
    else if (!isOver) this.counters.evictedForRoom += 1;
    this.forget(mail);
  }

  private forget(mail: OpenMail): void {
    const { host, queueId } = mail.said;
    const current = this.index.get(host, queueId);
    if (current === mail) {
      if (mail.previous === undefined) this.index.delete(host, queueId);
      else this.index.set(mail.previous);
    } else if (current?.previous === mail) {
      current.previous = undefined;
    }
    mail.previous = undefined;
    mail.forgotten = true;
    this.size -= 1;
    this.journal?.note(mail, false);
  }
}

/** Times of a mail that are later than `ms` become that; false when there are none. */
function setBackTimes(said: MailFragment, ms: number): boolean {
  if (said.lastAt <= ms) return false;
  said.lastAt = ms;
  if (said.firstAt > ms) said.firstAt = ms;
  if (said.acceptedAt !== undefined && said.acceptedAt > ms) said.acceptedAt = ms;
  if (said.releasedAt !== undefined && said.releasedAt > ms) said.releasedAt = ms;
  if (said.removedAt !== undefined && said.removedAt > ms) said.removedAt = ms;
  return true;
}
