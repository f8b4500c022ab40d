// a mail server's parser -> the same, told the event time of each line instead of its stamp (arrival-time.ts).

import type { ArrivalTime } from "../arrival-time.ts";
import type { MessageParser } from "./syslog.ts";

/** `stamps`: holds the stamp of the line at hand, and its event time from then on. */
export function arrivedParser(
  parser: MessageParser,
  { arrival, stamps }: { readonly arrival: ArrivalTime; readonly stamps: { eventTimeMs: number } },
): MessageParser {
  return {
    parse(host, stampMs, bytes, start, end) {
      stamps.eventTimeMs = arrival.eventTime(stampMs, host.name);
      return parser.parse(host, stamps.eventTimeMs, bytes, start, end);
    },
  };
}
