// The storm (or watch) as the detector keeps it from its first watch until two hours after its end.

import type { Severity, StormAlertType, StormReason, StormScope } from "../../shared/domain/storm-alert.ts";
import type { MinuteSeries } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import type { ListState } from "./list-table.ts";
import type { Thread } from "./thread-table.ts";
import type { Tracked } from "./tracked.ts";

export interface Storm extends Tracked {
  readonly kind: "storm";
  /** Of what began it: the same whoever works it out, and after a restart. */
  readonly stormId: string;
  revision: number;
  /** The scope that opened it, before that the scope of the watch. */
  scope: StormScope;
  scopes: StormScope[];
  threadKey: string;
  /** The first message: its writer is no replier. */
  first: FanOut;
  startedAt: number;
  /** At list scope: messages to its lists from then on belong to it. */
  listSince: number;
  detectedAt: number;
  severity: Severity;
  /** A storm, not only a watch. */
  opened: boolean;
  reasons: StormReason[];
  /** In order of joining: the first list names the storm. */
  readonly lists: Set<ListState>;
  /** In order of joining, the oldest dropped when there are too many. */
  readonly threads: Set<Thread>;
  /** Largest audience seen of these. */
  audience: number;
  /** Messages in order of joining, the oldest dropped when there are too many. */
  members: FanOut[];
  dropped: DroppedMembers;
  readonly deliveries: MinuteSeries;
  /** Event time from which it counts as calm, as known now. */
  calmAt: number;
  ended: boolean;
  /** Reply-alls among its members, dropped ones included. */
  replies: number;
  /** Its scopes or its first message changed: what counts as a reply, and when it is calm, are to be worked out again. */
  recount: boolean;
  /** Values of the last alert; the next update comes when one has doubled. */
  told: { replyAlls: number; deliveries: number };
  /** What the current step has to say of it. */
  pending: StormAlertType | undefined;
  /** Thread whose score the alert shows. */
  shown: Thread;
}

export interface DroppedMembers {
  replyAlls: number;
  automatic: number;
  notDelivered: number;
}
