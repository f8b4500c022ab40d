// Message tracking logs of Exchange Server (MSGTRK*.LOG, 2007 to SE): rows behind a "#Fields:" line. Each file begins with its own,
// often behind a byte order mark, and files put one behind the other have several.

import type { LogFormat } from "../formats.ts";
import { ascii, spells } from "../bytes.ts";
import type { LineOutcome } from "../rejection.ts";
import { ExchangeParser } from "./exchange.ts";
import { placeOfField, TrackingRow } from "./tracking-row.ts";

/** A row names all members of the group that it expands: this is room for more than a million. */
const ROW_BYTES_MAX = 33_554_432;

const HASH = 35;
const COMMA = 44;
const SPACE = 32;
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);
const SOFTWARE = ascii("#Software: Microsoft Exchange");
const FIELDS = ascii("#Fields:");
const OTHER_DIRECTIVES = ["#Version:", "#Log-type:", "#Date:"].map(ascii);

const DATE_TIME = placeOfField("date-time");
const STAMP_BYTES_MAX = 40;
/** "2016-11-14T08:29:31" */
const SHORTEST_STAMP_BYTES = 19;

export const exchangeFormat: LogFormat<"exchange"> = {
  name: "exchange",
  create(context) {
    const { stamps, streamTime, arrival } = context;
    const row = new TrackingRow();
    const parser = new ExchangeParser(row, context);
    const stamp = Buffer.alloc(STAMP_BYTES_MAX + 1);
    /** Stamps are read with the space that stands behind them in other logs. */
    const isStamped = (): boolean => {
      row.take(DATE_TIME, STAMP_BYTES_MAX);
      const length = row.to - row.from;
      for (let at = 0; at < length; at += 1) stamp[at] = row.source[row.from + at] ?? 0;
      stamp[length] = SPACE;
      return stamps.read(stamp, 0, length + 1) && stamps.next === length + 1;
    };
    return {
      lineBytesMax: ROW_BYTES_MAX,
      parse(bytes, start, end) {
        if (spells(bytes, start, BYTE_ORDER_MARK)) start += BYTE_ORDER_MARK.length;
        if (bytes[start] === HASH) return directive(row, bytes, start, end);
        if (row.columns === 0) return beginsLikeRow(bytes, start, end) ? "tracking-row-before-fields" : "not-mine";
        if (!row.read(bytes, start, end))
          return isMeantAsRow(row, bytes, start, end) ? "malformed-tracking-row" : "not-mine";
        if (!isStamped()) return "bad-stamp";
        // Which server stamped it depends on its event: whether its clock is behind is judged there.
        arrival.settle(stamps, undefined);
        streamTime.observe(stamps.eventTimeMs);
        return parser.parse(stamps.eventTimeMs);
      },
      begin: () => {
        row.forgetFields();
      },
      state: () => row.fields(),
      restore: (state) => row.restoreFields(state),
    };
  },
};

function directive(row: TrackingRow, bytes: Buffer, start: number, end: number): LineOutcome {
  const begins = (name: Uint8Array): boolean => start + name.length <= end && spells(bytes, start, name);
  if (begins(FIELDS)) return row.readFields(bytes, start + FIELDS.length, end) ? "other" : "unknown-tracking-fields";
  if (begins(SOFTWARE)) {
    // Another file, with an order of columns of its own.
    row.forgetFields();
    return "other";
  }
  return OTHER_DIRECTIVES.some(begins) ? "other" : "not-mine";
}

/** A row that is cut or broken, rather than a line of another log in between. */
function isMeantAsRow(row: TrackingRow, bytes: Buffer, start: number, end: number): boolean {
  return row.isDateFirst ? beginsLikeRow(bytes, start, end) : row.columnsRead * 2 >= row.columns;
}

/** "2016-11-14T08:29:31.123Z,": a stamp with a comma behind it. */
function beginsLikeRow(bytes: Buffer, start: number, end: number): boolean {
  if (end - start <= SHORTEST_STAMP_BYTES || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return false;
  if (bytes[start + 10] !== 84 || bytes[start + 13] !== 58) return false;
  for (let at = start + SHORTEST_STAMP_BYTES; at < end && at <= start + STAMP_BYTES_MAX; at += 1) {
    if (bytes[at] === COMMA) return true;
    if (bytes[at] === SPACE) return false;
  }
  return false;
}
