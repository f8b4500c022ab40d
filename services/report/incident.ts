// Incident: what the report says of one storm, bounded whatever its size. Made of its StormAccount and its alerts.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";

/** An amount of which only the bounds are known. */
export interface Between {
  readonly least: number;
  readonly most: number;
}

/** What a stop of the list at one moment would have changed, counted in the log. */
export interface Stop {
  readonly at: number;
  /** Reply-alls, and automatic mails, up to and with that moment. */
  readonly replyAlls: number;
  readonly automatic: number;
  /** Deliveries of mails accepted by then: those before that moment, and those after it. Of its minute the log does not say. */
  readonly delivered: Between;
  readonly stillDelivered: Between;
  /** What was accepted after it: mails, the people they were addressed to, and what the log says was delivered of them. */
  readonly laterMails: number;
  readonly laterRecipients: number;
  readonly averted: number;
}

/** What Microsoft 365's default rule would have done. */
export type MicrosoftVerdict =
  | { readonly kind: "acts"; readonly stop: Stop; readonly replyAll: number }
  | {
      readonly kind: "never";
      /** Reply-alls to one thread within 60 minutes with reach enough. */
      readonly mostInAnHour: number;
      /** When it would have, were all threads of the storm one conversation. */
      readonly togetherAt: number | undefined;
    };

/** One minute, or several on a long storm. */
export interface IncidentMinute {
  readonly start: number;
  readonly replyAlls: number;
  readonly automatic: number;
  readonly delivered: number;
  /** Of these, deliveries of mails accepted after squall's alert, and after Microsoft's rule had acted. */
  readonly deliveredAfterAlert: number;
  readonly deliveredAfterMicrosoft: number;
}

export interface IncidentMinutes {
  readonly stepMs: number;
  /** Ascending, without a gap. */
  readonly rows: readonly IncidentMinute[];
  /** Deliveries behind the last row, and the end of the minute of the last of them. */
  readonly later: { readonly delivered: number; readonly untilMs: number } | undefined;
}

export interface ListShare {
  readonly address: string;
  readonly audience: number;
  readonly mails: number;
  readonly replyAlls: number;
  readonly delivered: number;
}

export interface Answerer {
  readonly person: string;
  readonly replyAlls: number;
  readonly firstAt: number;
}

/** The first of many, and what the rest adds up to. */
export interface Shortened<Item> {
  readonly shown: readonly Item[];
  readonly more: number;
}

/** What still came in its threads once it was calm. */
export interface AfterCalm {
  /** How long it was counted. */
  readonly heldMs: number;
  readonly mails: number;
  readonly replyAlls: number;
}

export interface Incident {
  readonly stormId: string;
  readonly site: string;
  readonly list: string | undefined;
  readonly subject: string | undefined;
  readonly starter: string | undefined;
  /** Undefined where the report goes without people. */
  readonly threadKey: string | undefined;
  readonly startedAt: number;
  readonly firstAnswer: { readonly at: number; readonly person: string | undefined } | undefined;
  /** Of the last mail, or the last reply-all where there was one. */
  readonly lastAnswerAt: number;
  /** End of the minute of the last delivery. */
  readonly lastDeliveryAt: number | undefined;
  /** Absent: it goes on at the end of the log. */
  readonly calmAt: number | undefined;
  /** Counted with the rest; absent where it goes on. */
  readonly afterCalm: AfterCalm | undefined;
  /** Of its largest list, configured or learned too. */
  readonly audience: number;
  /** Recipients of its largest mail. */
  readonly largestReach: number;
  readonly mails: number;
  readonly replyAlls: number;
  readonly automatic: number;
  readonly people: number;
  readonly recipients: number;
  readonly delivered: number;
  readonly threads: number;
  readonly alerts: Shortened<StormAlert>;
  /** The alert that opened it. */
  readonly opening: StormAlert;
  readonly alertStop: Stop;
  /** Ten minutes later: somebody has to act on an alert. */
  readonly lateStop: Stop;
  readonly microsoft: MicrosoftVerdict;
  readonly minutes: IncidentMinutes;
  readonly lists: Shortened<ListShare>;
  readonly answerers: Shortened<Answerer> & { readonly moreReplyAlls: number };
  /** Messages that could not be kept. */
  readonly notKept: number;
}
