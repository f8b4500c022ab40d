// Postfix lines with a syslog header in front, as files, ports and `journalctl -o short-iso` have them.

import type { LogFormat } from "../formats.ts";
import { isJournalNote } from "../envelopes/journal-note.ts";
import { SyslogReader } from "../envelopes/syslog.ts";
import { PostfixParser } from "./postfix.ts";

export const postfixFormat: LogFormat<"postfix"> = {
  name: "postfix",
  create(context) {
    const { stamps, hosts, streamTime } = context;
    const reader = new SyslogReader({ stamps, hosts, parser: new PostfixParser(context) });
    return {
      parse(bytes, start, end) {
        const outcome = reader.parse(bytes, start, end);
        if (outcome === "not-mine") return isJournalNote(bytes, start, end) ? "other" : outcome;
        if (outcome !== "bad-stamp") streamTime.observe(stamps.eventTimeMs);
        return outcome;
      },
    };
  },
};
