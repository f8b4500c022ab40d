// The lines that journalctl puts between those of the journal: "-- Boot ID --", "-- No entries --".

import { ascii, spells } from "../bytes.ts";

const BEGINNINGS = [
  "-- Boot ",
  "-- Reboot --",
  "-- Logs begin at ",
  "-- Journal begins at ",
  "-- No entries --",
  "-- cursor: ",
].map(ascii);

export function isJournalNote(bytes: Buffer, start: number, end: number): boolean {
  return BEGINNINGS.some((beginning) => start + beginning.length <= end && spells(bytes, start, beginning));
}
