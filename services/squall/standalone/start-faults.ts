// What a start can end with that is nobody's bug -> one line for a person; undefined for anything else.

import { FollowPositionError } from "../../../shared/adapters/files/follow/generation-mark.ts";
import { StateLogError } from "../../../shared/runtime/state-log.ts";
import { StateValueError } from "../../../shared/domain/state-value.ts";
import { OutboxEntryError } from "../../alerter/outbox-entries.ts";
import { SilenceEntryError } from "../../alerter/silences.ts";
import { StateEntryError } from "../../detector/state/state-entry-error.ts";

const ENTRY_ERRORS = [StateValueError, StateEntryError, OutboxEntryError, SilenceEntryError, FollowPositionError];

/** `state`: the state directory. */
export function whatCannotBeUsed(error: unknown, state: string): string | undefined {
  if (error instanceof StateLogError) return error.message;
  if (!(error instanceof Error) || !ENTRY_ERRORS.some((kind) => error instanceof kind)) return undefined;
  return `${state}: ${error.message}: it was written by another version, or is damaged; start with another --state, or move this one away`;
}
