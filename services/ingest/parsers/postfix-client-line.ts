// "NAME[ADDRESS], sasl_method=…, sasl_username=LOGIN" behind "client=" -> where address and login stand.

import { find, needle } from "../bytes.ts";

const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
const SASL_USERNAME = needle(", sasl_username=");
const FIELD_END = needle(", ");

/** What stands for the client of a mail submitted on the host itself. */
export const LOCAL = Buffer.from("local");

/** Reused for every line. After `read` returned true its fields hold the result. */
export class ClientLineReader {
  client = 0;
  clientEnd = 0;
  login = 0;
  /** The same as `login` where there is none. */
  loginEnd = 0;

  /** False when no address in brackets stands first. */
  read(bytes: Buffer, start: number, end: number): boolean {
    let open = start;
    while (open < end && bytes[open] !== OPEN_BRACKET && bytes[open] !== COMMA) open += 1;
    let close = open;
    while (close < end && bytes[close] !== CLOSE_BRACKET) close += 1;
    if (bytes[open] !== OPEN_BRACKET || bytes[close] !== CLOSE_BRACKET || close === open + 1) return false;
    this.client = open + 1;
    this.clientEnd = close;
    this.login = 0;
    this.loginEnd = 0;
    // The usual line ends here.
    const field = close + 1 < end ? find(bytes, close, end, SASL_USERNAME) : -1;
    if (field < 0) return true;
    this.login = field + SASL_USERNAME.literal.length;
    const next = find(bytes, this.login, end, FIELD_END);
    this.loginEnd = next < 0 ? end : next;
    return true;
  }
}
