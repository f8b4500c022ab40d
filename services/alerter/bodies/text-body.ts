// StormAlert -> plain text and the headers that ntfy reads: Title, Priority, Tags. Anything that takes a text takes it too.
// ntfy keeps 4,096 bytes of a message and makes an attachment of more.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ShortText, ShortTextOptions } from "./short-text.ts";
import { shortText } from "./short-text.ts";
import type { WebhookBody } from "./webhook-body.ts";

const BODY_BYTES_MAX = 4_000;
const WITHOUT_COMMANDS = "(The commands are left out: squall's own output has them.)";

export function textBody(alert: StormAlert, options: ShortTextOptions): WebhookBody {
  const text = shortText(alert, options);
  return {
    body: bounded(text),
    headers: {
      "content-type": "text/plain; charset=utf-8",
      title: headerText(text.title),
      priority: priorityOf(alert),
      tags: tagOf(alert),
    },
  };
}

/** Whole lines only: half a command is worse than none. */
function bounded(text: ShortText): string {
  const advice = text.advice.flatMap((one) => (one.command === "" ? [one.text] : [one.text, one.command]));
  const whole = lines([...text.facts, ...advice, text.ids]);
  if (Buffer.byteLength(whole) <= BODY_BYTES_MAX) return whole;
  const short = [...text.facts, ...text.advice.map((one) => one.text), WITHOUT_COMMANDS, text.ids];
  while (short.length > text.facts.length + 2 && Buffer.byteLength(lines(short)) > BODY_BYTES_MAX) {
    short.splice(-3, 1);
  }
  return lines(short);
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}

/** ntfy's scale: 5 rings through, 4 is high, 3 the usual, 2 low. */
function priorityOf({ type, severity }: StormAlert): string {
  if (type === "storm.resolved") return "3";
  if (severity === "critical") return "5";
  return severity === "warning" ? "4" : "2";
}

/** Names of emojis in ntfy. */
function tagOf({ type, severity }: StormAlert): string {
  if (type === "storm.resolved") return "white_check_mark";
  if (severity === "critical") return "rotating_light";
  return severity === "warning" ? "warning" : "eyes";
}

/** A header holds ASCII; other text as an encoded word (RFC 2047), which ntfy reads. */
function headerText(text: string): string {
  if (/^[\u{20}-\u{7E}]*$/u.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
}
