import { expect, test } from "vitest";
import { clockFinding } from "./clock-check.ts";
import type { ClockFacts } from "./clock-check.ts";

const WRITTEN = Date.UTC(2026, 10, 26, 12, 0, 30);
const HOUR = 3_600_000;

function facts(change: Partial<ClockFacts>): ClockFacts {
  const now = { writtenAtMs: WRITTEN, nowMs: WRITTEN + 60_000 };
  return { newestMs: WRITTEN, isWithoutZone: true, timezone: "UTC", ownZone: "UTC", ...now, ...change };
}

test.each<[string, Partial<ClockFacts>, string]>([
  ["the same time", {}, "ok: newest line stamped 2026-11-26 12:00:30 (UTC), agrees with the clock"],
  [
    "seconds apart",
    { newestMs: WRITTEN - 90_000 },
    "ok: newest line stamped 2026-11-26 11:59:00 (UTC), agrees with the clock",
  ],
  [
    "silent for two days",
    { nowMs: WRITTEN + 48 * HOUR },
    "warn: newest line stamped 2026-11-26 12:00:30 (UTC), agrees with the clock; nothing was written since, for 2 d | Is it the log that the mail server writes now?",
  ],
  [
    "local time read as UTC, in the zone of this machine",
    { newestMs: WRITTEN + HOUR - 5000, ownZone: "Europe/Berlin" },
    "fail: newest line stamped 2026-11-26 13:00:25 (UTC), the file was written 2026-11-26 12:00:30: 1 h ahead, which is a zone, not a clock | Its stamps name no zone and are read as UTC. Set for this input, or for all: | timezone: Europe/Berlin",
  ],
  [
    "local time of a zone that this machine is not in",
    { newestMs: WRITTEN - 5 * HOUR },
    "fail: newest line stamped 2026-11-26 07:00:30 (UTC), the file was written 2026-11-26 12:00:30: 5 h behind, which is a zone, not a clock | Its stamps name no zone and are read as UTC. Set for this input, or for all: | timezone: the server's zone, UTC-5 now; an IANA name such as Europe/London",
  ],
  [
    "a quarter of an hour counts, and the zone that is set",
    { newestMs: WRITTEN + 5.75 * HOUR, timezone: "Europe/Berlin" },
    "fail: newest line stamped 2026-11-26 18:45:30 (Europe/Berlin), the file was written 2026-11-26 13:00:30: 5 h 45 min ahead, which is a zone, not a clock | Its stamps name no zone and are read as Europe/Berlin. Set for this input, or for all: | timezone: the server's zone, UTC+6:45 now; an IANA name such as Europe/London",
  ],
  [
    "stamps that name their zone",
    { newestMs: WRITTEN + 2 * HOUR, isWithoutZone: false },
    "fail: newest line stamped 2026-11-26 14:00:30 (UTC), the file was written 2026-11-26 12:00:30: 2 h ahead, which is a zone, not a clock | The stamps name their zone, so the server's clock was set to local time as if it were UTC: set it right.",
  ],
  [
    "a clock that runs ahead",
    { newestMs: WRITTEN + 40 * 60_000 },
    "fail: newest line stamped 2026-11-26 12:40:30 (UTC), the file was written 2026-11-26 12:00:30: 40 min ahead | The server's clock runs ahead, or this machine's behind: let both keep time by NTP (timedatectl).",
  ],
  [
    "an old log",
    { newestMs: WRITTEN - 300 * HOUR },
    "warn: newest line stamped 2026-11-14 00:00:30 (UTC), the file was written 2026-11-26 12:00:30: 12 d 12 h behind | An old log that was copied here, or lines that are written with delay: they count as late.",
  ],
])("%s", (_what, change, want) => {
  const { level, text, mend = [] } = clockFinding("input x", facts(change));
  expect([`${level}: ${text}`, ...mend].join(" | ")).toBe(want);
});
