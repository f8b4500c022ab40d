// A reader of line protocol, written from its description and knowing nothing of what writes it: text -> points, or why it is none.
// A backslash before a comma, an equals sign or a space in a name or tag takes its meaning away; before anything else it is itself.

export interface ReadPoint {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  /** As written: `3i`, `2.5`, `T`, or the string without its quotes. */
  readonly fields: ReadonlyMap<string, ReadField>;
  readonly time: string;
}

export interface ReadField {
  readonly type: "integer" | "float" | "string" | "boolean";
  readonly value: string;
}

const FLOAT = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/u;

export function readLines(text: string): ReadPoint[] {
  return splitLines(text)
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(readLine);
}

/** A line break within a quoted string is part of it. */
function splitLines(text: string): string[] {
  const lines: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (quoted && text[at] === "\\") at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (text[at] === "\n" && !quoted) {
      lines.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...lines, text.slice(from)];
}

class Cursor {
  at = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get next(): string | undefined {
    return this.text[this.at];
  }

  expect(character: string): void {
    if (this.next !== character) throw new Error(`${character} is missing at ${this.at} of ${this.text}`);
    this.at += 1;
  }

  /** Up to one of `ends` that no backslash stands before. */
  name(ends: string): string {
    let name = "";
    for (; this.at < this.text.length; this.at++) {
      const character = this.text.charAt(this.at);
      const following = this.text.charAt(this.at + 1);
      if (character === "\\" && following !== "" && ", =".includes(following)) {
        name += following;
        this.at += 1;
      } else if (ends.includes(character)) break;
      else name += character;
    }
    if (name === "") throw new Error(`a name is missing at ${this.at} of ${this.text}`);
    return name;
  }

  value(): ReadField {
    if (this.next !== '"') return plainValue(this.name(", "));
    let value = "";
    for (this.at += 1; this.next !== '"'; this.at++) {
      if (this.next === undefined) throw new Error(`a string without end: ${this.text}`);
      const following = this.text.charAt(this.at + 1);
      if (this.next === "\\" && (following === '"' || following === "\\")) this.at += 1;
      value += this.text.charAt(this.at);
    }
    this.at += 1;
    return { type: "string", value };
  }
}

function plainValue(text: string): ReadField {
  if (/^-?\d+i$/u.test(text)) return { type: "integer", value: text.slice(0, -1) };
  if (FLOAT.test(text)) return { type: "float", value: text };
  if (/^(t|T|true|True|TRUE|f|F|false|False|FALSE)$/u.test(text)) return { type: "boolean", value: text };
  throw new Error(`not a value: ${text}`);
}

function readLine(line: string): ReadPoint {
  const cursor = new Cursor(line);
  const measurement = cursor.name(", ");
  const tags = new Map<string, string>();
  while (cursor.next === ",") {
    cursor.at += 1;
    const name = cursor.name("=, ");
    cursor.expect("=");
    addOnce(tags, name, cursor.name(", ="));
  }
  cursor.expect(" ");
  const fields = new Map<string, ReadField>();
  for (let isFirst = true; isFirst || cursor.next === ","; isFirst = false) {
    if (!isFirst) cursor.at += 1;
    const name = cursor.name("=, ");
    cursor.expect("=");
    addOnce(fields, name, cursor.value());
  }
  cursor.expect(" ");
  const time = cursor.name(" ");
  if (!/^-?\d+$/u.test(time) || cursor.next !== undefined) throw new Error(`not a time at the end of ${line}`);
  return { measurement, tags, fields, time };
}

function addOnce<Value>(map: Map<string, Value>, name: string, value: Value): void {
  if (map.has(name)) throw new Error(`${name} twice`);
  map.set(name, value);
}
