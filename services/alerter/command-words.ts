// `--on-alert` as it is written -> program and arguments. Quotes and backslashes as a shell reads them; no shell is run.
//
// Text of the alert comes from a mail log: anybody can write it. A shell would be one unquoted `$SQUALL_ALERT_SUBJECT` away from
// splitting it into options, and from more with `eval`; and a program that runs by itself can be stopped with all it started.
// What only a shell would understand is refused instead of being passed on as it stands: who wants one writes sh -c '…'.

export type CommandWords =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly message: string };

const SHELL_CHARACTERS = new Set("|&;<>()$`*?[]#~{}!\n");

export function commandWords(text: string): CommandWords {
  const reading: Reading = { text, at: 0, words: [], word: undefined };
  while (reading.at < text.length) {
    const message = readNext(reading);
    if (message !== undefined) return { ok: false, message };
  }
  endWord(reading);
  return reading.words.length > 0 ? { ok: true, argv: reading.words } : { ok: false, message: "names no program" };
}

interface Reading {
  readonly text: string;
  at: number;
  readonly words: string[];
  /** undefined between words; a word may be empty, in quotes. */
  word: string | undefined;
}

/** Says what is wrong, if something is. */
function readNext(reading: Reading): string | undefined {
  const character = reading.text[reading.at] ?? "";
  reading.at += 1;
  if (character === " " || character === "\t") {
    endWord(reading);
    return undefined;
  }
  if (character === "'" || character === '"') return readQuoted(reading, character);
  if (character === "\\") return readEscaped(reading);
  // A home directory or a comment only where a word begins, an exclamation mark and braces only alone.
  const isPlain = reading.word !== undefined && "~#!{}".includes(character);
  if (SHELL_CHARACTERS.has(character) && !isPlain) {
    return `no shell is run, so ${JSON.stringify(character)} would mean nothing: quote it, or write sh -c '…'`;
  }
  reading.word = `${reading.word ?? ""}${character}`;
  return undefined;
}

function readEscaped(reading: Reading): string | undefined {
  const next = reading.text[reading.at];
  if (next === undefined) return "ends in a backslash";
  reading.at += 1;
  reading.word = `${reading.word ?? ""}${next}`;
  return undefined;
}

/** Within double quotes a backslash stands for itself unless it escapes one of " \ $ `; a variable there is a shell's too. */
function readQuoted(reading: Reading, quote: "'" | '"'): string | undefined {
  reading.word ??= "";
  while (reading.at < reading.text.length) {
    const character = reading.text[reading.at] ?? "";
    reading.at += 1;
    if (character === quote) return undefined;
    if (quote === "'") reading.word += character;
    else if (character === "$" || character === "`") {
      return `no shell is run, so ${JSON.stringify(character)} would mean nothing: use single quotes, or write sh -c '…'`;
    } else if (character === "\\" && '"\\$`'.includes(reading.text[reading.at] ?? " ")) {
      reading.word += reading.text[reading.at] ?? "";
      reading.at += 1;
    } else reading.word += character;
  }
  return `a ${quote} is not closed`;
}

function endWord(reading: Reading): void {
  if (reading.word !== undefined) reading.words.push(reading.word);
  reading.word = undefined;
}
