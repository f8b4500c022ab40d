// Counters of assembler and detector -> metrics: what was seen, what is held, what was dropped or forgotten and why.

import type { AssemblerCounters } from "../../assembler/assembler-settings.ts";
import type { DetectorCounters } from "../../detector/detector-counters.ts";
import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { StandaloneCounts } from "./standalone-counts.ts";

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

export function addDetectorMetrics({ counter, gauge }: Metrics, counts: StandaloneCounts): void {
  const { assembler, detector, totals } = counts;
  const one = (name: string, help: string, read: () => number): void =>
    counter({ name, help }, (sample) => sample(read()));
  one(
    "squall_mails_accepted_total",
    "Mails of which message id and recipients became known.",
    () => assembler().accepted,
  );
  one("squall_queue_ids_reused_total", "Queue ids that came to a second life.", () => assembler().reusedQueueIds);
  one("squall_events_total", "MailEvents that the detector took.", () => detector().events);
  one("squall_events_repeated_total", "MailEvents that said nothing new.", () => detector().eventsRepeated);
  one("squall_messages_total", "Distinct messages.", () => totals().messages);
  one("squall_fan_outs_total", "Messages that reached 20 people or more.", () => totals().fanOuts);
  const headers = "Messages that reached 20 people or more and have header lines in the log.";
  one("squall_fan_outs_with_headers_total", headers, () => totals().fanOutsWithHeaders);
  one("squall_threads_total", "Conversations among people who reach many.", () => totals().threads);
  one("squall_storms_opened_total", "Storms opened.", () => totals().stormsOpened);
  one("squall_watches_total", "Watches begun.", () => totals().watchesBegun);
  const expired = "Deliveries of minutes that are no longer kept.";
  one("squall_deliveries_expired_total", expired, () => detector().deliveriesExpired);
  const late = "What came late: admitted (a window is written again) or dropped (more than 2 h behind).";
  counter({ name: "squall_late_events_total", help: late, labels: ["action"] }, (sample) => {
    sample(detector().windowsLate, { action: "admitted" });
    sample(detector().eventsExpired + assembler().expiredFragments, { action: "dropped" });
  });
  const evicted = "What was dropped, only summed or forgotten early for want of room, by reason.";
  counter({ name: "squall_state_evictions_total", help: evicted, labels: ["reason"] }, (sample) => {
    const tell = (counters: ReadonlyMap<string, number>, reasons: object): void => {
      for (const [name, reason] of Object.entries<string | undefined>({ ...reasons })) {
        if (reason !== undefined) sample(counters.get(name), { reason });
      }
    };
    tell(new Map(Object.entries(detector())), DETECTOR_REASONS);
    tell(new Map(Object.entries(assembler())), ASSEMBLER_REASONS);
  });
  gauge({ name: "squall_storms_open", help: "Storms that are open now." }, (sample) => sample(totals().stormsOpen));
  gauge({ name: "squall_open_windows", help: "Minute windows that are held." }, (sample) =>
    sample(totals().held.windows),
  );
  const held = "What is held in memory, by kind; the bounds are settings of detector.bounds.";
  gauge({ name: "squall_state_entries", help: held, labels: ["kind"] }, (sample) => {
    sample(counts.openMails(), { kind: "open-mails" });
    const { fanOuts, threads, threadIds, lists, listPersons, logins, clients } = totals().held;
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
  const watermark = "Event time up to which windows are closed and storms end; its lag is time() less this.";
  gauge({ name: "squall_watermark_timestamp_seconds", help: watermark }, (sample) =>
    sample(counts.watermarkMs() / 1000),
  );
}
