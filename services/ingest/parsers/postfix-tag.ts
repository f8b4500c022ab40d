// The tag before a message where it is not "PROGRAM[PID]: ". rsyslog's forward formats cut tags to 32 characters
// ("postfix/submission/smtpd[1234567 ID: …"); its file formats write what came as RFC 5424 without the colon
// ("postfix/smtp[123] ID: …"); what it sends as RFC 5424 has a name without the slash and what is behind it ("postfix").

import { messageStart } from "../envelopes/header-5424.ts";
import { ascii, spells } from "../bytes.ts";

const SPACE = 32;
const SLASH = 47;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const CUT_TAG_BYTES = 32;
const POSTFIX = ascii("postfix");

/** First byte of the message behind a tag that begins at `start` and whose name ends at `nameEnd`; -1 when it is no tag. */
export function behindUnusualTag(bytes: Buffer, start: number, nameEnd: number, end: number): number {
  let at = nameEnd;
  if (bytes[at] === OPEN_BRACKET) {
    at += 1;
    while ((bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at += 1;
    if (bytes[at] === CLOSE_BRACKET) {
      at += 1;
      return bytes[at] === SPACE ? messageStart(bytes, at, end) : -1;
    }
  }
  return bytes[at] === SPACE && at - start === CUT_TAG_BYTES ? at + 1 : -1;
}

/** Where the program's own name begins in a name that stands by itself; `nameEnd` when it is not said which of Postfix's it is, -1 when it is another's. */
export function componentOf(bytes: Buffer, name: number, nameEnd: number): number {
  for (let at = nameEnd - 1; at >= name; at -= 1) if (bytes[at] === SLASH) return at + 1;
  return spells(bytes, name, POSTFIX) ? nameEnd : -1;
}
