// Message tracking logs as Exchange writes them: rows from named values, files with their head.

export const FIELDS_2016 =
  "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version";
export const FIELDS_2010 =
  "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data";

/** A row by the names of its columns; `at`: ms since the epoch. */
export interface TrackedRow {
  readonly at: number;
  readonly values: Readonly<Record<string, string>>;
}

export interface LogFileOptions {
  readonly fields?: string;
  readonly version?: string;
  readonly byteOrderMark?: boolean;
  /** Line ends with CR LF, as Exchange has it. */
  readonly eol?: string;
}

function quoted(value: string): string {
  return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export function rowText({ at, values }: TrackedRow, fields = FIELDS_2016): string {
  const all: Readonly<Record<string, string>> = { "date-time": new Date(at).toISOString(), ...values };
  return fields
    .split(",")
    .map((name) => quoted(all[name] ?? ""))
    .join(",");
}

/** A file whole, its rows in order of time. */
export function logFile(rows: readonly TrackedRow[], options: LogFileOptions = {}): string {
  const { fields = FIELDS_2016, version = "15.01.2375.007", byteOrderMark = true, eol = "\r\n" } = options;
  const inOrder = rows.toSorted((a, b) => a.at - b.at);
  const lines = [
    `${byteOrderMark ? "\u{FEFF}" : ""}#Software: Microsoft Exchange Server`,
    `#Version: ${version}`,
    "#Log-type: Message Tracking Log",
    `#Date: ${new Date(inOrder[0]?.at ?? 0).toISOString()}`,
    `#Fields: ${fields}`,
    ...inOrder.map((row) => rowText(row, fields)),
  ];
  return lines.map((line) => `${line}${eol}`).join("");
}
