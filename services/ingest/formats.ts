// The log formats squall reads. A new one is a file of its own, a golden log, and a line in FORMATS.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { ArrivalTime } from "./arrival-time.ts";
import type { FragmentTable } from "./combine.ts";
import type { HostTable } from "./host-table.ts";
import { exchangeFormat } from "./parsers/exchange-format.ts";
import { journalFormat } from "./parsers/journal-format.ts";
import { mailEventsFormat } from "./parsers/mail-events-format.ts";
import { postfixFormat } from "./parsers/postfix-format.ts";
import type { LineOutcome } from "./rejection.ts";
import type { StampReader } from "./syslog-stamp.ts";
import type { StreamTime } from "./stream-time.ts";

/** What a format may use of the input it reads. */
export interface FormatContext {
  readonly site: string;
  readonly table: FragmentTable;
  readonly hosts: HostTable;
  readonly stamps: StampReader;
  readonly streamTime: StreamTime;
  /** Gives a stamp's line its event time. */
  readonly arrival: ArrivalTime;
  readonly hashSeed: number;
  readonly listServers: ReadonlySet<string>;
  /** Takes a message that came as a finished MailEvent. */
  readonly onEvent: (event: MailEvent) => void;
}

export interface LineFormat {
  /** Longest line that it may have, bytes, where that is more than is read of any other. */
  readonly lineBytesMax?: number;
  /** One line in place. "not-mine": the line is not of this format, another may know it. */
  parse(bytes: Buffer, start: number, end: number): LineOutcome;
  /** Another file begins, of a format whose files say first how they are to be read. */
  begin?(): void;
  /** What it knows of its input, as JSON can hold it; of a format that keeps anything from line to line. */
  state?(): unknown;
  /** Takes that back; false when it is not what `state` gives. */
  restore?(state: unknown): boolean;
}

/** `Name` is what `--format` takes. */
export interface LogFormat<Name extends string = string> {
  readonly name: Name;
  create(context: FormatContext): LineFormat;
}

/** In the order in which `auto` tries them on a line that the current format does not know. */
export const FORMATS = [
  postfixFormat,
  journalFormat,
  mailEventsFormat,
  exchangeFormat,
] as const satisfies readonly LogFormat[];

export type FormatName = (typeof FORMATS)[number]["name"];
export const FORMAT_NAMES: readonly FormatName[] = FORMATS.map(({ name }) => name);
