// what a MailEvent says, whatever its revision -> 53 bits of it. Field by field: it is made of every mail that changes, thousands a second.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { FNV_OFFSET, FNV_PRIME, mixed } from "../../shared/domain/packed/key-hash.ts";

const SECOND_PRIME = 0x5bd1e995;
/** What no code unit of a text is: it stands behind each text, and for one that is absent. */
const END = 0x1_0000;
const ABSENT = 0x1_0001;
const TWO_TO_32 = 4_294_967_296;
/** 21 bits: with 32 more a whole number of JavaScript. */
const HIGH_BITS = 0x1f_ffff;

class Digest {
  private low = FNV_OFFSET;
  private high = 0;

  integer(value: number | undefined): void {
    if (value === undefined) {
      this.add(ABSENT);
      return;
    }
    this.add(Math.floor(value / TWO_TO_32));
    this.add(value | 0);
  }

  text(value: string | undefined): void {
    if (value === undefined) {
      this.add(ABSENT);
      return;
    }
    for (let at = 0; at < value.length; at += 1) this.add(value.charCodeAt(at));
    this.add(END);
  }

  result(): number {
    return (mixed(this.high) & HIGH_BITS) * TWO_TO_32 + (mixed(this.low) >>> 0);
  }

  private add(value: number): void {
    this.low = Math.imul(this.low ^ value, FNV_PRIME);
    this.high = Math.imul(this.high ^ value, SECOND_PRIME) + 1;
  }
}

export function digestOf(event: MailEvent): number {
  const digest = new Digest();
  for (const text of [event.eventId, event.site, event.host, event.queueId, event.hop]) digest.text(text);
  for (const text of [event.messageId, event.login, event.from, event.sender, event.senderDomain]) digest.text(text);
  digest.text(event.subject);
  digest.text(event.automatic);
  digest.integer((event.authenticated ? 1 : 0) + (event.headersLogged ? 2 : 0));
  for (const number of [event.at, event.recipients, event.removedAt]) digest.integer(number);
  for (const { address, via } of event.lists) {
    digest.text(address);
    digest.text(via);
  }
  const { references, inReplyTo, threadIndex, subjectKey, replySubject } = event.hints;
  digest.integer(references.length);
  for (const text of [...references, inReplyTo, threadIndex, subjectKey]) digest.text(text);
  digest.integer(replySubject === undefined ? undefined : Number(replySubject));
  for (const { start, delivered, deferred, bounced } of event.minutes) {
    for (const number of [start, delivered, deferred, bounced]) digest.integer(number);
  }
  const { earlier } = event;
  for (const number of [earlier?.delivered, earlier?.deferred, earlier?.bounced]) digest.integer(number);
  return digest.result();
}
