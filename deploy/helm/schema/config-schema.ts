// squall's own schema of its configuration -> what may stand under `config` of the chart: all of it, but for what the chart sets by itself, what
// services do not have, and whatever is secret. A ConfigMap is no place for secrets.

import { z } from "zod";
import squallConfigSchema from "../../../services/squall/squall-config.schema.json" with { type: "json" };
import { insteadOf, type Schema } from "./schema-parts.ts";

/** Ports and paths are the chart's; `inputs` and `state` are of standalone. */
const LEFT_OUT = new Set([
  "metrics",
  "console",
  "inputs",
  "state",
  "kafka.ssl",
  "kafka.sasl.passwordFile",
  "influx.tokenFile",
  "influx.ca",
  "pseudonym.keyFile",
]);

const RECEIVERS = "urlFile, secretFile or headerFiles: /run/squall/receivers/KEY, of secrets.receivers.existingSecret";
const OF_RECEIVER = { url: RECEIVERS, secret: RECEIVERS, secrets: RECEIVERS, headers: RECEIVERS };

/** By its path: what is said of what was left out of an object. */
const IN_PLACE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "": { console: "console.port and secrets.console.existingSecret", metrics: "metrics.port" },
  kafka: { ssl: "secrets.kafkaCa.existingSecret, and secrets.kafka.existingSecret with its certificateKey" },
  "kafka.sasl": { password: "secrets.kafka.existingSecret", passwordFile: "secrets.kafka.existingSecret" },
  influx: {
    token: "secrets.influx.existingSecret",
    tokenFile: "secrets.influx.existingSecret",
    ca: "secrets.influxCa.existingSecret",
  },
  pseudonym: { key: "secrets.pseudonym.existingSecret", keyFile: "secrets.pseudonym.existingSecret" },
  webhook: OF_RECEIVER,
  "webhooks[]": OF_RECEIVER,
  heartbeat: { url: RECEIVERS },
};

/** What is missing is said by the chart together with all else that is, and with what to write. */
const EMPTY_ALLOWED = new Set(["kafka.brokers"]);

const objectSchema = z.looseObject({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) });
const itemsSchema = z.looseObject({ items: z.record(z.string(), z.unknown()) });
const mapSchema = z.looseObject({ additionalProperties: z.record(z.string(), z.unknown()) });

export function configSchema(): Schema {
  const { $schema: _, ...schema } = squallConfigSchema;
  return pruned(schema, "");
}

function pruned(schema: Schema, path: string): Schema {
  const object = objectSchema.safeParse(schema);
  if (object.success) {
    const kept = Object.entries(object.data.properties).flatMap(([name, part]) => {
      const at = path === "" ? name : `${path}.${name}`;
      return LEFT_OUT.has(at) || isSecret(part) ? [] : [[name, pruned(part, at)] as const];
    });
    const closed = { ...schema, properties: Object.fromEntries(kept) };
    const inPlace = IN_PLACE[path];
    return inPlace === undefined ? closed : insteadOf(closed, inPlace);
  }
  const list = itemsSchema.safeParse(schema);
  if (!list.success) return schema;
  const items = pruned(list.data.items, `${path}[]`);
  return { ...schema, items, ...(EMPTY_ALLOWED.has(path) ? { minItems: 0 } : {}) };
}

/** Itself, or all that it holds. */
function isSecret(schema: Schema): boolean {
  const list = itemsSchema.safeParse(schema);
  const map = mapSchema.safeParse(schema);
  return (
    schema["writeOnly"] === true ||
    (list.success && isSecret(list.data.items)) ||
    (map.success && isSecret(map.data.additionalProperties))
  );
}
