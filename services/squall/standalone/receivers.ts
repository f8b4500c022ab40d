// The configuration -> who is told of storms: its web hooks, and its command.

import { onAlertReceiver, type Receiver } from "../../alerter/receiver.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";

const COMMAND_NAME = "on-alert";

/** The configuration was checked: its command is one. */
export function receiversOf({ webhooks, onAlert }: Pick<StandaloneConfig, "webhooks" | "onAlert">): Receiver[] {
  if (onAlert === undefined) return [...webhooks];
  const taken = new Set(webhooks.map(({ name }) => name));
  let name = COMMAND_NAME;
  while (taken.has(name)) name += "-command";
  const command = onAlertReceiver(onAlert, name);
  return command.ok ? [...webhooks, command.receiver] : [...webhooks];
}
