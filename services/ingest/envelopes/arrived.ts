// a mail server's parser -> the same, told the event time of each line instead of its stamp (arrival-time.ts).

import type { ArrivalTime } from "../arrival-time.ts";
import type { Host } from "../combine.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StampReader } from "../syslog-stamp.ts";
import type { MessageParser } from "./syslog.ts";

export class ArrivedParser implements MessageParser {
  private readonly parser: MessageParser;
  private readonly arrival: ArrivalTime;
  private readonly stamps: StampReader;

  /** `stamps`: what the envelope hands on, with the line's event time from then on. */
  constructor(parser: MessageParser, context: { readonly arrival: ArrivalTime; readonly stamps: StampReader }) {
    this.parser = parser;
    this.arrival = context.arrival;
    this.stamps = context.stamps;
  }

  parse(host: Host, _stamped: unknown, bytes: Buffer, start: number, end: number): LineOutcome {
    this.arrival.settle(this.stamps, host.name);
    return this.parser.parse(host, this.stamps, bytes, start, end);
  }
}
