// Short rows -> MailEvents, and a detector that has read them: what the tests of this service write their cases in.

import { type DetectorSettings, defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { createDetectorState, type DetectorState, step } from "../detector.ts";

/** Event times of the cases count from here: a Monday morning. */
export const START_AT = Date.UTC(2026, 10, 23, 8, 0, 0);
export const STAFF = "all-staff@corp.example";

export interface Row extends Partial<Omit<MailEvent, "hints" | "at">> {
  /** Seconds after START_AT. */
  readonly seconds: number;
  /** Message-ID; null for a mail without one. */
  readonly id?: string | null;
  readonly hints?: Partial<MailEvent["hints"]>;
  /** Address of the list, found by orig_to; null for none. */
  readonly list?: string | null;
}

export interface Reading {
  readonly state: DetectorState;
  readonly alerts: StormAlert[];
  readonly windows: ThreadWindow[];
}

let nextQueueId = 1;

/** One accepted mail by an authenticated person. Everything may be set. */
export function mail(row: Row): MailEvent {
  const { seconds, id, hints, list, ...fields } = row;
  const queueId = fields.queueId ?? `Q${nextQueueId++}`;
  const address = list === undefined ? STAFF : list;
  return {
    eventId: `${fields.host ?? "mx1"}/${queueId}`,
    revision: 1,
    site: "corp",
    host: "mx1",
    queueId,
    hop: "mx1",
    at: START_AT + seconds * 1000,
    ...(id === null ? {} : { messageId: id ?? `${queueId}@corp.example` }),
    login: "anna@corp.example",
    senderDomain: "corp.example",
    authenticated: true,
    recipients: 1,
    lists: address === null ? [] : [{ address, via: "orig_to" }],
    headersLogged: true,
    minutes: [],
    ...fields,
    hints: { references: [], ...hints },
  };
}

/** The same mail without its login: what comes from outside, or what a second hop shows. */
export function withoutLogin(event: MailEvent, fields: Partial<MailEvent> = {}): MailEvent {
  const { login: _login, ...rest } = event;
  return { ...rest, authenticated: false, ...fields };
}

export interface Conversation {
  readonly audience: number;
  /** Seconds between the mails: one reply a gap, each by another person. */
  readonly gaps: readonly number[];
  readonly rootId?: string;
  readonly startSeconds?: number;
  /** How the replies are tied to the first mail. */
  readonly tie?: "references" | "subject" | "changed-subject";
  readonly list?: string | null;
  readonly person?: (index: number) => string;
}

/** A first mail by anna and replies by person1, person2 ... */
export function conversation(options: Conversation): MailEvent[] {
  const rootId = options.rootId ?? "root@corp.example";
  const list = options.list === undefined ? STAFF : options.list;
  let seconds = options.startSeconds ?? 0;
  const shared = { recipients: options.audience, list };
  const headers = (options.tie ?? "references") === "references";
  const events = [mail({ ...shared, seconds, id: rootId, hints: { subjectKey: "test" }, headersLogged: headers })];
  options.gaps.forEach((gap, index) => {
    seconds += gap;
    const login = options.person?.(index + 1) ?? `person${index + 1}@corp.example`;
    const hints = replyHints(options.tie ?? "references", rootId, index);
    events.push(mail({ ...shared, seconds, id: `${rootId}.${index + 1}`, login, hints, headersLogged: headers }));
  });
  return events;
}

function replyHints(tie: NonNullable<Conversation["tie"]>, rootId: string, index: number): Partial<MailEvent["hints"]> {
  if (tie === "references") return { references: [rootId], inReplyTo: rootId, subjectKey: "test", replySubject: true };
  if (tie === "subject") return { subjectKey: "test", replySubject: true };
  return { subjectKey: `please stop ${index}`, replySubject: true };
}

export function settingsWith(changes: Partial<DetectorSettings>): DetectorSettings {
  return { ...defaultDetectorSettings, ...changes };
}

export function newDetector(settings: DetectorSettings = defaultDetectorSettings): DetectorState {
  return createDetectorState(settings, { advise: () => [] });
}

/** Feeds events; alerts and windows are collected. */
export function read(events: readonly MailEvent[], state: DetectorState = newDetector()): Reading {
  const reading: Reading = { state, alerts: [], windows: [] };
  for (const event of events) collect(reading, { kind: "event", event });
  return reading;
}

/** Tells the time, in seconds after START_AT. */
export function tick(reading: Reading, seconds: number): void {
  collect(reading, { kind: "tick", watermark: START_AT + seconds * 1000 });
}

export function feed(reading: Reading, events: readonly MailEvent[]): void {
  for (const event of events) collect(reading, { kind: "event", event });
}

/** The alerts that page. */
export function opened(reading: Reading): StormAlert[] {
  return reading.alerts.filter((alert) => alert.type === "storm.opened");
}

function collect(reading: Reading, input: Parameters<typeof step>[1]): void {
  for (const output of step(reading.state, input)) {
    if (output.kind === "alert") reading.alerts.push(output.alert);
    else reading.windows.push(output.window);
  }
}

/** History that makes a list warm: 30 days old, some people who wrote. */
export function warmingMails(list: string = STAFF, audience = 3000): MailEvent[] {
  const days = 86_400;
  return Array.from({ length: 6 }, (_, index) =>
    mail({
      seconds: -60 * days + index * days,
      recipients: audience,
      list,
      login: `regular${index}@corp.example`,
      id: `old${index}.${list}`,
    }),
  );
}
