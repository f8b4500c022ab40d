// one event of an Exchange server -> one row of its message tracking log: 30 fields, version 15.

import type { MailKind } from "../mail.ts";
import { hashText } from "../random.ts";

const FIELDS = [
  "date-time",
  "client-ip",
  "client-hostname",
  "server-ip",
  "server-hostname",
  "source-context",
  "connector-id",
  "source",
  "event-id",
  "internal-message-id",
  "message-id",
  "network-message-id",
  "recipient-address",
  "recipient-status",
  "total-bytes",
  "recipient-count",
  "related-recipient-address",
  "reference",
  "message-subject",
  "sender-address",
  "return-path",
  "message-info",
  "directionality",
  "tenant-id",
  "original-client-ip",
  "original-server-ip",
  "custom-data",
  "transport-traffic-type",
  "log-id",
  "schema-version",
] as const;
type Field = (typeof FIELDS)[number];

/** What a row says beside its time, its id and what all rows say; absent fields are empty. */
export type Row = Partial<Record<Exclude<Field, "date-time" | "log-id" | "schema-version">, string>>;

const VERSION = "15.02.1118.040";

/** The comment lines at the top of a file. */
export function fileHead(at: number): string[] {
  return [
    "#Software: Microsoft Exchange Server",
    `#Version: ${VERSION}`,
    "#Log-type: Message Tracking Log",
    `#Date: ${trackingTime(at)}`,
    `#Fields: ${FIELDS.join(",")}`,
  ];
}

export function rowText(at: number, row: Row, number: number): string {
  const all: Partial<Record<Field, string>> = {
    ...row,
    "date-time": trackingTime(at),
    "transport-traffic-type": "Email",
    "log-id": guid(`log ${number}`),
    "schema-version": VERSION,
  };
  return FIELDS.map((field) => quoted(all[field] ?? "")).join(",");
}

/** UTC with milliseconds. */
export function trackingTime(at: number): string {
  return new Date(Math.floor(at / 1000)).toISOString();
}

/** The same text, the same GUID. */
export function guid(text: string): string {
  const hex = [1, 2, 3, 4].map((part) => hashText(text, part).toString(16).padStart(8, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const CLASSES: Partial<Record<MailKind, string>> = {
  "out-of-office": "IPM.Note.Rules.OofTemplate.Microsoft",
  recall: "IPM.Outlook.Recall",
  "recall-report": "IPM.Recall.Report.Success",
};

export function messageClass(kind: MailKind): string {
  return CLASSES[kind] ?? "IPM.Note";
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
