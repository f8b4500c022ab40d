// Where what stands in the integers and times of a packed mail.

// Integers of a mail.
export const HOST = 0;
/** Of host and queue id. */
export const HASH = 1;
/** Of the Message-ID. */
export const KEY_HASH = 2;
/** 0: not known. */
export const NRCPT = 3;
/** Number of the minute, since the epoch, in which all deliveries so far fell. */
export const MINUTE = 4;
export const DELIVERED = 5;
export const DEFERRED = 6;
export const BOUNCED = 7;
/** Bits: AUTOMATIC, and what else whoever keeps the mails notes of one. */
export const STATE = 8;
/** Of STATE: a machine sent it. */
export const AUTOMATIC = 1;
export const NEXT = 9;
export const BYTES_START = 10;
export const BYTES_LENGTH = 11;
/** Lengths of texts, which stand one behind the other; -1: not said. */
export const QUEUE_ID = 12;
export const MESSAGE_ID = 13;
export const CLIENT = 14;
export const LOGIN = 15;
export const SENDER = 16;
export const HEADER_TO = 17;
/** A bit a header value, by its place in HEADER_NAMES; the values follow the texts, each behind two bytes of length. */
export const HEADERS = 18;
export const HEADERS_LOGGED = 1 << 30;
export const INTEGERS = 20;

// Times of a mail, ms since the epoch; NaN: not known.
export const FIRST_AT = 0;
export const LAST_AT = 1;
export const ACCEPTED_AT = 2;
export const REMOVED_AT = 3;
/** Deliveries of minutes that began before this have been told. */
export const TOLD_UNTIL = 4;
export const TIMES = 5;

/** Texts stand in the same order here and in a slab. */
export const TEXTS = HEADER_TO - QUEUE_ID + 1;
