// header values as logged -> the hints that tie a mail to its thread.

import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import type { ThreadHints } from "../../shared/domain/mail-event.ts";
import type { Headers } from "../../shared/domain/mail-fragment.ts";
import { nameOfBytes } from "../../shared/domain/log-text.ts";
import { subjectKey } from "../../shared/domain/subject-key.ts";

const REFERENCES_MAX = 20;
const ID_CHARS_MAX = 998;
/** Header block of Thread-Index: a reserved byte, five of time, then the conversation's GUID in sixteen. */
const THREAD_INDEX_BYTES = 22;
const GUID_FROM = 6;

/** Whole ids only: the last may be cut, and a fold may have left a "?" between two. */
function idsOf(value: string | undefined): string[] {
  const ids: string[] = [];
  if (value === undefined) return ids;
  let at = 0;
  while (ids.length < REFERENCES_MAX) {
    const open = value.indexOf("<", at);
    const close = open < 0 ? -1 : value.indexOf(">", open);
    if (close < 0) break;
    // Where the cut or the writer left an id open, the next one begins.
    const id = value.slice(value.lastIndexOf("<", close) + 1, close).trim();
    if (id !== "" && id.length <= ID_CHARS_MAX && !ids.includes(id)) ids.push(nameOfBytes(id));
    at = close + 1;
  }
  return ids;
}

function conversationOf(threadIndex: string | undefined): string | undefined {
  if (threadIndex === undefined) return undefined;
  const bytes = Buffer.from(threadIndex.replaceAll(/[?\s]+/g, ""), "base64");
  return bytes.length < THREAD_INDEX_BYTES ? undefined : bytes.toString("hex", GUID_FROM, THREAD_INDEX_BYTES);
}

const NO_HINTS: ThreadHints = { references: [] };

export interface HintsAndSubject {
  readonly hints: ThreadHints;
  /** Decoded. */
  readonly subject: string | undefined;
}

export function threadHints(headers: Headers | undefined): HintsAndSubject {
  if (headers === undefined) return { hints: NO_HINTS, subject: undefined };
  const references = idsOf(headers.references);
  const inReplyTo = idsOf(headers["in-reply-to"])[0];
  const threadIndex = conversationOf(headers["thread-index"]);
  const subject = headers.subject === undefined ? undefined : decodeHeaderValue(headers.subject);
  const key = subject === undefined ? undefined : subjectKey(subject);
  return {
    hints: {
      references,
      ...(inReplyTo === undefined ? {} : { inReplyTo }),
      ...(threadIndex === undefined ? {} : { threadIndex }),
      ...(key === undefined || key.key === "" ? {} : { subjectKey: key.key, replySubject: key.isReply }),
    },
    subject,
  };
}
