// A receiver: a webhook or a command, by one name; what the outbox and its shell know of it.

import { commandWords } from "./command-words.ts";
import type { OnAlertSettings, WebhookSettings } from "./receiver-settings.ts";
import { defaultWebhookSettings } from "./receiver-settings.ts";

export interface CommandReceiver extends Pick<
  WebhookSettings,
  "name" | "minSeverity" | "updates" | "concurrent" | "timeoutMs"
> {
  readonly kind: "command";
  /** The program and its arguments, for no shell. */
  readonly argv: readonly string[];
}

export type Receiver = WebhookSettings | CommandReceiver;

/** `--on-alert` as a receiver of this name; or what is wrong with the command, for a person. */
export function onAlertReceiver(
  { command, timeoutMs, concurrent }: OnAlertSettings,
  name: string,
): { readonly ok: true; readonly receiver: CommandReceiver } | { readonly ok: false; readonly message: string } {
  const words = commandWords(command);
  if (!words.ok) return words;
  const { minSeverity, updates } = defaultWebhookSettings;
  return {
    ok: true,
    receiver: { kind: "command", name, argv: words.argv, minSeverity, updates, timeoutMs, concurrent },
  };
}
