// `webhook:`, `webhooks:`, `onAlert:` and `heartbeat:` of the configuration -> settings of those who are told of a storm.

import { z } from "zod";
import { Secret } from "../../shared/domain/secret.ts";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { commandWords } from "../alerter/command-words.ts";
import type { HeartbeatSettings, OnAlertSettings, WebhookSettings } from "../alerter/receiver-settings.ts";
import {
  BODY_KINDS,
  defaultHeartbeatSettings,
  defaultOnAlertSettings,
  defaultWebhookSettings,
} from "../alerter/receiver-settings.ts";
import { duration, path, whole } from "./config-values.ts";
import type { ReadSecret } from "./secret-config.ts";
import {
  headerValue,
  httpUrl,
  inFile,
  KEYS_MAX,
  secretUnread,
  signingKey,
  signingKeys,
  urlUnread,
} from "./secret-config.ts";

const defaults = defaultWebhookSettings;
const HEADERS_MAX = 32;
/** More would be more series than the metrics may have. */
const RECEIVERS_MAX = 16;

const receiverName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/u, {
    error: "is no name of a receiver: up to 64 letters, digits, dashes and underscores",
  })
  .describe("Unique. It stands in metrics, and in the state: who is renamed is a new receiver.");

/** Ours, or the transport's. */
const TAKEN = new Set(["host", "content-length", "content-type", "transfer-encoding", "connection"]);
const headerName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u, { error: "is no name of a header" })
  .refine((text) => !TAKEN.has(text.toLowerCase()) && !text.toLowerCase().startsWith("webhook-"), {
    error: "is a header that squall sets itself",
  });

/** A rule between fields, judged whatever else is wrong with them. */
export function between<Fields extends object>(
  holds: (fields: Fields) => boolean,
): readonly [(fields: Fields) => boolean, { when: (payload: { value: unknown }) => boolean }] {
  return [holds, { when: ({ value }) => typeof value === "object" && value !== null }];
}

function has(fields: object, field: string): boolean {
  return Object.hasOwn(fields, field);
}

function headerMap<Kind extends z.ZodType>(kind: Kind) {
  return z
    .record(headerName, kind)
    .refine((map) => Object.keys(map).length <= HEADERS_MAX, { error: `must be at most ${HEADERS_MAX} headers` })
    .exactOptional();
}

function receiverFields(read: ReadSecret) {
  return {
    url: httpUrl.exactOptional().describe("Where alerts are posted to, http or https. Counts as a secret."),
    urlFile: inFile(httpUrl, read, urlUnread).exactOptional().describe("File that holds the URL, instead of url."),
    secret: signingKey.exactOptional().describe('Key that signs (Standard Webhooks): "whsec_" and base64.'),
    secrets: z
      .array(signingKey)
      .max(KEYS_MAX)
      .exactOptional()
      .describe("Two keys, while one takes the place of the other: each signs."),
    secretFile: inFile(signingKeys, read, [secretUnread]).exactOptional().describe("File that holds keys, one a line."),
    headers: headerMap(headerValue).describe("Sent with each post. Values count as secrets."),
    headerFiles: headerMap(inFile(headerValue, read, secretUnread)).describe("The same, each value in a file."),
    body: z
      .enum(BODY_KINDS)
      .default(defaults.body)
      .describe("standard: the alert as JSON, signed; text: as ntfy takes it; slack: as Slack and its likes take it."),
    minSeverity: z.enum(SEVERITIES).default(defaults.minSeverity).describe("Alerts below it are not told."),
    updates: z
      .boolean()
      .default(defaults.updates)
      .describe("storm.updated is told too; opened and resolved always are."),
    timeout: duration("1s", "5m").prefault(formatDuration(defaults.timeoutMs)).describe("Of one try."),
    forbidPrivate: z
      .boolean()
      .default(defaults.forbidPrivate)
      .describe("Refuse http, and any address that is not public, whatever the name resolves to."),
  };
}

type ReceiverFields = z.output<z.ZodObject<ReturnType<typeof receiverFields>>>;

function isAddressed(fields: object): boolean {
  return has(fields, "url") || has(fields, "urlFile");
}

const KEY_FIELDS = ["secret", "secrets", "secretFile"];

function hasOneKeyField(fields: object): boolean {
  return KEY_FIELDS.filter((field) => has(fields, field)).length <= 1;
}

