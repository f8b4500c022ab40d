// StormAlert -> the JSON that incoming webhooks of Slack and Mattermost take: {"text": …}.
//
// Text of a log must neither call people nor look like something else. Slack reads `<!channel>` and `<link|words>`: & < > are
// escaped. Mattermost reads @channel, [words](link) and backticks as they stand: an invisible mark breaks the first two, the
// last become quotes. Inside a code block Mattermost shows escapes as they are, so a command stands in one only without them.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ShortAdvice, ShortTextOptions } from "./short-text.ts";
import { shortText } from "./short-text.ts";
import type { WebhookBody } from "./webhook-body.ts";

/** Slack cuts what is much longer in the middle of a line; an old Mattermost takes 4,000 characters. */
const TEXT_CHARS_MAX = 3_500;
const COMMAND_CHARS_MAX = 800;
const INVISIBLE = "\u200B";
const WITHOUT_COMMAND = "(The command is in squall's own output.)";

export function slackBody(alert: StormAlert, options: ShortTextOptions): WebhookBody {
  const { title, facts, advice, ids } = shortText(alert, options);
  const lines = [`*${inert(title)}*`, ...facts.map(inert)];
  let chars = lines.join("\n").length + ids.length + 2;
  for (const one of advice) {
    const paragraph = inAdvice(one);
    if (chars + paragraph.length + 1 > TEXT_CHARS_MAX) continue;
    lines.push(paragraph);
    chars += paragraph.length + 1;
  }
  lines.push(inert(ids));
  return { body: JSON.stringify({ text: lines.join("\n") }), headers: { "content-type": "application/json" } };
}

function inAdvice({ text, command }: ShortAdvice): string {
  if (command === "") return inert(text);
  const fits = command.length <= COMMAND_CHARS_MAX && !/[&<>`]/u.test(command);
  return `${inert(text)}\n${fits ? `\`\`\`\n${command}\n\`\`\`` : WITHOUT_COMMAND}`;
}

/** Text that calls nobody, links nowhere and formats nothing. */
function inert(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("`", "'")
    .replaceAll("](", `]${INVISIBLE}(`)
    .replaceAll(/(?<![\p{L}\p{N}._+-])@(?=[\p{L}\p{N}])/gu, `@${INVISIBLE}`);
}
