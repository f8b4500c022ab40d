// fragments of one site, from several inputs -> mails. Lines of one mail may come through several partitions, a little apart: so a mail
// is told for the first time a moment after it is complete, and not before all inputs have been read as far; what comes meanwhile is in
// its first word. One input that stands still, its process dead or its broker, holds mail up for as long as that takes to be mended, in
// seconds: what is decided of a mail without its header lines is decided for good.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { type AssemblerSettings, eventSink } from "./assembler-settings.ts";
import type { People } from "./mail-event-from-mail.ts";
import { takeFragment } from "./mail-intake.ts";
import { MailTable, type MailTableCounters } from "./mail-table.ts";
import { isComplete, type OpenMail, takenInAt } from "./open-mail.ts";
import { AssemblerState, type AssemblerNumbers } from "./state/assembler-state.ts";
import { Telling } from "./telling.ts";

export interface SiteAssemblerOptions {
  readonly site: string;
  readonly settings: AssemblerSettings;
  readonly people: People;
  /** How long the first word waits, ms. */
  readonly holdMs: number;
  /** How long it waits, at most, for inputs that have not been read as far as the mail, ms. */
  readonly holdMaxMs: number;
  readonly onEvent: (event: MailEvent) => void;
}

/** What the inputs have been read to. */
export interface InputsRead {
  hasRead(at: number, writtenMs: number): boolean;
}

interface Fresh {
  readonly mail: OpenMail;
  /** By our own clock, ms. */
  readonly sinceMs: number;
  /** When what completed it was written, by the clock of who wrote it, ms. */
  readonly writtenMs: number;
}

const wasTold = (mail: OpenMail): boolean => mail.event !== undefined;

/** Mutable. Event time comes with the fragments; our own clock is told, and counts only for the wait. */
export class SiteAssembler {
  private readonly options: SiteAssemblerOptions;
  private readonly table: MailTable;
  private readonly telling: Telling;
  private readonly sink: ReturnType<typeof eventSink>;
  /** In the order in which they could be told first. */
  private fresh: Fresh[] = [];
  private nowMs = Number.NEGATIVE_INFINITY;
  private readonly own = { accepted: 0, expiredFragments: 0, releasedEarly: 0 };

  constructor(options: SiteAssemblerOptions) {
    this.options = options;
    this.table = new MailTable(options.settings);
    this.telling = new Telling(this.table, options.people);
    this.sink = eventSink(options.onEvent);
  }

  get counters(): Readonly<MailTableCounters & { accepted: number; expiredFragments: number; releasedEarly: number }> {
    return { ...this.own, ...this.table.counters };
  }

  get openMails(): number {
    return this.table.size;
  }

  /** Event time of the eldest that waits for its first word, ms; Infinity where none does. */
  get heldFromMs(): number {
    return this.fresh.reduce((least, { mail }) => Math.min(least, timeOf(mail)), Number.POSITIVE_INFINITY);
  }

  /** `clockMs`: our own clock; `writtenMs`: when the fragment was written, by the clock of who wrote it. */
  take(fragment: MailFragment, clockMs: number, writtenMs: number): void {
    if (fragment.lastAt < this.nowMs - this.options.settings.expiredAfterMs) {
      this.own.expiredFragments += 1;
      return;
    }
    const mail = takeFragment(fragment, this.table, this.telling);
    // One that is not complete has a turn when it is.
    if (mail === undefined || !isComplete(mail)) return;
    mail.waiting = true;
    this.fresh.push({ mail, sinceMs: clockMs, writtenMs });
  }

  /** Tells those that have waited long enough. */
  tellFresh(clockMs: number, inputs: InputsRead): void {
    const kept: Fresh[] = [];
    for (const waiting of this.fresh) {
      const { mail } = waiting;
      if (!this.isDue(waiting, clockMs, inputs)) {
        kept.push(waiting);
        continue;
      }
      mail.waiting = false;
      // One that was put on hold meanwhile has a turn again when it is released.
      if (mail.forgotten || wasTold(mail) || !isComplete(mail)) continue;
      this.own.accepted += 1;
      this.telling.tell(mail, Number.POSITIVE_INFINITY, this.sink);
    }
    this.fresh = kept;
  }

  private isDue({ mail, sinceMs, writtenMs }: Fresh, clockMs: number, inputs: InputsRead): boolean {
    const { holdMs, holdMaxMs } = this.options;
    const waitedMs = clockMs - sinceMs;
    if (waitedMs >= holdMs && inputs.hasRead(timeOf(mail), writtenMs)) return true;
    // Below nought: our clock was set back.
    const isTooLong = waitedMs < 0 || waitedMs >= holdMaxMs;
    if (isTooLong) this.own.releasedEarly += 1;
    return isTooLong;
  }

  /** Tells what changed since it was told. */
  revise(): void {
    this.telling.revise(this.sink, Number.POSITIVE_INFINITY);
  }

  /** Forgets what is over, and the eldest where there are too many. `watermark`: event time, ms; -Infinity: not known. */
  passTime(watermark: number): void {
    this.nowMs = Math.max(this.nowMs, watermark);
    this.table.examineMore();
    this.table.evict(this.nowMs, wasTold, this.options.settings.openMailsMax);
  }

  /** From now on what changes is noted, for a state that another can go on from. `clockMs`: of the restart, our own clock. */
  keepState(clockMs: number): AssemblerState {
    const numbers = (): AssemblerNumbers => ({ nowMs: this.nowMs, ...this.own });
    const restore = (read: AssemblerNumbers, mails: readonly OpenMail[]): void => {
      this.nowMs = read.nowMs;
      const { accepted, expiredFragments, releasedEarly } = read;
      Object.assign(this.own, { accepted, expiredFragments, releasedEarly });
      this.telling.restore(mails);
      const untold = mails.filter((mail) => !mail.forgotten && !wasTold(mail) && isComplete(mail));
      this.fresh = untold.map((mail) => ({ mail, sinceMs: clockMs, writtenMs: clockMs }));
      for (const mail of untold) mail.waiting = true;
    };
    return new AssemblerState(this.table, { numbers, restore }, this.options.site);
  }
}

function timeOf(mail: OpenMail): number {
  return takenInAt(mail) ?? mail.said.firstAt;
}
