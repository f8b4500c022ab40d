// name of a file beside a log -> whether it is the log rotated away, and how old among such.
//
//   mail.log.1, mail.log.2.gz, mail.log.0      numbered: the larger, the older
//   mail.log-20261126, mail.log.2026-11-26     dated: the smaller, the older
//   mail-20261126.log, mail.1.log              the same, with the extension last
//   mail.log.old                               of no known age

import { withoutCompression } from "./file-place.ts";

export interface Rotation {
  readonly number?: number;
  readonly date?: string;
}

const NUMBERED = /^[.\-_](\d{1,4})$/u;
const DATED = /^[.\-_](\d[\d.\-_T]{4,30})$/u;
/** A date has so many digits, "261126" at least. */
const DATE_DIGITS = 6;

/** Undefined for what is no rotation of the log called `base`. */
export function rotationOf(name: string, base: string): Rotation | undefined {
  if (name === base) return undefined;
  const plain = withoutCompression(name);
  if (plain.startsWith(base))
    return aged(plain.slice(base.length)) ?? (/^[.\-_~]/u.test(plain.slice(base.length)) ? {} : undefined);
  const dot = base.lastIndexOf(".");
  if (dot <= 0) return undefined;
  const stem = base.slice(0, dot);
  const extension = base.slice(dot);
  if (!plain.startsWith(stem) || !plain.endsWith(extension)) return undefined;
  return aged(plain.slice(stem.length, plain.length - extension.length));
}

function aged(suffix: string): Rotation | undefined {
  const number = NUMBERED.exec(suffix)?.[1];
  if (number !== undefined) return { number: Number(number) };
  const date = DATED.exec(suffix)?.[1];
  return date !== undefined && date.replace(/\D/gu, "").length >= DATE_DIGITS ? { date } : undefined;
}

/** Digits by their value, all else by its characters. */
export function naturalKey(text: string): string {
  return text.replace(/\d+/gu, (digits) => digits.padStart(20, "0"));
}
