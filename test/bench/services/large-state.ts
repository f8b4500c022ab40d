// What a detector knows of a site after years: kept threads, lists and who has written to them -> the entries of its state.

import { rememberWriter, useList } from "../../../services/detector/list-table.ts";
import { type DetectorInput, siteOf } from "../../../services/detector/detector.ts";
import { KeptRun } from "../../../services/detector/testing/kept-run.ts";
import { defaultDetectorSettings, type DetectorSettings } from "../../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import type { StateEntry } from "../../../shared/runtime/state-log.ts";

export interface StateSize {
  readonly threads: number;
  readonly lists: number;
  /** Over all lists. */
  readonly persons: number;
}

const AUDIENCE = 40;
const ANSWERED_EVERY = 10;
const ANSWERS = 3;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FLUSH_EVERY = 1000;
/** Threads are spread over the time before now. */
const SPAN_MS = DAY_MS;

/** More threads than the bounds' default, by as much as takes no room away. */
export function boundsFor({
  threads,
}: StateSize): Pick<DetectorSettings["bounds"], "threadsMax" | "threadIdsMax" | "fanOutsMax" | "threadMessagesMax"> {
  return {
    threadsMax: threads * 2,
    threadIdsMax: threads * 10,
    fanOutsMax: threads * 2,
    threadMessagesMax: threads * 2,
  };
}

/** Throws where the detector holds less than was asked for. */
export function largeState(name: string, size: StateSize): StateEntry[] {
  const bounds = { ...defaultDetectorSettings.bounds, ...boundsFor(size) };
  const run = new KeptRun({ ...defaultDetectorSettings, bounds }, new Map());
  const startMs = Date.now() - SPAN_MS;
  for (let from = 0; from < size.threads; from += FLUSH_EVERY) {
    const inputs: DetectorInput[] = Array.from({ length: Math.min(FLUSH_EVERY, size.threads - from) }, (_, index) =>
      mailsOf(name, from + index, { startMs, ...size }),
    ).flatMap((mails) => mails.map((event): DetectorInput => ({ kind: "event", event })));
    const reachedMs = startMs + Math.floor((from / size.threads) * SPAN_MS);
    inputs.push({ kind: "tick", watermark: reachedMs - defaultDetectorSettings.allowedLatenessMs, site: name });
    run.feed(inputs, inputs.length);
  }
  const site = siteOf(run.state, name);
  if (site === undefined) throw new Error("no site");
  for (let list = 0; list < size.lists; list += 1) {
    const at = startMs;
    const known = useList(site.lists, { address: addressOf(list), via: "orig_to", at }, site.settings, site.counters);
    for (let writer = 0; writer < size.persons / size.lists; writer += 1) {
      rememberWriter(site.lists, known, { person: `person${writer}@example.org`, at }, site);
    }
  }
  run.flush();
  const held = { threads: site.threads.threads.size, lists: site.lists.lists.size, persons: site.lists.persons };
  if (held.threads < size.threads || held.lists < size.lists || held.persons < size.persons) {
    throw new Error(`the detector holds ${JSON.stringify(held)}`);
  }
  return Array.from(run.stored, ([key, value]) => ({ key, value }));
}

function addressOf(list: number): string {
  return `list${list}@example.org`;
}

/** The first mail of a thread, and, of every tenth, answers to threads of one, two and three hours ago: one in ten has three. */
function mailsOf(site: string, number: number, span: StateSize & { readonly startMs: number }): MailEvent[] {
  const { startMs, threads, lists } = span;
  const at = startMs + Math.floor((number / threads) * SPAN_MS);
  const mails = [threadStart(site, number, { at, lists })];
  if (number % ANSWERED_EVERY !== 0) return mails;
  for (let answer = 1; answer <= ANSWERS; answer += 1) {
    const root = number - answer * Math.floor((threads * HOUR_MS) / SPAN_MS / ANSWERED_EVERY) * ANSWERED_EVERY;
    if (root < 0) break;
    const first = threadStart(site, root, { at, lists });
    mails.push({
      ...first,
      eventId: `${site}/A${root}.${answer}`,
      queueId: `A${root}.${answer}`,
      messageId: `answer${root}.${answer}@example.org`,
      login: `person${(root + answer * 7) % 500}@example.org`,
      hints: { references: [first.messageId ?? ""], subjectKey: `about ${root}`, replySubject: true },
    });
  }
  return mails;
}

function threadStart(
  site: string,
  number: number,
  { at, lists }: { readonly at: number; readonly lists: number },
): MailEvent {
  return {
    eventId: `${site}/S${number}`,
    revision: 1,
    site,
    host: `mx${number % 4}`,
    queueId: `S${number}`,
    hop: `10.1.${(number >> 8) & 255}.${number & 255}`,
    at,
    messageId: `start${number}@example.org`,
    login: `writer${number % 20_000}@example.org`,
    senderDomain: "example.org",
    authenticated: true,
    recipients: AUDIENCE,
    lists: [{ address: addressOf(number % lists), via: "orig_to" }],
    hints: { references: [], subjectKey: `about ${number}` },
    headersLogged: true,
    minutes: [{ start: at - (at % MINUTE_MS), delivered: AUDIENCE, deferred: 0, bounced: 0 }],
  };
}
