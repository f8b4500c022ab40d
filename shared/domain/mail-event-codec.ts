// MailEvent <-> one JSON line. The line is also the door for mail systems squall has no grammar for:
// `{"v":1,"at":"2026-11-24T08:29:00Z","messageId":"id@x","from":"a@b","recipients":2500}` is enough for one accepted mail.
// What each field may hold is published in mail-event.schema.json.

import type { DecodeFault } from "./decode-fault.ts";
import { registrableDomainOfAddress } from "./registrable-domain.ts";
import { minutesOf, totalsOf, wireMinutes, wireTotals } from "./delivery-minutes-codec.ts";
import { EVENT_ID_CHARS_MAX, mailEventId } from "./mail-event-id.ts";
import type { ListSighting, MailEvent, ThreadHints } from "./mail-event.ts";
import { AUTOMATIC_REASONS, LIST_EVIDENCE, MINUTES_MAX } from "./mail-event.ts";
import { subjectKey } from "./subject-key.ts";
import type { Mutable, TextLimits } from "./wire-fields.ts";
import {
  checkText,
  choiceOf,
  flagOf,
  integerOf,
  requiredChoice,
  requiredInteger,
  requiredText,
  requiredTime,
  setPresent,
  textOf,
  timeOf,
  wireTime,
} from "./wire-fields.ts";
import type { WireObject } from "./wire-object.ts";
import { fieldSet, decodeLine, itemsOf, openField, valueOf } from "./wire-object.ts";
import { encodeWireTime } from "./wire-time.ts";

/** Longest message id and header value, as RFC 5322 limits a line; longest address, as RFC 3696 counts it. */
const MESSAGE_ID_CHARS_MAX = 998;
const ADDRESS_CHARS_MAX = 320;
const REFERENCES_MAX = 100;
const LISTS_MAX = 50;
const RECIPIENTS_MAX = 1_000_000_000;

const NAME: TextLimits = { max: 255, empty: "absent" };
const EVENT_ID: TextLimits = { max: EVENT_ID_CHARS_MAX, empty: "absent" };
const ADDRESS: TextLimits = { max: ADDRESS_CHARS_MAX, empty: "absent" };
const LIST_ADDRESS: TextLimits = { max: ADDRESS_CHARS_MAX };
const MESSAGE_ID: TextLimits = { max: MESSAGE_ID_CHARS_MAX, empty: "absent" };
const THREAD_INDEX: TextLimits = { max: 128, empty: "absent" };
/** Subjects are free text that people wrote: what cannot be shown is left out, not held against the mail. */
const SUBJECT: TextLimits = { max: 998, empty: "absent", unprintable: "strip" };
const REVISIONS = { min: 1, max: Number.MAX_SAFE_INTEGER };
const RECIPIENTS = { min: 0, max: RECIPIENTS_MAX };

const FIELDS: ReadonlySet<string> = fieldSet(
  "v eventId revision site host queueId hop at messageId login from sender senderDomain authenticated " +
    "recipients lists hints subject automatic headersLogged minutes earlier removedAt",
);
const LIST_FIELDS: ReadonlySet<string> = fieldSet("address via");
const HINT_FIELDS: ReadonlySet<string> = fieldSet("references inReplyTo threadIndex subjectKey replySubject");

/** Writes a MailEvent as one JSON line without the line break; the same event gives the same bytes. */
export function encodeMailEvent(event: MailEvent): string {
  return JSON.stringify({
    v: 1,
    eventId: event.eventId,
    revision: event.revision,
    site: event.site,
    host: event.host,
    queueId: event.queueId,
    hop: event.hop,
    at: encodeWireTime(event.at),
    messageId: event.messageId,
    login: event.login,
    from: event.from,
    sender: event.sender,
    senderDomain: event.senderDomain,
    authenticated: event.authenticated,
    recipients: event.recipients,
    lists: event.lists.map((list) => ({ address: list.address, via: list.via })),
    hints: {
      references: event.hints.references,
      inReplyTo: event.hints.inReplyTo,
      threadIndex: event.hints.threadIndex,
      subjectKey: event.hints.subjectKey,
      replySubject: event.hints.replySubject,
    },
    subject: event.subject,
    automatic: event.automatic,
    headersLogged: event.headersLogged,
    minutes: wireMinutes(event.minutes),
    earlier: event.earlier === undefined ? undefined : wireTotals(event.earlier),
    removedAt: wireTime(event.removedAt),
  });
}

/** Is it a line that `encodeMailEvent` wrote? */
export function isMailEventLine(line: string): boolean {
  return line.startsWith('{"v":1,"eventId":');
}

/**
 * Reads one JSON line. Needed are `v`, `at` and `recipients`; `defaults.site` stands in for an absent site.
 * Addresses are put into lower case, ids lose their angle brackets, an empty optional text counts as absent.
 * An unknown field, a wrong type, a value out of bounds or a control character in an id or address refuses the line.
 */
export function decodeMailEvent(
  line: string,
  defaults: { readonly site: string },
): { readonly ok: true; readonly event: MailEvent } | DecodeFault {
  return eventOf(decodeLine(line, (object) => readEvent(object, defaults.site), FIELDS));
}

/** As `decodeMailEvent`, for a line that squall wrote: a field that is not known is a newer one's, and passed over. */
export function decodeOwnMailEvent(
  line: string,
  defaults: { readonly site: string },
): { readonly ok: true; readonly event: MailEvent } | DecodeFault {
  return eventOf(decodeLine(line, (object) => readEvent(object, defaults.site)));
}

