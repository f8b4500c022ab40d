// The newest stamp of a log and the time at which it was written -> do the two clocks, and the zone, agree.

import { spanInWords } from "../../../shared/domain/storm-alert-words.ts";
import { clockOf } from "../words.ts";
import type { Finding } from "./finding.ts";

export interface ClockFacts {
  /** Event time of the newest line as squall reads it, ms. */
  readonly newestMs: number;
  /** When the file was last written to, by this machine's clock, ms. */
  readonly writtenAtMs: number;
  readonly nowMs: number;
  /** Stamps name no zone: `timezone` was taken for it. */
  readonly isWithoutZone: boolean;
  readonly timezone: string;
  /** The zone of this machine. */
  readonly ownZone: string;
}

/** A line is written within this of its stamp, and a server's clock right to it. */
const NEAR_MS = 120_000;
/** Zones differ by multiples of it. */
const QUARTER_MS = 900_000;
const ZONE_MAX_MS = 14 * 3_600_000;
const HOUR_MS = 3_600_000;
const SILENT_MS = 86_400_000;

export function clockFinding(subject: string, facts: ClockFacts): Finding {
  const { newestMs, writtenAtMs, timezone } = facts;
  const aheadMs = newestMs - writtenAtMs;
  const at = `newest line stamped ${clockOf(newestMs, timezone)} (${timezone})`;
  if (Math.abs(aheadMs) <= NEAR_MS) return silence(subject, facts, at);
  const zonesMs = Math.round(aheadMs / QUARTER_MS) * QUARTER_MS;
  const written = `${at}, the file was written ${clockOf(writtenAtMs, timezone)}`;
  if (zonesMs !== 0 && Math.abs(zonesMs) <= ZONE_MAX_MS && Math.abs(aheadMs - zonesMs) <= NEAR_MS) {
    return {
      level: "fail",
      subject,
      text: `${written}: ${shift(zonesMs)}, which is a zone, not a clock`,
      mend: zoneMend(zonesMs, facts),
    };
  }
  const text = `${written}: ${shift(aheadMs)}`;
  if (aheadMs > 0) {
    const mend = ["The server's clock runs ahead, or this machine's behind: let both keep time by NTP (timedatectl)."];
    return { level: "fail", subject, text, mend };
  }
  const mend = ["An old log that was copied here, or lines that are written with delay: they count as late."];
  return { level: "warn", subject, text, mend };
}

function silence(subject: string, { writtenAtMs, nowMs }: ClockFacts, at: string): Finding {
  const silentMs = nowMs - writtenAtMs;
  const text = `${at}, agrees with the clock`;
  if (silentMs <= SILENT_MS) return { level: "ok", subject, text };
  const mend = ["Is it the log that the mail server writes now?"];
  return { level: "warn", subject, text: `${text}; nothing was written since, for ${spanInWords(silentMs)}`, mend };
}

function shift(aheadMs: number): string {
  return `${spanInWords(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`;
}

function zoneMend(zonesMs: number, { isWithoutZone, timezone, ownZone, writtenAtMs }: ClockFacts): string[] {
  if (!isWithoutZone) {
    return ["The stamps name their zone, so the server's clock was set to local time as if it were UTC: set it right."];
  }
  const right = offsetMs(timezone, writtenAtMs) + zonesMs;
  const suggestion =
    offsetMs(ownZone, writtenAtMs) === right
      ? `timezone: ${ownZone}`
      : `timezone: the server's zone, ${utcOffset(right)} now; an IANA name such as Europe/London`;
  return [`Its stamps name no zone and are read as ${timezone}. Set for this input, or for all:`, suggestion];
}

/** "UTC+2", "UTC-3:30" */
function utcOffset(ms: number): string {
  const minutes = Math.abs(ms % HOUR_MS) / 60_000;
  const tail = minutes === 0 ? "" : `:${String(minutes).padStart(2, "0")}`;
  return `UTC${ms < 0 ? "-" : "+"}${Math.floor(Math.abs(ms) / HOUR_MS)}${tail}`;
}

/** How far a zone is ahead of UTC at a time. */
function offsetMs(timeZone: string, atMs: number): number {
  const wholeMs = Math.floor(atMs / 1000) * 1000;
  const [date = "", time = ""] = clockOf(wholeMs, timeZone).split(" ");
  return Date.parse(`${date}T${time}Z`) - wholeMs;
}
