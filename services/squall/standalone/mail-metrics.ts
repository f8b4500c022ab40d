// Counters of assembler and detector -> metrics, of standalone and of the services: what was seen, what is held, what was dropped or forgotten and why.

import { type AssemblerCounters, defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import type { DetectorCounters } from "../../detector/detector-counters.ts";
import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { DetectorTotals, TableFill } from "../../detector/detector-totals.ts";

/** Its reason in squall_state_evictions_total; undefined: it has a metric of its own. */
const DETECTOR_REASONS: Readonly<Record<keyof DetectorCounters, string | undefined>> = {
  events: undefined,
  eventsRepeated: undefined,
  eventsExpired: undefined,
  deliveriesExpired: undefined,
  windowsLate: undefined,
  // In good time, as every run does: told nowhere.
  messagesForgotten: undefined,
  sitesDropped: "sites-dropped",
  messagesEvicted: "messages-evicted",
  fanOutsEvicted: "fan-outs-evicted",
  variantsDropped: "variants-dropped",
  hopsDropped: "hops-dropped",
  queueIdsSummed: "queue-ids-summed",
  messagesSealed: "messages-sealed",
  fanOutsWithoutPerson: "fan-outs-without-person",
  hintsDropped: "hints-dropped",
  threadsEvicted: "threads-evicted",
  threadIdsDropped: "thread-ids-dropped",
  threadMessagesDropped: "thread-messages-dropped",
  repliesTrimmed: "replies-trimmed",
  repliesTooLate: "replies-too-late",
  listsEvicted: "lists-evicted",
  listPostsDropped: "list-posts-dropped",
  personsNotRemembered: "persons-not-remembered",
  loginsEvicted: "logins-evicted",
  clientsEvicted: "clients-evicted",
  stormsEvicted: "storms-evicted",
  stormMessagesDropped: "storm-messages-dropped",
  stormThreadsDropped: "storm-threads-dropped",
  windowsDropped: "windows-dropped",
};

const ASSEMBLER_REASONS: Readonly<Record<keyof AssemblerCounters, string | undefined>> = {
  accepted: undefined,
  expiredFragments: undefined,
  reusedQueueIds: undefined,
  incomplete: "mails-incomplete",
  evictedForRoom: "mails-evicted-for-room",
  evictedForSilence: "mails-evicted-for-silence",
  releasedEarly: "mails-released-early",
};

/** Of one assembler, or summed over the partitions that a process has: nothing is known where it has none. */
export interface AssemblerPart {
  readonly counters: () => Readonly<Partial<AssemblerCounters>>;
  /** Of each site. */
  readonly openMails: () => readonly number[];
}

export interface DetectorPart {
  readonly counters: () => Readonly<Partial<DetectorCounters>>;
  readonly totals: () => DetectorTotals | undefined;
  readonly fill: () => TableFill;
  /** Event time that all sites have come to, ms, by partition; "": there are none. What is not finite: before the first event. */
  readonly watermarks: () => ReadonlyMap<string, number>;
}

export interface MailParts {
  readonly assembler: AssemblerPart | undefined;
  readonly detector: DetectorPart | undefined;
}

/** What there is of the two in one process; where both are, a metric of both is one. */
export function addMailMetrics(metrics: Metrics, { assembler, detector }: MailParts): void {
  if (assembler !== undefined) addAssemblerMetrics(metrics, assembler);
  if (detector !== undefined) addDetectorMetrics(metrics, detector);
  const { counter, gauge } = metrics;
  const late = "What came late: admitted (a window is written again) or dropped (more than 2 h behind).";
  counter({ name: "squall_late_events_total", help: late, labels: ["action"] }, (sample) => {
    const { windowsLate, eventsExpired = 0 } = detector?.counters() ?? {};
    const { expiredFragments = 0 } = assembler?.counters() ?? {};
    sample(windowsLate, { action: "admitted" });
    sample(eventsExpired + expiredFragments, { action: "dropped" });
  });
  const evicted = "What was dropped, only summed or forgotten early for want of room, by reason.";
  counter({ name: "squall_state_evictions_total", help: evicted, labels: ["reason"] }, (sample) => {
    const tell = (counters: object, reasons: object): void => {
      const counted = new Map<string, number>(Object.entries(counters));
      for (const [name, reason] of Object.entries<string | undefined>({ ...reasons })) {
        if (reason !== undefined) sample(counted.get(name), { reason });
      }
    };
    if (detector !== undefined) tell(detector.counters(), DETECTOR_REASONS);
    if (assembler !== undefined) tell(assembler.counters(), ASSEMBLER_REASONS);
  });
  const held = "What is held in memory, by kind; the bounds are settings of detector.bounds.";
  gauge({ name: "squall_state_entries", help: held, labels: ["kind"] }, (sample) => {
    if (assembler !== undefined) sample(sumOf(assembler.openMails()), { kind: "open-mails" });
    const totals = detector?.totals();
    if (totals === undefined) return;
    const { fanOuts, threads, threadIds, lists, listPersons, logins, clients } = totals.held;
    const kinds = {
      "fan-outs": fanOuts,
      threads,
      "thread-ids": threadIds,
      lists,
      "list-persons": listPersons,
      logins,
      clients,
    };
    for (const [kind, count] of Object.entries(kinds)) sample(count, { kind });
  });
  const full = "How full what is held is, of its bound, by kind; of the mail system for which it is fullest.";
  gauge({ name: "squall_state_fill_ratio", help: full, labels: ["kind"] }, (sample) => {
    for (const [kind, ratio] of Object.entries(detector?.fill() ?? {})) sample(ratio, { kind });
    if (assembler === undefined) return;
    const { openMailsMax } = defaultAssemblerSettings;
    sample(Math.max(0, ...assembler.openMails()) / openMailsMax, { kind: "open-mails" });
  });
}

function addAssemblerMetrics({ counter }: Metrics, { counters }: AssemblerPart): void {
  const accepted = "Mails of which message id and recipients became known.";
  counter({ name: "squall_mails_accepted_total", help: accepted }, (sample) => sample(counters().accepted));
  const reused = "Queue ids that came to a second life.";
  counter({ name: "squall_queue_ids_reused_total", help: reused }, (sample) => sample(counters().reusedQueueIds));
}

function addDetectorMetrics({ counter, gauge }: Metrics, { counters, totals, watermarks }: DetectorPart): void {
  const one = (name: string, help: string, read: () => number | undefined): void =>
    counter({ name, help }, (sample) => sample(read()));
  one("squall_events_total", "MailEvents that the detector took.", () => counters().events);
  one("squall_events_repeated_total", "MailEvents that said nothing new.", () => counters().eventsRepeated);
  one("squall_messages_total", "Distinct messages.", () => totals()?.messages);
  one("squall_fan_outs_total", "Messages that reached 20 people or more.", () => totals()?.fanOuts);
  const headers = "Messages that reached 20 people or more and have header lines in the log.";
  one("squall_fan_outs_with_headers_total", headers, () => totals()?.fanOutsWithHeaders);
  one("squall_threads_total", "Conversations among people who reach many.", () => totals()?.threads);
  one("squall_storms_opened_total", "Storms opened.", () => totals()?.stormsOpened);
  one("squall_watches_total", "Watches begun.", () => totals()?.watchesBegun);
  const expired = "Deliveries of minutes that are no longer kept.";
  one("squall_deliveries_expired_total", expired, () => counters().deliveriesExpired);
  gauge({ name: "squall_storms_open", help: "Storms that are open now." }, (sample) => sample(totals()?.stormsOpen));
  gauge({ name: "squall_open_windows", help: "Minute windows that are held." }, (sample) =>
    sample(totals()?.held.windows),
  );
  const watermark =
    "Event time up to which windows are closed and storms end, of the mail system furthest behind; its lag is time() less this.";
  const spec = { name: "squall_watermark_timestamp_seconds", help: watermark, labels: ["partition"] };
  gauge(spec, (sample) => {
    for (const [partition, ms] of watermarks()) sample(ms / 1000, partition === "" ? {} : { partition });
  });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