const TWO_KEY_FIELDS = { error: `give one of ${KEY_FIELDS.join(", ")}` };
const HTTPS_ONLY = { error: "allows https only: the receiver's address is an http one", path: ["forbidPrivate"] };
const NO_URL = "needs url or urlFile";
const TWO_URLS = "cannot stand beside url: give one of them";

function hasOneUrl(fields: object): boolean {
  return !(has(fields, "url") && has(fields, "urlFile"));
}

/** Of the two, whichever names the address. */
function isHttpsWhereForced(fields: object): boolean {
  const of = new Map<string, unknown>(Object.entries(fields));
  const url = of.get("url") ?? of.get("urlFile");
  const isHttp = url instanceof Secret && url.reveal().startsWith("http:");
  return of.get("forbidPrivate") !== true || !isHttp;
}

function receiverOf(fields: ReceiverFields & { readonly name: string }): WebhookSettings {
  const {
    url,
    urlFile,
    secret,
    secrets = [],
    secretFile = [],
    headers = {},
    headerFiles = {},
    timeout,
    ...same
  } = fields;
  return {
    ...same,
    kind: "webhook",
    url: url ?? urlFile ?? urlUnread,
    signingSecrets: [...(secret === undefined ? [] : [secret]), ...secrets, ...secretFile],
    headers: { ...headers, ...headerFiles },
    timeoutMs: timeout,
    concurrent: defaults.concurrent,
  };
}

/** An entry of `webhooks:`. */
export function webhooksConfig(read: ReadSecret) {
  const [addressed, when] = between(isAddressed);
  const [one] = between(hasOneUrl);
  const [keys] = between(hasOneKeyField);
  const [https] = between(isHttpsWhereForced);
  return z
    .array(
      z
        .strictObject({ name: receiverName, ...receiverFields(read) })
        .refine(addressed, { error: NO_URL, ...when })
        .refine(one, { error: TWO_URLS, path: ["urlFile"], ...when })
        .refine(keys, { ...TWO_KEY_FIELDS, ...when })
        .refine(https, { ...HTTPS_ONLY, ...when })
        .transform(receiverOf),
    )
    .max(RECEIVERS_MAX);
}

/** `webhook:`, of which the variables SQUALL_WEBHOOK_URL, SQUALL_WEBHOOK_SECRET_FILE and so on are made. */
export function webhookConfig(read: ReadSecret) {
  const [addressed, when] = between(isAddressed);
  const [one] = between(hasOneUrl);
  const [keys] = between(hasOneKeyField);
  const [https] = between(isHttpsWhereForced);
  return z
    .strictObject({ name: receiverName.default("webhook"), ...receiverFields(read) })
    .refine(addressed, { error: NO_URL, ...when })
    .refine(one, { error: TWO_URLS, path: ["urlFile"], ...when })
    .refine(keys, { ...TWO_KEY_FIELDS, ...when })
    .refine(https, { ...HTTPS_ONLY, ...when })
    .transform(receiverOf);
}

const onAlertDefaults = defaultOnAlertSettings;
export const onAlertConfig = z
  .strictObject({
    command: path
      .superRefine((text, context) => {
        const words = commandWords(text);
        // What is empty has its fault already.
        if (text !== "" && !words.ok) context.addIssue({ code: "custom", message: words.message });
      })
      .describe("A program and its arguments; it gets the alert as JSON on its standard input. No shell is run."),
    timeout: duration("1s", "1h").prefault(formatDuration(onAlertDefaults.timeoutMs)).describe("Then it is killed."),
    concurrent: whole(1, 64).default(onAlertDefaults.concurrent).describe("How many may run at once."),
  })
  .transform(({ command, timeout, concurrent }): OnAlertSettings => ({
    command,
    timeoutMs: timeout,
    concurrent,
  }));

export function heartbeatConfig(read: ReadSecret) {
  const [addressed, when] = between(isAddressed);
  const [one] = between(hasOneUrl);
  return z
    .strictObject({
      url: httpUrl.exactOptional().describe("Called while all is well. Counts as a secret."),
      urlFile: inFile(httpUrl, read, urlUnread).exactOptional().describe("File that holds the URL, instead of url."),
      every: duration("10s", "1d").prefault(formatDuration(defaultHeartbeatSettings.everyMs)),
    })
    .refine(addressed, { error: NO_URL, ...when })
    .refine(one, { error: TWO_URLS, path: ["urlFile"], ...when })
    .transform(({ url, urlFile, every }): HeartbeatSettings => ({ url: url ?? urlFile ?? urlUnread, everyMs: every }));
}
