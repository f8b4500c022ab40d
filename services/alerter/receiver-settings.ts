// ReceiverSettings: who is told, how, and of what. Filled by the configuration, read by routing and by the shells.

import type { Severity } from "../../shared/domain/storm-alert.ts";
import type { Secret } from "./secret.ts";
import { signingKey } from "./signature.ts";

/** What a webhook is sent: the StormAlert, a text (ntfy takes it), or what Slack and Mattermost take. One file each in bodies/. */
export const BODY_KINDS = ["standard", "text", "slack"] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

interface ReceiverRules {
  /** Stands in state, metrics and logs; no two receivers have the same. */
  readonly name: string;
  /** Lesser storms are not told. */
  readonly minSeverity: Severity;
  /** Tell how a storm grows. What raises its severity, or goes on after it was told to be over, is told in any case. */
  readonly updates: boolean;
  /** Requests or commands at once, when they take longer than `slowAfterMs` (see OutboxBounds); else it is one. */
  readonly concurrent: number;
  /** For one try, ms. */
  readonly timeoutMs: number;
}

export interface WebhookSettings extends ReceiverRules {
  readonly kind: "webhook";
  /** http or https. */
  readonly url: Secret;
  readonly body: BodyKind;
  /** `whsec_…`, each signs: two while one takes the place of the other, none for receivers that check no signature. */
  readonly signingSecrets: readonly Secret[];
  /** Further headers, such as Authorization. */
  readonly headers: Readonly<Record<string, Secret>>;
}

export interface CommandSettings extends ReceiverRules {
  readonly kind: "command";
  /** The program and its arguments, for no shell: see command-words.ts. */
  readonly argv: readonly string[];
  /** What is kept of its output, for the log. */
  readonly outputBytesMax: number;
}

export type ReceiverSettings = WebhookSettings | CommandSettings;

/** What receivers have that set nothing themselves. */
export const defaultReceiverRules = {
  minSeverity: "warning",
  updates: true,
  concurrent: 4,
} as const satisfies Partial<ReceiverRules>;

export const defaultWebhookSettings = {
  ...defaultReceiverRules,
  kind: "webhook",
  body: "standard",
  signingSecrets: [],
  headers: {},
  timeoutMs: 15_000,
} as const satisfies Partial<WebhookSettings>;

export const defaultCommandSettings = {
  ...defaultReceiverRules,
  kind: "command",
  timeoutMs: 30_000,
  outputBytesMax: 4_096,
} as const satisfies Partial<CommandSettings>;

export interface ReceiverFault {
  /** The field at fault; of a header its name follows: `headers.Host`. */
  readonly field: string;
  readonly message: string;
}

const NAME = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/iu;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/iu;
/** Set by squall or by HTTP itself. */
const OWN_HEADERS = /^(webhook-.*|content-type|content-length|transfer-encoding|connection|host|expect|upgrade|te)$/iu;
/** What a header may hold: no control characters. */
const HEADER_VALUE = /^[\t\u{20}-\u{7E}\u{80}-\u{FF}]{0,4096}$/u;
const SIGNING_SECRETS_MAX = 2;

/** Everything that is wrong with one receiver; no message shows a secret. */
export function receiverFaults(receiver: ReceiverSettings, forbidPrivate: boolean): ReceiverFault[] {
  const faults: ReceiverFault[] = [];
  const say = (field: string, message: string): number => faults.push({ field, message });
  if (!NAME.test(receiver.name)) {
    say(
      "name",
      "a receiver's name has 1 to 64 letters, digits, dashes and underscores, and begins and ends with none of these two",
    );
  }
  if (receiver.kind === "command") {
    if ((receiver.argv[0] ?? "") === "") say("argv", "names no program");
    if (receiver.argv.some((word) => word.includes("\0"))) say("argv", "must not hold a NUL");
    return faults;
  }
  const url = URL.parse(receiver.url.reveal());
  if (url === null || !/^https?:$/u.test(url.protocol)) say("url", "is no http or https address");
  else if (forbidPrivate && url.protocol !== "https:")
    say("url", "must be https, since private addresses are forbidden");
  if (receiver.signingSecrets.length > SIGNING_SECRETS_MAX)
    say("signingSecrets", "two at most, the new and the old one");
  if (receiver.signingSecrets.some((secret) => signingKey(secret.reveal()) === undefined)) {
    say("signingSecrets", "a secret is whsec_ and 24 to 64 bytes in base64");
  }
  for (const [name, value] of Object.entries(receiver.headers)) {
    if (!HEADER_NAME.test(name)) say(`headers.${name}`, "is no name of a header");
    else if (OWN_HEADERS.test(name)) say(`headers.${name}`, "is set by squall itself");
    else if (!HEADER_VALUE.test(value.reveal())) say(`headers.${name}`, "holds characters that no header may have");
  }
  return faults;
}
