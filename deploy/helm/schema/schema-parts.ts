// Words of JSON Schema, as values.schema.json is made of them.

/** A part of a JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** Exactly these, and no others. */
export function closed(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties,
  };
}

/**
 * Of names that have no place here: which setting stands for each. Helm then says "properties 'secrets.influx.existingSecret' required, if 'token'
 * exists", and never what was written.
 */
export function insteadOf(schema: Schema, settings: Readonly<Record<string, string>>): Schema {
  const dependencies = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, [setting]]));
  return { ...schema, dependencies };
}

export const flag: Schema = { type: "boolean" };
export const text: Schema = { type: "string" };

export function whole(minimum: number, maximum: number): Schema {
  return { type: "integer", minimum, maximum };
}

export function oneOf(...words: readonly string[]): Schema {
  return { type: "string", enum: words };
}

export function matching(pattern: string, example: string): Schema {
  return { type: "string", pattern, examples: [example] };
}

export function listOf(items: Schema): Schema {
  return { type: "array", items };
}

function mapOf(additionalProperties: Schema): Schema {
  return { type: "object", additionalProperties };
}

/** Or nothing: takes away what the chart would set. */
export function orNothing(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}

/** Kubernetes judges it, and newer ones know more: it is handed on as it is. */
export function kubernetes(kind: string, type: "object" | "array" = "object"): Schema {
  const note = { $comment: `Kubernetes' own: ${kind}` };
  return type === "array" ? { type, items: { type: "object", ...note } } : { type, ...note };
}

const NAME_PART = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";

export const port: Schema = whole(1, 65_535);
export const ports: Schema = { ...listOf(port), uniqueItems: true };
/** Of an object, or empty. */
export const objectName: Schema = matching(`^(${NAME_PART}(\\.${NAME_PART})*)?$`, "squall-kafka");
/** Of a Secret or a ConfigMap; it becomes the name of a file. */
export const key: Schema = matching("^[-._a-zA-Z0-9]+$", "password");
export const keyOrNone: Schema = matching("^[-._a-zA-Z0-9]*$", "user.crt");
/** Short, for it stands in names with others. */
export const nameOrNone: Schema = { ...matching(`^(${NAME_PART})?$`, "squall"), maxLength: 40 };
export const siteName: Schema = { ...matching(`^${NAME_PART}$`, "berlin"), maxLength: 13 };
export const labels: Schema = mapOf({ type: "string", maxLength: 63 });
export const annotations: Schema = mapOf(text);
