// Saying what is known of a mail, once and again when it changed.

import type { MailSink } from "./assembler-settings.ts";
import { mailEventFromMail, type People, saysTheSame } from "./mail-event-from-mail.ts";
import type { MailTable } from "./mail-table.ts";
import type { OpenMail, ToldBefore } from "./open-mail.ts";
import { byTurn, waitingMail } from "./waiting.ts";

export class Telling {
  /** Mails that changed since they were told. */
  private changed: OpenMail[] = [];
  private readonly table: MailTable;
  private readonly people: People;

  constructor(table: MailTable, people: People) {
    this.table = table;
    this.people = people;
  }

  /** Goes on with what another process had told of these. */
  restore(mails: readonly OpenMail[]): void {
    this.changed = mails.filter((mail) => mail.changed && mail.event !== undefined);
  }

  /** Something came of a mail, and is not merged yet. */
  noteChange(mail: OpenMail): void {
    if (mail.event === undefined || mail.changed) return;
    if ("digest" in mail.event && mail.event.digest === undefined) this.recall(mail, mail.event);
    this.changed.push(mail);
  }

  /** Says again what changed since it was last said, in order of time, host and queue id; deliveries up to `untilMs` only. */
  revise(sink: MailSink, untilMs: number): void {
    if (this.changed.length === 0) return;
    const changed = this.changed.map(waitingMail).toSorted((a, b) => byTurn(a, b) || idOf(a) - idOf(b));
    this.changed = [];
    for (const { mail } of changed) {
      if (mail === undefined) continue;
      if (untilMs === Number.POSITIVE_INFINITY || mail.toldUntilMs < untilMs) this.tell(mail, untilMs, sink);
      else this.changed.push(mail);
    }
  }

  /** What another process said of a mail that has not changed since. */
  private recall(mail: OpenMail, told: ToldBefore): void {
    mail.event = { ...told, revision: told.revision - 1 };
    mail.event = mailEventFromMail(mail, mail.toldUntilMs, this.people);
  }

  /** Says what is known of a mail that is complete, if it is news. */
  tell(mail: OpenMail, untilMs: number, sink: MailSink): void {
    const event = mailEventFromMail(mail, untilMs, this.people);
    if (event === undefined) return;
    this.table.journal?.note(mail, false);
    // What changed may not be told yet, or change nothing.
    const isNews = mail.event === undefined || !saysTheSame(mail.event, event);
    if (isNews) mail.event = event;
    mail.toldUntilMs = untilMs;
    mail.changed = false;
    // Minutes that are not over, or must not be told yet, come with a later word.
    if (event.minutes.length < (mail.said.minutes?.length ?? 0)) {
      mail.changed = true;
      this.changed.push(mail);
    }
    if (isNews) sink.event(event);
  }
}

function idOf({ mail }: { readonly mail: OpenMail | undefined }): number {
  return mail?.id ?? 0;
}
