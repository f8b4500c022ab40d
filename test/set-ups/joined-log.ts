// What each machine logged at each step -> one log, as a syslog server of the house has it: the steps at the conversation's
// times, and each machine under its own name and address. Only stamps between steps and loopback addresses are touched.

/** What one machine logged of one step. */
export interface LogPiece {
  /** Event time of the step, ms. */
  readonly at: number;
  readonly lines: readonly string[];
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const STAMP_CHARS = "Nov 14 08:29:00".length;
/** What names this machine's folders: master and postfix-script speak when they start. */
const OWN = / postfix\/(?:master|postfix-script|postlog|postlogd)\[/;

/** `shown`: what stands in lines, and what is to stand there. */
export function joinedLog(pieces: readonly LogPiece[], shown: ReadonlyMap<string, string>): string {
  const lines: { readonly second: number; readonly text: string }[] = [];
  for (const [at, ofStep] of Map.groupBy(pieces, (piece) => piece.at)) {
    const begin = Math.min(...ofStep.flatMap(({ lines: own }) => own.slice(0, 1).map(secondOf)));
    for (const line of ofStep.flatMap((piece) => piece.lines)) {
      if (OWN.test(line)) continue;
      const second = at / 1000 + secondOf(line) - begin;
      lines.push({ second, text: `${stampOf(second)}${replaced(line.slice(STAMP_CHARS), shown)}` });
    }
  }
  return lines
    .toSorted((a, b) => a.second - b.second)
    .map(({ text }) => `${text}\n`)
    .join("");
}

/** A second's number, right within one machine and year. */
function secondOf(line: string): number {
  const [month = "", day = "", time = ""] = line.slice(0, STAMP_CHARS).split(/ +/);
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return Date.UTC(2016, MONTHS.indexOf(month), Number(day), hours, minutes, seconds) / 1000;
}

function stampOf(second: number): string {
  const date = new Date(second * 1000);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)}`;
}

function replaced(text: string, shown: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [from, to] of shown) if (result.includes(from)) result = result.replaceAll(from, to);
  return result;
}
