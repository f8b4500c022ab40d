// JSON text -> an object, of which only own properties are looked at. Shared by the codecs of one-line records. The first fault is kept in the
// reading and names the reason; the readers go on with stand-ins, so that a codec stays one straight pass.
//
// A field that is not known is passed over: it is a newer squall's, which runs beside this one or did before it (docs/upgrade.md). At the
// door to systems of others it refuses the line: there it is a name that was misspelt.

import type { DecodeFault, DecodeReason, Reading } from "./decode-fault.ts";
import { printableText } from "./printable-text.ts";

/** One JSON object of the line with the path that leads to it. */
export interface WireObject {
  readonly reading: Reading;
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The field names of one kind of object, written with a space between them. */
export function fieldSet(names: string): ReadonlySet<string> {
  return new Set(names.split(" "));
}

/**
 * Parses one line, opens its outermost object (version 1) and lets `read` take it apart. The answer is what `read` made of it, or the
 * first fault that it or the opening met. `known`: these fields and no others, here and in the objects within.
 */
export function decodeLine<Value>(
  line: string,
  read: (object: WireObject) => Value,
  known?: ReadonlySet<string>,
): { readonly ok: true; readonly value: Value } | DecodeFault {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { ok: false, reason: "not-json", detail: "" };
  }
  if (!isPlainObject(parsed)) return { ok: false, reason: "not-an-object", detail: "" };
  const reading: Reading = { fault: undefined, isClosed: known !== undefined };
  const object: WireObject = { reading, path: "", fields: parsed };
  // The version first: a later one may well bring fields that are not known here.
  if (required(object, "v") !== 1) refuse(object, "unknown-version", "v");
  refuseUnknown(object, known);
  const opened = reading.fault;
  if (opened !== undefined) return opened;
  const value = read(object);
  return reading.fault ?? { ok: true, value };
}

/** Opens an object that is the value of `key`. `known`: its fields, where the line is one that may have no others. */
export function openField(
  parent: WireObject,
  key: string,
  what: { readonly value: unknown; readonly known?: ReadonlySet<string> },
): WireObject | undefined {
  if (!isPlainObject(what.value)) {
    refuse(parent, "wrong-type", key);
    return undefined;
  }
  const object: WireObject = { reading: parent.reading, path: pathOf(parent, key), fields: what.value };
  refuseUnknown(object, what.known);
  return object;
}

function refuseUnknown(object: WireObject, known: ReadonlySet<string> | undefined): void {
  if (known === undefined || !object.reading.isClosed) return;
  for (const key of Object.keys(object.fields)) {
    if (!known.has(key)) refuse(object, "unknown-field", printableText(key.slice(0, 64)));
  }
}

/** The value of an own property, undefined when absent. */
export function valueOf(object: WireObject, key: string): unknown {
  // Half of the fields are absent: they are asked for once.
  const value = object.fields[key];
  return value !== undefined && Object.hasOwn(object.fields, key) ? value : undefined;
}

/** Notes a fault at a field unless there is one already. */
export function refuse(object: WireObject, reason: DecodeReason, key: string): void {
  object.reading.fault ??= { ok: false, reason, detail: pathOf(object, key) };
}

function pathOf(object: WireObject, key: string): string {
  return object.path === "" ? key : `${object.path}.${key}`;
}

/** The items of an array; undefined when the field is absent. `readItem` gets the value and its key, `references[3]`. */
export function itemsOf<Item>(
  object: WireObject,
  key: string,
  how: { readonly max: number; readonly readItem: (value: unknown, key: string) => Item | undefined },
): Item[] | undefined {
  const values = valueOf(object, key);
  if (values === undefined) return undefined;
  if (!Array.isArray(values)) {
    refuse(object, "wrong-type", key);
    return undefined;
  }
  if (values.length > how.max) {
    refuse(object, "too-long", key);
    return undefined;
  }
  const items: Item[] = [];
  for (let index = 0; index < values.length; index++) {
    const item = how.readItem(values[index], `${key}[${index}]`);
    if (item !== undefined) items.push(item);
  }
  return items;
}

export function requiredItems<Item>(
  object: WireObject,
  key: string,
  how: { readonly max: number; readonly readItem: (value: unknown, key: string) => Item | undefined },
): Item[] {
  required(object, key);
  return itemsOf(object, key, how) ?? [];
}

/** The value of a property that must be there; undefined with the fault noted when it is not. */
export function required(object: WireObject, key: string): unknown {
  const value = valueOf(object, key);
  if (value === undefined) refuse(object, "missing-field", key);
  return value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
