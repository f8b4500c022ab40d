// The envelopes by numbers: their members counted through, so that a line is told by comparing bits.

import { JSON_ENVELOPES } from "./json-envelopes.ts";
import { bitsOf } from "./json-members.ts";

/** Only journald's own export has it; that is a format of its own. */
export const JOURNAL_STAMP = "__REALTIME_TIMESTAMP";

/** An envelope by the numbers of its members; -1 for one that it does not have. */
export interface Shape {
  readonly knownBy: number;
  readonly line: number;
  readonly stamp: readonly number[];
  readonly host: readonly number[];
  readonly tag: number;
  readonly processId: number;
}

export const MEMBER_NAMES: readonly string[] = [
  ...new Set([
    JOURNAL_STAMP,
    ...JSON_ENVELOPES.flatMap(({ knownBy, line, header }) => [
      ...knownBy,
      line,
      ...(header === undefined ? [] : [...header.stamp, ...header.host, header.tag]),
      ...(header?.processId === undefined ? [] : [header.processId]),
    ]),
  ]),
];

export const SHAPES: readonly Shape[] = JSON_ENVELOPES.map(({ knownBy, line, header }) => ({
  knownBy: bitsOf(knownBy, MEMBER_NAMES),
  line: MEMBER_NAMES.indexOf(line),
  stamp: (header?.stamp ?? []).map((name) => MEMBER_NAMES.indexOf(name)),
  host: (header?.host ?? []).map((name) => MEMBER_NAMES.indexOf(name)),
  tag: header === undefined ? -1 : MEMBER_NAMES.indexOf(header.tag),
  processId: header?.processId === undefined ? -1 : MEMBER_NAMES.indexOf(header.processId),
}));
