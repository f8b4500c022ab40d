// (host, queue id) -> the mail that has it. Open addressing in one array that stays where it is.
// A Map would do, but for the garbage collector: mails come and go by the million, each rehash of a Map leaves its old
// table behind with a pointer to the new one, and so every mail in it is kept until the whole heap is collected.

import { FNV_PRIME } from "../../shared/domain/packed/key-hash.ts";
import type { OpenMail } from "./open-mail.ts";

const FIRST_SLOTS = 1024;

/** Hosts number their mails alike: the name counts, not its length alone. */
function hashOfHost(host: string): number {
  let hash = host.length;
  for (let at = 0; at < host.length; at += 1) hash = Math.imul(hash ^ host.charCodeAt(at), FNV_PRIME);
  return hash;
}

function hashOf(host: string, queueId: string): number {
  let hash = hashOfHost(host);
  for (let at = 0; at < queueId.length; at += 1) hash = Math.imul(hash ^ queueId.charCodeAt(at), FNV_PRIME);
  return hash ^ (hash >>> 15);
}

/** The same of the bytes of a queue id. */
export function hashOfBytes(host: string, bytes: Uint8Array, start: number, end: number): number {
  let hash = hashOfHost(host);
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  return hash ^ (hash >>> 15);
}

export class MailIndex {
  size = 0;
  private mails: (OpenMail | undefined)[] = Array.from({ length: FIRST_SLOTS });
  private hashes = new Int32Array(FIRST_SLOTS);

  get(host: string, queueId: string): OpenMail | undefined {
    return this.mails[this.slotOf(host, queueId, hashOf(host, queueId))];
  }

  /** False when no mail has a queue id of that hash. */
  mayHold(hash: number): boolean {
    const mask = this.mails.length - 1;
    for (let slot = hash & mask; this.mails[slot] !== undefined; slot = (slot + 1) & mask) {
      if (this.hashes[slot] === hash) return true;
    }
    return false;
  }

  /** Enters a mail in place of the one that had its queue id. */
  set(mail: OpenMail): void {
    if (this.size * 2 >= this.mails.length) this.grow();
    const { host, queueId } = mail.said;
    const hash = hashOf(host, queueId);
    const slot = this.slotOf(host, queueId, hash);
    if (this.mails[slot] === undefined) this.size += 1;
    this.mails[slot] = mail;
    this.hashes[slot] = hash;
  }

  delete(host: string, queueId: string): void {
    let free = this.slotOf(host, queueId, hashOf(host, queueId));
    if (this.mails[free] === undefined) return;
    this.size -= 1;
    // Those behind it that could have stood in the free slot move up, so that no search stops short of them.
    const mask = this.mails.length - 1;
    for (let slot = (free + 1) & mask; this.mails[slot] !== undefined; slot = (slot + 1) & mask) {
      const home = (this.hashes[slot] ?? 0) & mask;
      if (((slot - home) & mask) < ((slot - free) & mask)) continue;
      this.mails[free] = this.mails[slot];
      this.hashes[free] = this.hashes[slot] ?? 0;
      free = slot;
    }
    this.mails[free] = undefined;
  }

  /** Where the mail stands, or the free slot where it would. */
  private slotOf(host: string, queueId: string, hash: number): number {
    const mask = this.mails.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const mail = this.mails[slot];
      if (mail === undefined) return slot;
      if (this.hashes[slot] === hash && mail.said.queueId === queueId && mail.said.host === host) return slot;
    }
  }

  private grow(): void {
    const { mails } = this;
    this.mails = Array.from({ length: mails.length * 2 });
    this.hashes = new Int32Array(mails.length * 2);
    this.size = 0;
    for (const mail of mails) if (mail !== undefined) this.set(mail);
  }
}
