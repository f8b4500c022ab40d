// One try: a webhook is called or a command is run, and how it ended is put into the words of the core.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { HttpClient } from "../../shared/adapters/http/http-client.ts";
import { runCommand } from "../../shared/adapters/process/run-command.ts";
import { alertVariables, inheritedVariables } from "./alert-variables.ts";
import type { ShortTextOptions } from "./bodies/short-text.ts";
import { webhookBody } from "./bodies/webhook-body.ts";
import type { AttemptOutcome, OutboxAlert } from "./delivery.ts";
import { outcomeOfAnswer, outcomeOfCommand } from "./receiver-answer.ts";
import type { WebhookSettings } from "./receiver-settings.ts";
import type { CommandReceiver, Receiver } from "./receiver.ts";
import { outputTail, redactedExcerpt } from "./redaction.ts";
import { sentAlert } from "./sent-alert.ts";
import { stormKeyOf, webhookHeaders, webhookId } from "./signature.ts";

export interface AttemptTools {
  readonly http: HttpClient;
  readonly text: ShortTextOptions;
  readonly userAgent: string;
  /** The environment of commands, less SQUALL_*. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Gives the try up. */
  readonly signal: AbortSignal;
}

/** Between SIGTERM and SIGKILL. */
const KILL_AFTER_MS = 2_000;
/** What is kept of a command's output; the end of it is told when it fails. */
const OUTPUT_BYTES_MAX = 4_096;

export async function tryOnce(
  receiver: Receiver,
  content: OutboxAlert,
  { id, tools }: { readonly id: string; readonly tools: AttemptTools },
): Promise<AttemptOutcome> {
  if (receiver.kind === "webhook") return tryWebhook(receiver, content, { id, tools });
  return tryCommand(receiver, content, { id, tools });
}

/** Tells one receiver of one alert, once, beside any outbox: to see whether it can be told. */
export async function tellOnce(receiver: Receiver, alert: StormAlert, tools: AttemptTools): Promise<AttemptOutcome> {
  const stormKey = stormKeyOf(alert.stormId);
  const id = webhookId(stormKey, alert.revision);
  return tryOnce(receiver, { stormKey, ...sentAlert(alert), holders: 1 }, { id, tools });
}

async function tryWebhook(
  receiver: WebhookSettings,
  content: OutboxAlert,
  { id, tools }: { readonly id: string; readonly tools: AttemptTools },
): Promise<AttemptOutcome> {
  const { body, headers } = webhookBody(receiver.body, content, tools.text);
  const signingSecrets = receiver.signingSecrets.map((secret) => secret.reveal());
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(receiver.headers)) own[name.toLowerCase()] = value.reveal();
  const url = receiver.url.reveal();
  const answer = await tools.http.send({
    method: "POST",
    url,
    headers: {
      "user-agent": tools.userAgent,
      ...headers,
      ...own,
      ...webhookHeaders({ id, atMs: tools.nowMs(), body, secrets: signingSecrets }),
    },
    body,
    timeoutMs: receiver.timeoutMs,
    forbidPrivate: receiver.forbidPrivate,
    signal: tools.signal,
  });
  if (!answer.answered) return outcomeOfAnswer(answer, tools.nowMs());
  const excerpt = redactedExcerpt(answer.excerpt, [url, ...signingSecrets, ...Object.values(own)]);
  return outcomeOfAnswer({ ...answer, excerpt }, tools.nowMs());
}

async function tryCommand(
  { argv, timeoutMs }: CommandReceiver,
  { alert, line }: OutboxAlert,
  { id, tools }: { readonly id: string; readonly tools: AttemptTools },
): Promise<AttemptOutcome> {
  const end = await runCommand({
    argv,
    env: { ...inheritedVariables(tools.env), ...alertVariables(alert, id) },
    input: `${line}\n`,
    timeoutMs,
    killAfterMs: KILL_AFTER_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
    signal: tools.signal,
  });
  return outcomeOfCommand("output" in end ? { ...end, output: outputTail(end.output) } : end);
}
