// Who is told of a storm, and how: settings of web hooks, of the command that is run, and of the heartbeat.

import type { Secret } from "../../shared/domain/secret.ts";
import type { Severity } from "../../shared/domain/storm-alert.ts";

/** `standard`: the StormAlert as JSON, signed; `text`: plain text, as ntfy takes it; `slack`: what Slack and its likes take. */
export const BODY_KINDS = ["standard", "text", "slack"] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

export interface WebhookSettings {
  readonly kind: "webhook";
  /** Unique; a metric label and part of what is stored. */
  readonly name: string;
  /** http or https. */
  readonly url: Secret;
  /** Keys of Standard Webhooks ("whsec_…"): each signs, so that a key can be changed without a gap. */
  readonly signingSecrets: readonly Secret[];
  /** Further headers, such as Authorization. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly body: BodyKind;
  /** Alerts of a lesser severity are not told. */
  readonly minSeverity: Severity;
  /** storm.updated too; opened and resolved always. */
  readonly updates: boolean;
  /** For one try, ms. */
  readonly timeoutMs: number;
  /** Requests at once. */
  readonly concurrent: number;
  /** Refuse http and every address that is not public. */
  readonly forbidPrivate: boolean;
}

export const defaultWebhookSettings = {
  body: "standard",
  minSeverity: "warning",
  updates: true,
  timeoutMs: 15_000,
  concurrent: 4,
  forbidPrivate: false,
} as const satisfies Partial<WebhookSettings>;

/** A command that is run for each alert, which it gets on its standard input. */
export interface OnAlertSettings {
  /** A program and its arguments, quoted as for a shell; no shell is run. */
  readonly command: string;
  /** It is killed after so long, ms. */
  readonly timeoutMs: number;
  /** How many may run at once. */
  readonly concurrent: number;
}

export const defaultOnAlertSettings = { timeoutMs: 30_000, concurrent: 4 } as const;

/** A URL that is called while all is well: who watches it learns when squall itself has died. */
export interface HeartbeatSettings {
  readonly url: Secret;
  readonly everyMs: number;
}

export const defaultHeartbeatSettings = { everyMs: 60_000 } as const;
