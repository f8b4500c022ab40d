// squall's own MailEvent, one JSON object a line: the door for every mail system that squall has no grammar for.

import { decodeMailEvent } from "../../../shared/domain/mail-event-codec.ts";
import { ascii, find, needle, spells } from "../bytes.ts";
import type { LogFormat } from "../formats.ts";
import { decodeUtf8 } from "../json-line.ts";

const OPEN_BRACE = 123;
/** What squall's own begin with. */
const USUAL_BEGINNING = ascii('{"v":');
const JOURNAL_STAMP = needle('"__REALTIME_TIMESTAMP"');

export const mailEventsFormat: LogFormat<"mail-events"> = {
  name: "mail-events",
  create(context) {
    return {
      parse(bytes, start, end) {
        if (bytes[start] !== OPEN_BRACE) return "not-mine";
        if (!spells(bytes, start, USUAL_BEGINNING) && find(bytes, start, end, JOURNAL_STAMP) >= 0) return "not-mine";
        const text = decodeUtf8(bytes.subarray(start, end));
        if (text === undefined) return "invalid-utf8";
        const decoded = decodeMailEvent(text, { site: context.site });
        if (!decoded.ok) return decoded.reason === "not-json" ? "bad-json" : "bad-mail-event";
        const { event } = decoded;
        // When it was is its system's word, however late it comes; it cannot be told before it was.
        const stamped = { eventTimeMs: event.at };
        context.arrival.settle(stamped, undefined);
        const at = stamped.eventTimeMs;
        context.streamTime.observe(at);
        context.onEvent(at === event.at ? event : { ...event, at });
        return "used";
      },
    };
  },
};
