// What the assembler is told, and what it tells: settings, counters, input and output.

import type { FragmentSlab } from "../../shared/domain/packed/fragment-slab.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import type { People } from "./mail-event-from-mail.ts";
import type { MailTableCounters, MailTableSettings } from "./mail-table.ts";

export interface AssemblerSettings extends MailTableSettings {
  /** Age at which a mail that is still queued is released, however little was tried. */
  readonly releaseAgeMs: number;
  /** Age at which it is once `triesMin` deliveries were tried: by then the log shows whether an alias or a list is behind them. */
  readonly triedAgeMs: number;
  readonly triesMin: number;
  /** How long a mail that is not accepted holds up the others: most clients that come so far and no further have gone away. */
  readonly unacceptedAgeMs: number;
  /** Fragments older than this behind the watermark are counted and dropped. */
  readonly expiredAfterMs: number;
  /** Mails that may wait for their turn. */
  readonly waitingMax: number;
}

export const defaultAssemblerSettings: AssemblerSettings = {
  lifeEndMs: 5_000,
  removedKeptMs: 40_000,
  silentKeptMs: 6 * 86_400_000,
  settledKeptMs: 3_600_000,
  incompleteKeptMs: 1_200_000,
  openMailsMax: 100_000,
  releaseAgeMs: 600_000,
  triedAgeMs: 30_000,
  triesMin: 20,
  unacceptedAgeMs: 60_000,
  expiredAfterMs: 7_200_000,
  waitingMax: 50_000,
};

export interface AssemblerCounters extends MailTableCounters {
  /** Mails of which message id and recipients became known. */
  accepted: number;
  /** Fragments over `expiredAfterMs` behind the watermark. */
  expiredFragments: number;
  /** Mails released before their turn for want of room: the order of time may suffer. */
  releasedEarly: number;
}

/** Who reads the mails. A packed mail is valid during the call. */
export interface MailSink {
  event(event: MailEvent): void;
  /** A mail that is simple; false: it is wanted as an event. */
  packed(mails: PackedMails, mail: number): boolean;
  /** The queue file of a mail that was told packed is gone; false: it is wanted as a revision. */
  packedRemoved(mails: PackedMails, mail: number): boolean;
}

/** A sink that wants events only. */
export function eventSink(event: (event: MailEvent) => void): MailSink {
  return { event, packed: () => false, packedRemoved: () => false };
}

/** What ingest has to say of one slice of event time, [startMs, endMs). */
export interface SliceOfMail {
  readonly startMs: number;
  readonly endMs: number;
  readonly slab: FragmentSlab;
  /** Mails that came as finished events. */
  readonly events: readonly MailEvent[];
}

export interface AssemblerDeps {
  readonly site: string;
  /** Names of hosts, by their number in records. */
  readonly hostNames: readonly string[];
  readonly people: People;
}
