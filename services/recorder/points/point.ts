// The values of one point -> a point whose tags, fields and types are those that are documented.

import type { FieldType, Measurement } from "./measurements.ts";
import { MEASUREMENTS } from "./measurements.ts";

export type PointField =
  | { readonly name: string; readonly type: "integer" | "float"; readonly value: number }
  | { readonly name: string; readonly type: "string"; readonly value: string }
  | { readonly name: string; readonly type: "boolean"; readonly value: boolean };

/** As the port of a point writer takes it. */
export interface Point {
  readonly measurement: Measurement;
  readonly tags: ReadonlyArray<readonly [name: string, value: string]>;
  readonly fields: readonly PointField[];
  /** ms since the epoch. */
  readonly timeMs: number;
}

interface ValueOf {
  readonly integer: number;
  readonly float: number;
  readonly string: string;
  readonly boolean: boolean;
}

type TagsOf<Name extends Measurement> = Readonly<Record<keyof (typeof MEASUREMENTS)[Name]["tags"], string>>;

type Fields<Name extends Measurement> = (typeof MEASUREMENTS)[Name]["fields"];
type OptionalNames<All> = { [Key in keyof All]: All[Key] extends { readonly optional: true } ? Key : never }[keyof All];
type TypeOf<Field> = Field extends { readonly type: infer Type extends FieldType } ? ValueOf[Type] : never;
type FieldsOf<Name extends Measurement> = {
  readonly [Key in Exclude<keyof Fields<Name>, OptionalNames<Fields<Name>>>]: TypeOf<Fields<Name>[Key]>;
} & { readonly [Key in OptionalNames<Fields<Name>>]: TypeOf<Fields<Name>[Key]> | undefined };

/** Missing, misspelt and mistyped values do not compile. */
export function pointOf<Name extends Measurement>(
  measurement: Name,
  tags: TagsOf<Name>,
  fields: FieldsOf<Name>,
  timeMs: number,
): Point {
  const values: Readonly<Record<string, unknown>> = fields;
  const described: Readonly<Record<string, { readonly type: FieldType }>> = MEASUREMENTS[measurement].fields;
  const all: PointField[] = [];
  for (const [name, { type }] of Object.entries(described)) {
    const field = fieldOf(name, type, values[name]);
    if (field !== undefined) all.push(field);
  }
  return { measurement, tags: Object.entries<string>(tags), fields: all, timeMs };
}

function fieldOf(name: string, type: FieldType, value: unknown): PointField | undefined {
  if (type === "string") return typeof value === "string" ? { name, type, value } : undefined;
  if (type === "boolean") return typeof value === "boolean" ? { name, type, value } : undefined;
  return typeof value === "number" ? { name, type, value } : undefined;
}
