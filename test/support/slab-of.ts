// MailFragments of one slice -> the slab that holds them, and back, for tests of what reads and writes slabs.

import {
  BOUNCED,
  CLIENT,
  DEFERRED,
  DELIVERED,
  FragmentSlab,
  HANDED_ON,
  HEADER_TO,
  LOGIN,
  MESSAGE_ID,
  QUEUE_ID,
  RECORD_INTEGERS,
  SENDER,
  SLICE_MS,
} from "../../shared/domain/packed/fragment-slab.ts";
import { noteHeld, noteReleased } from "../../shared/domain/packed/slab-hold.ts";
import { keyHash } from "../../shared/domain/packed/key-hash.ts";
import { fragmentAt } from "../../shared/domain/packed/slab-fragments.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { HEADER_NAMES } from "../../shared/domain/mail-fragment.ts";

/** Few enough that ids share them: whoever looks one up has to compare. */
function fewHashes(id: string): number {
  return (keyHash(id) & 0x3ff) * 8;
}

/** All records of a slab, as objects. */
export function fragmentsOf(slab: FragmentSlab, origin: Parameters<typeof fragmentAt>[2]): MailFragment[] {
  const fragments: MailFragment[] = [];
  for (let record = 0; record < slab.end; record += RECORD_INTEGERS) fragments.push(fragmentAt(slab, record, origin));
  return fragments;
}

/** Names of hosts by number, as a fragment table would have them. */
export class SlabWriter {
  readonly hostNames: string[] = [];

  slabOf(fragments: readonly MailFragment[]): FragmentSlab {
    const slab = new FragmentSlab();
    const earliest = Math.min(...fragments.map(({ firstAt }) => firstAt));
    slab.reset(fragments.length === 0 ? 0 : Math.floor(earliest / SLICE_MS) * SLICE_MS);
    for (const fragment of fragments) this.write(slab, fragment);
    return slab;
  }

  private write(slab: FragmentSlab, said: MailFragment): void {
    const host = this.hostOf(said.host);
    const record = slab.add(host, fewHashes(said.queueId), said.firstAt - slab.startMs);
    slab.stamp(record, said.lastAt - slab.startMs);
    const texts = [
      [QUEUE_ID, said.queueId],
      [MESSAGE_ID, said.messageId],
      [CLIENT, said.client],
      [LOGIN, said.login],
      [SENDER, said.sender],
      [HEADER_TO, said.headerTo],
    ] as const;
    for (const [text, value] of texts) {
      if (value === undefined) continue;
      slab.source = Buffer.from(value);
      slab.say(record, text, 0, slab.source.length);
    }
    if (said.acceptedAt !== undefined) slab.accepted(record, said.acceptedAt - slab.startMs);
    if (said.held === true) noteHeld(slab, record);
    if (said.releasedAt !== undefined) noteReleased(slab, record, said.releasedAt - slab.startMs);
    if (said.removedAt !== undefined) slab.removed(record, said.removedAt - slab.startMs);
    if (said.nrcpt !== undefined) slab.recipients(record, said.nrcpt);
    this.writeHeaders(slab, record, said);
    for (const { delivered, deferred, bounced } of said.minutes ?? []) {
      slab.numbers[record + DELIVERED] = delivered;
      slab.numbers[record + DEFERRED] = deferred;
      slab.numbers[record + BOUNCED] = bounced;
    }
    slab.numbers[record + HANDED_ON] = said.handedOn ?? 0;
    const { origTo, expandedTo, expansions, duplicateTo } = said;
    if ([origTo, expandedTo, expansions, duplicateTo].every((addresses) => addresses === undefined)) return;
    Object.assign(slab.addressesOf(record), { origTo, expandedTo, expansions, duplicateTo });
  }

  private writeHeaders(slab: FragmentSlab, record: number, { headers }: MailFragment): void {
    if (headers === undefined) return;
    slab.sayHeader(record, -1, 0, 0);
    HEADER_NAMES.forEach((name, place) => {
      const value = headers[name];
      if (value === undefined) return;
      slab.source = Buffer.from(value, "latin1");
      slab.sayHeader(record, place, 0, slab.source.length);
    });
  }

  private hostOf(name: string): number {
    const known = this.hostNames.indexOf(name);
    return known >= 0 ? known : this.hostNames.push(name) - 1;
  }
}
