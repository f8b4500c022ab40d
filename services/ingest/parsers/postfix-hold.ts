// "hold: …", "milter-hold: …" when a mail is taken in, "released from hold" later: it waits for a moderator or a filter meanwhile.

import { ascii, spells } from "../bytes.ts";
import type { MessageBytes } from "./message-bytes.ts";

/** An access table or header_checks say HOLD. */
const HOLD = ascii("hold: ");
/** A filter that is asked while the mail is taken in puts it into quarantine. */
const FILTER_HOLD = ascii("milter-hold: ");
const RELEASED = ascii("released from hold");

export function isHeld({ bytes, start }: MessageBytes): boolean {
  return spells(bytes, start, HOLD) || spells(bytes, start, FILTER_HOLD);
}

export function isReleased({ bytes, start, end }: MessageBytes): boolean {
  return end - start === RELEASED.length && spells(bytes, start, RELEASED);
}
