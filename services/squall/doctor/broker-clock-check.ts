// When the brokers say they took a record, and when that was by this machine's clock -> do the two agree.

import { spanInWords } from "../../../shared/domain/storm-alert-words.ts";
import type { NewestRecord, WriteTrial } from "../../../shared/runtime/topic-trials.ts";
import type { Finding } from "./finding.ts";

export interface BrokerClockFacts {
  readonly writes: readonly WriteTrial[];
  /** Of the input; their stamps are the brokers'. */
  readonly newest: readonly NewestRecord[];
  readonly nowMs: number;
}

const subject = "clock";
/** The network and a busy broker take less. */
const NEAR_MS = 5_000;
/** Minutes of traffic would count into others than the mail server logged them in. */
const FAR_MS = 60_000;

export function brokerClockFinding({ writes, newest, nowMs }: BrokerClockFacts): Finding {
  const aheads = writes.flatMap(({ appendedAtMs, sentAtMs, answeredAtMs }) =>
    appendedAtMs === undefined ? [] : [beyond(appendedAtMs, sentAtMs, answeredAtMs)],
  );
  const written = aheads.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
  if (written !== undefined) return judged(written);
  const newestMs = Math.max(...newest.map(({ timestampMs }) => timestampMs));
  // Where nothing came for a while nobody can tell silence from a clock that is behind.
  if (newestMs >= nowMs - FAR_MS) return judged(beyond(newestMs, nowMs - FAR_MS, nowMs));
  const text = "not known whether the brokers' clocks agree with this one: no record is new, none could be written";
  return {
    level: "warn",
    subject,
    text,
    mend: ["Run it again while lines come, or as a user who may write to the service's topics."],
  };
}

/** How far a stamp lies outside of the time in which it was made, ms; positive: ahead. */
function beyond(stampMs: number, fromMs: number, toMs: number): number {
  if (stampMs > toMs) return stampMs - toMs;
  return stampMs < fromMs ? stampMs - fromMs : 0;
}

function judged(aheadMs: number): Finding {
  const far = Math.abs(aheadMs);
  if (far <= NEAR_MS) return { level: "ok", subject, text: "the brokers' agrees with this machine's" };
  const text = `the brokers' is ${spanInWords(far)} ${aheadMs > 0 ? "ahead of" : "behind"} this machine's`;
  const mend = ["Let brokers, mail servers and this machine keep time by NTP (timedatectl)."];
  return { level: far > FAR_MS ? "fail" : "warn", subject, text, mend };
}
