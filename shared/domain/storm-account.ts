// StormAccount: all that is known of one storm when the detector lets go of it, message by message. detector -> incident report.

/** How a message counts in its storm; `other` is what a person wrote that answers nobody: the starter's own, a new mail to the list. */
export type StormRole = "first" | "reply-all" | "automatic" | "other";

export interface StormMessage {
  /** Event time, ms since the epoch. */
  readonly at: number;
  readonly threadKey: string;
  readonly role: StormRole;
  /** It answers all within its own thread; a storm of a list has reply-alls that do not. */
  readonly answersThread: boolean;
  /** Under whom it counts, in clear or as a pseudonym; absent where nobody is known. */
  readonly person?: string;
  readonly recipients: number;
  readonly lists: readonly string[];
  /** Deliveries by event-time minute, ascending. */
  readonly minutes: readonly MinuteDeliveries[];
}

export interface MinuteDeliveries {
  readonly start: number;
  readonly delivered: number;
}

export interface ListReach {
  readonly address: string;
  readonly audience: number;
}

export interface StormAccount {
  readonly stormId: string;
  readonly site: string;
  /** False for what never was more than a watch. */
  readonly opened: boolean;
  readonly threadKey: string;
  readonly list?: string;
  /** Where subjects are allowed. */
  readonly subject?: string;
  readonly starter?: string;
  readonly startedAt: number;
  /** Event time from which it counts as calm; absent where it goes on. */
  readonly calmAt?: number;
  /** Event time until which what came after its calm is known; absent where it goes on. */
  readonly heldUntil?: number;
  readonly audience: number;
  readonly lists: readonly ListReach[];
  /** In order of time; of those from after it was calm the ones in threads that it had by then. */
  readonly messages: readonly StormMessage[];
}

/** Hears of storms what a report of them needs. */
export interface StormListener {
  /** The storm holds so many messages that its oldest is only counted from now on: this is what is known of it. */
  readonly left: (stormId: string, message: StormMessage) => void;
  /** Nothing more will be heard of the storm or watch. */
  readonly over: (account: StormAccount) => void;
}
