// settings -> the rows of a made-up Exchange message tracking log. Only the bench reads it: one server, no shadow copies.

import { fileHead, type Row, rowText } from "../../services/squall/simulate/exchange/exchange-rows.ts";
import { START_AT, type MailLogSettings } from "./mail-log.ts";

/** Recipients that one delivery row names: those of one mailbox database. */
const ROW_RECIPIENTS = 10;

/** Yields whole rows, line end included. */
export function* exchangeLog(settings: MailLogSettings): Generator<string> {
  for (const line of fileHead(START_AT * 1000)) yield `${line}\r\n`;
  let written = 0;
  for (let mail = 0; written < settings.lines; mail += 1) {
    for (const row of rowsOf(settings, mail)) {
      const at = START_AT * 1000 + (written / settings.linesPerSecond) * 1_000_000;
      yield `${rowText(at, row, written)}\r\n`;
      written += 1;
    }
  }
}

function* rowsOf(settings: MailLogSettings, mail: number): Generator<Row> {
  const reply = settings.toList ? mail > 0 : mail % 3 === 0;
  const count = settings.recipients(mail);
  const message: Row = {
    "server-hostname": "EX01",
    "server-ip": "192.0.2.10",
    "internal-message-id": String(4_000_000 + mail),
    "message-id": `<${mail}.4711@client.example>`,
    "network-message-id": `00000000-0000-4000-8000-${String(mail).padStart(12, "0")}`,
    "message-subject": `${reply ? "RE: " : ""}About item ${settings.toList ? 0 : mail}`,
    "sender-address": `person${mail % 50_000}@trust${mail % 97}.example`,
    "return-path": `person${mail % 50_000}@trust${mail % 97}.example`,
    "total-bytes": String(2000 + (mail % 9000)),
    directionality: "Originating",
  };
  const listed = "all@lists.example";
  const to = settings.toList ? listed : addresses(mail, 0, count);
  yield {
    ...message,
    source: "STOREDRIVER",
    "event-id": "RECEIVE",
    "client-ip": `192.0.2.${mail % 250}`,
    "recipient-address": to,
    "recipient-count": String(settings.toList ? 1 : count),
  };
  for (let index = 0; settings.toList && index < count; index += 1000) {
    const some = Math.min(1000, count - index);
    yield {
      ...message,
      source: "ROUTING",
      "event-id": "EXPAND",
      "recipient-address": addresses(mail, index, some),
      "recipient-status": "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded",
      "recipient-count": String(some),
      "related-recipient-address": listed,
    };
  }
  for (let index = 0; index < count; index += ROW_RECIPIENTS) {
    const some = Math.min(ROW_RECIPIENTS, count - index);
    yield {
      ...message,
      source: "STOREDRIVER",
      "event-id": "DELIVER",
      "recipient-address": addresses(mail, index, some),
      "recipient-count": String(some),
    };
  }
}

function addresses(mail: number, from: number, count: number): string {
  const address = (index: number): string => `reader${(mail * 31 + index) % 900_000}@trust${index % 97}.example`;
  return Array.from({ length: count }, (_, index) => address(from + index)).join(";");
}