function eventOf(
  decoded: { readonly ok: true; readonly value: MailEvent } | DecodeFault,
): { readonly ok: true; readonly event: MailEvent } | DecodeFault {
  return decoded.ok ? { ok: true, event: decoded.value } : decoded;
}

function readEvent(object: WireObject, defaultSite: string): MailEvent {
  const site = textOf(object, "site", NAME) ?? defaultSite;
  const host = textOf(object, "host", NAME) ?? "ndjson";
  const queueId = textOf(object, "queueId", NAME) ?? "";
  const messageId = idOf(object, "messageId");
  const at = requiredTime(object, "at");
  const eventId = textOf(object, "eventId", EVENT_ID);
  const subject = textOf(object, "subject", SUBJECT);
  const hints = hintsOf(object);
  const login = textOf(object, "login", ADDRESS)?.toLowerCase();
  const from = textOf(object, "from", ADDRESS)?.toLowerCase();
  const sender = textOf(object, "sender", ADDRESS)?.toLowerCase();
  const senderDomain = textOf(object, "senderDomain", ADDRESS)?.toLowerCase();
  const event: Mutable<MailEvent> = {
    eventId: eventId ?? mailEventId({ site, host, queueId, messageId, at }),
    revision: integerOf(object, "revision", REVISIONS) ?? 1,
    site,
    host,
    queueId,
    hop: textOf(object, "hop", NAME) ?? host,
    at,
    authenticated: flagOf(object, "authenticated") ?? login !== undefined,
    recipients: requiredInteger(object, "recipients", RECIPIENTS),
    lists: listsOf(object),
    // An event of our own has an id and says all that is to be said of its subject.
    hints: eventId === undefined ? hintsWithSubject(hints, subject) : (hints ?? { references: [] }),
    headersLogged: flagOf(object, "headersLogged") ?? (hints !== undefined || subject !== undefined),
    minutes: minutesOf(object, "minutes", MINUTES_MAX) ?? [],
  };
  setPresent(event, "messageId", messageId);
  setPresent(event, "login", login);
  setPresent(event, "from", from);
  setPresent(event, "sender", sender);
  // A system that names the writer need not know what a registrable domain is. Pseudonyms have none.
  const named = eventId === undefined ? (from ?? sender) : undefined;
  setPresent(
    event,
    "senderDomain",
    senderDomain ?? (named === undefined ? undefined : registrableDomainOfAddress(named)),
  );
  setPresent(event, "subject", subject);
  setPresent(event, "automatic", choiceOf(object, "automatic", AUTOMATIC_REASONS));
  setPresent(event, "earlier", totalsOf(object, "earlier"));
  setPresent(event, "removedAt", timeOf(object, "removedAt"));
  return event;
}

/** A system that gives a subject and no key need not know how keys are made. */
function hintsWithSubject(hints: ThreadHints | undefined, subject: string | undefined): ThreadHints {
  const known = hints ?? { references: [] };
  if (subject === undefined || known.subjectKey !== undefined) return known;
  const { key, isReply } = subjectKey(subject);
  return key === "" ? known : { replySubject: isReply, ...known, subjectKey: key };
}

function listsOf(object: WireObject): ListSighting[] {
  const readItem = (value: unknown, key: string): ListSighting | undefined => {
    if (typeof value === "string") {
      const address = checkText(object, key, { value, limits: LIST_ADDRESS });
      return address === undefined ? undefined : { address: address.toLowerCase(), via: "configured" };
    }
    const list = openField(object, key, { value, known: LIST_FIELDS });
    if (list === undefined) return undefined;
    const address = requiredText(list, "address", LIST_ADDRESS).toLowerCase();
    return { address, via: requiredChoice(list, "via", LIST_EVIDENCE) };
  };
  return itemsOf(object, "lists", { max: LISTS_MAX, readItem }) ?? [];
}

function hintsOf(object: WireObject): ThreadHints | undefined {
  const value = valueOf(object, "hints");
  if (value === undefined) return undefined;
  const given = openField(object, "hints", { value, known: HINT_FIELDS });
  if (given === undefined) return undefined;
  const readItem = (item: unknown, key: string): string | undefined => {
    const id = checkText(given, key, { value: item, limits: MESSAGE_ID });
    return id === undefined ? undefined : withoutBrackets(id);
  };
  const hints: Mutable<ThreadHints> = {
    references: itemsOf(given, "references", { max: REFERENCES_MAX, readItem }) ?? [],
  };
  setPresent(hints, "inReplyTo", idOf(given, "inReplyTo"));
  setPresent(hints, "threadIndex", textOf(given, "threadIndex", THREAD_INDEX));
  setPresent(hints, "subjectKey", textOf(given, "subjectKey", SUBJECT)?.toLowerCase());
  setPresent(hints, "replySubject", flagOf(given, "replySubject"));
  return hints;
}

function idOf(object: WireObject, key: string): string | undefined {
  const id = textOf(object, key, MESSAGE_ID);
  return id === undefined ? undefined : withoutBrackets(id);
}

function withoutBrackets(id: string): string {
  return id.length > 2 && id.startsWith("<") && id.endsWith(">") ? id.slice(1, -1) : id;
}
