// alert, kind of body -> what a webhook is sent. One file a kind; a further kind is a file, a name in BODY_KINDS and a line here.

import type { OutboxAlert } from "../delivery.ts";
import type { BodyKind } from "../receiver-settings.ts";
import type { ShortTextOptions } from "./short-text.ts";
import { slackBody } from "./slack-body.ts";
import { textBody } from "./text-body.ts";

export interface WebhookBody {
  readonly body: string;
  /** Content-Type among them; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

type MakeBody = (content: OutboxAlert, options: ShortTextOptions) => WebhookBody;

const BODIES: Readonly<Record<BodyKind, MakeBody>> = {
  standard: ({ line }) => ({ body: line, headers: { "content-type": "application/json" } }),
  text: ({ alert }, options) => textBody(alert, options),
  slack: ({ alert }, options) => slackBody(alert, options),
};

export function webhookBody(kind: BodyKind, content: OutboxAlert, options: ShortTextOptions): WebhookBody {
  return BODIES[kind](content, options);
}
