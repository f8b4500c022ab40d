// A stored value whose fields have names, for the kinds of which there are few (the others: entry-row.ts). JSON has no infinity: a
// number that may be infinite is stored as null, and its reader knows which infinity it was.

import { StateEntryError } from "./state-entry-error.ts";

const VERSION = 1;

/** A value of version 1: an object and its fields. */
export function jsonValue(fields: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify({ v: VERSION, ...sparse(fields) }));
}

/** Fields without flags that are not set and without empty lists: read back they are that again. Nearly all of both are. */
function sparse(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const left: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== false && !(Array.isArray(value) && value.length === 0)) left[name] = value;
  }
  return left;
}

/** Throws StateEntryError where `value` is no object of version 1. */
export function fieldsOf(key: string, value: Buffer): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString("utf8"));
  } catch {
    throw new StateEntryError("damaged", key, "not JSON");
  }
  const fields = new Fields(key, "", parsed);
  const version = fields.number("v");
  if (version !== VERSION) throw new StateEntryError("unknown-version", key, `version ${version}`);
  return fields;
}

export class Fields {
  readonly key: string;
  private readonly path: string;
  private readonly values: Readonly<Record<string | number, unknown>>;

  constructor(key: string, path: string, value: unknown) {
    this.key = key;
    this.path = path;
    if (!isObject(value)) throw this.damaged("is no object");
    this.values = value;
  }

  number(name: string | number): number {
    const value = this.value(name);
    return typeof value === "number" ? value : this.refuse(name, "is no number");
  }

  /** `infinite`: what stands for null and for what is absent. */
  time(name: string | number, infinite: number): number {
    return this.has(name) ? this.number(name) : infinite;
  }

  text(name: string | number): string {
    const value = this.value(name);
    return typeof value === "string" ? value : this.refuse(name, "is no text");
  }

  textOrNone(name: string | number): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  numberOrNone(name: string | number): number | undefined {
    return this.has(name) ? this.number(name) : undefined;
  }

  /** Absent: false. */
  flag(name: string | number): boolean {
    if (!this.has(name)) return false;
    const value = this.value(name);
    return typeof value === "boolean" ? value : this.refuse(name, "is no flag");
  }

  /** Some text of a closed set. */
  word<const Word extends string>(name: string | number, words: readonly Word[]): Word {
    const value = this.value(name);
    return words.find((word) => word === value) ?? this.refuse(name, "is not known");
  }

  object(name: string | number): Fields {
    return new Fields(this.key, this.pathOf(name), this.value(name));
  }

  /** Items that are objects or rows; absent: none. */
  objects(name: string | number): Fields[] {
    return this.items(name).map((item, index) => new Fields(this.key, `${this.pathOf(name)}[${index}]`, item));
  }

  numbers(name: string | number): number[] {
    return this.items(name).map((item) =>
      typeof item === "number" ? item : this.refuse(name, "is no list of numbers"),
    );
  }

  texts(name: string | number): string[] {
    return this.items(name).map((item) => (typeof item === "string" ? item : this.refuse(name, "is no list of texts")));
  }

  /** What is wrong with the whole of it. */
  refusal(what: string): StateEntryError {
    return this.damaged(`${this.path} ${what}`.trim());
  }

  has(name: string | number): boolean {
    const value = this.value(name);
    return value !== undefined && value !== null;
  }

  private items(name: string | number): unknown[] {
    if (!this.has(name)) return [];
    const value = this.value(name);
    return Array.isArray(value) ? value : this.refuse(name, "is no list");
  }

  private value(name: string | number): unknown {
    return this.values[name];
  }

  private refuse(name: string | number, what: string): never {
    throw this.damaged(`${this.pathOf(name)} ${what}`);
  }

  private pathOf(name: string | number): string {
    return this.path === "" ? String(name) : `${this.path}.${name}`;
  }

  private damaged(detail: string): StateEntryError {
    return new StateEntryError("damaged", this.key, detail);
  }
}

function isObject(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}
