// Postfix lines with a syslog header in front, as files, ports and `journalctl -o short-iso` have them.

import { isJournalNote } from "../envelopes/journal-note.ts";
import { SyslogEnvelope } from "../envelopes/syslog.ts";
import type { FormatContext, LineFormat, LogFormat } from "../formats.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StreamTime } from "../stream-time.ts";
import type { StampReader } from "../syslog-stamp.ts";
import { PostfixParser } from "./postfix.ts";

class PostfixLines implements LineFormat {
  private readonly stamps: StampReader;
  private readonly streamTime: StreamTime;
  private readonly envelope: SyslogEnvelope;

  constructor(context: FormatContext) {
    this.stamps = context.stamps;
    this.streamTime = context.streamTime;
    this.envelope = new SyslogEnvelope(context, new PostfixParser(context));
  }

  parse(bytes: Buffer, start: number, end: number): LineOutcome {
    const outcome = this.envelope.read(bytes, start, end);
    if (outcome === "not-mine") return isJournalNote(bytes, start, end) ? "other" : outcome;
    if (outcome !== "bad-stamp") this.streamTime.observe(this.stamps.eventTimeMs);
    return outcome;
  }
}

export const postfixFormat: LogFormat<"postfix"> = {
  name: "postfix",
  create: (context) => new PostfixLines(context),
};
