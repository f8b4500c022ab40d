// Postfix lines with a syslog header in front, as files and `journalctl -o short-iso` have them.

import type { LogFormat } from "../formats.ts";
import { arrivedParser } from "../envelopes/arrived.ts";
import { isJournalNote } from "../envelopes/journal-note.ts";
import { parseSyslogLine } from "../envelopes/syslog.ts";
import { PostfixParser } from "./postfix.ts";

export const postfixFormat: LogFormat<"postfix"> = {
  name: "postfix",
  create(context) {
    const { stamps, hosts, streamTime, arrival } = context;
    const deps = { stamps, hosts, parser: arrivedParser(new PostfixParser(context), context) };
    return {
      parse(bytes, start, end) {
        const outcome = parseSyslogLine(deps, bytes, start, end);
        if (outcome === "not-mine") return isJournalNote(bytes, start, end) ? "other" : outcome;
        if (outcome === "too-many-hosts") stamps.eventTimeMs = arrival.eventTime(stamps.eventTimeMs, undefined);
        if (outcome !== "bad-stamp") streamTime.observe(stamps.eventTimeMs);
        return outcome;
      },
    };
  },
};
