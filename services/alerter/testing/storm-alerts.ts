// Alerts for tests: the sample of the schema, changed where a test says so.

import { decodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import schema from "../../../shared/domain/storm-alert.schema.json" with { type: "json" };
import type { WebhookSettings } from "../receiver-settings.ts";
import type { Receiver } from "../receiver.ts";
import { defaultWebhookSettings } from "../receiver-settings.ts";
import { Secret } from "../../../shared/domain/secret.ts";

export function stormAlert(change: Partial<StormAlert> = {}): StormAlert {
  const decoded = decodeStormAlert(JSON.stringify(schema.examples[0]));
  if (!decoded.ok) throw new Error(`the schema's example: ${decoded.reason} ${decoded.detail}`);
  return { ...decoded.alert, ...change };
}

/** `opened`, `updated`, … of a storm. */
export function wordOf(stormId: string, type: StormAlert["type"], revision: number): StormAlert {
  return stormAlert({
    stormId,
    type,
    revision,
    ...(type === "storm.resolved" ? { resolvedAt: 1_800_000_000_000 } : {}),
  });
}

export function webhook(name: string, change: Partial<WebhookSettings> = {}): WebhookSettings {
  const url = new Secret("http://127.0.0.1:9/hook");
  return { ...defaultWebhookSettings, kind: "webhook", name, url, signingSecrets: [], headers: {}, ...change };
}

export function command(name: string, argv: readonly string[], timeoutMs = 10_000): Receiver {
  return {
    kind: "command",
    name,
    argv,
    timeoutMs,
    minSeverity: "warning",
    updates: true,
    concurrent: 4,
  };
}
