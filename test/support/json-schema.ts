// A JSON value and a JSON Schema (the part of draft 2020-12 that squall's schemas use) -> what is wrong, as paths.
// A keyword it does not know is an error of the schema, so that none is ever skipped in silence.

type Json = Readonly<Record<string, unknown>>;
interface Check {
  readonly root: Json;
  readonly path: string;
  readonly faults: string[];
}

const ANNOTATIONS = new Set([
  "$schema",
  "$id",
  "$defs",
  "title",
  "description",
  "examples",
  "format",
  "default",
  "writeOnly",
]);

/** Paths and keywords that the value violates; empty when it is valid. */
export function schemaFaults(schema: unknown, value: unknown): string[] {
  const faults: string[] = [];
  const root = asObject(schema);
  checkAll(root, value, { root, path: "", faults });
  return faults;
}

/** The same schema without room for what it does not name: no field is written that nothing describes. */
export function closedSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closedSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closedSchema(value)]));
  return "type" in closed && closed["type"] === "object" ? { additionalProperties: false, ...closed } : closed;
}

function asObject(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("no JSON object");
  return Object.fromEntries(Object.entries(value));
}

function checkAll(schema: Json, value: unknown, check: Check): void {
  for (const [keyword, rule] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    if (!holds(keyword, { schema, rule, value }, check)) check.faults.push(`${check.path} ${keyword}`);
  }
}

function holds(keyword: string, what: { schema: Json; rule: unknown; value: unknown }, check: Check): boolean {
  const { rule, value } = what;
  const text = typeof value === "string" ? value : undefined;
  const number = typeof value === "number" ? value : undefined;
  const items: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  const fields = typeof value === "object" && value !== null && items === undefined ? asObject(value) : undefined;
  switch (keyword) {
    case "$ref":
      checkAll(resolve(String(rule), check.root), value, check);
      return true;
    case "type":
      return asList(rule).some((type) => (type === "integer" ? Number.isInteger(value) : typeName(value) === type));
    case "const":
      return value === rule;
    case "enum":
      return Array.isArray(rule) && rule.includes(value);
    case "minLength":
      return text === undefined || text.length >= Number(rule);
    case "maxLength":
      return text === undefined || text.length <= Number(rule);
    case "pattern":
      return text === undefined || new RegExp(String(rule), "u").test(text);
    case "minimum":
      return number === undefined || number >= Number(rule);
    case "maximum":
      return number === undefined || number <= Number(rule);
    case "minItems":
      return items === undefined || items.length >= Number(rule);
    case "maxItems":
      return items === undefined || items.length <= Number(rule);
    case "uniqueItems":
      return items === undefined || new Set(items).size === items.length;
    case "items":
      return itemsHold(what, items, check);
    case "prefixItems":
      for (const [index, item] of (items ?? []).slice(0, asList(rule).length).entries()) {
        checkAll(asObject(asList(rule)[index]), item, { ...check, path: `${check.path}[${index}]` });
      }
      return true;
    case "propertyNames":
      return fields === undefined || Object.keys(fields).every((key) => isValid(rule, key, check));
    case "required":
      return fields === undefined || (Array.isArray(rule) && rule.every((key) => Object.hasOwn(fields, String(key))));
    case "properties":
      for (const [key, property] of Object.entries(asObject(rule))) {
        if (fields === undefined || !Object.hasOwn(fields, key)) continue;
        checkAll(asObject(property), fields[key], { ...check, path: `${check.path}.${key}` });
      }
      return true;
    case "additionalProperties":
      return othersHold(what, fields, check);
    case "oneOf":
      return Array.isArray(rule) && rule.filter((one) => isValid(one, value, check)).length === 1;
    default:
      throw new TypeError(`schema keyword not understood: ${keyword}`);
  }
}

interface Ruled {
  readonly schema: Json;
  readonly rule: unknown;
}

/** Those that prefixItems speaks of are judged there. */
function itemsHold({ schema, rule }: Ruled, items: readonly unknown[] | undefined, check: Check): boolean {
  const first = schema["prefixItems"] === undefined ? 0 : asList(schema["prefixItems"]).length;
  const rest = items?.slice(first) ?? [];
  if (rule === false) return rest.length === 0;
  for (const [index, item] of rest.entries()) {
    checkAll(asObject(rule), item, { ...check, path: `${check.path}[${first + index}]` });
  }
  return true;
}

function othersHold({ schema, rule }: Ruled, fields: Json | undefined, check: Check): boolean {
  const known = Object.hasOwn(schema, "properties") ? asObject(schema["properties"]) : {};
  const others = Object.entries(fields ?? {}).filter(([key]) => !Object.hasOwn(known, key));
  if (rule === false) return others.length === 0;
  for (const [key, other] of others) checkAll(asObject(rule), other, { ...check, path: `${check.path}.${key}` });
  return true;
}

function isValid(schema: unknown, value: unknown, check: Check): boolean {
  const faults: string[] = [];
  checkAll(asObject(schema), value, { ...check, faults });
  return faults.length === 0;
}

function resolve(reference: string, root: Json): Json {
  let schema = root;
  for (const part of reference.split("/").slice(1)) schema = asObject(schema[part]);
  return schema;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
