// ThreadWindow: one tumbling minute of one thread, list or site. detector -> recorder, console.
// Half open [windowStart, windowEnd), aligned to the epoch. Values are absolute, so writing one twice changes nothing.

export type WindowScope = "thread" | "list" | "site";

export interface ThreadWindow {
  readonly v: 1;
  readonly site: string;
  readonly scope: WindowScope;
  /** Thread key, list address or site name. */
  readonly key: string;
  /** The list of a thread, when one is known. */
  readonly list?: string;
  /** ms since the epoch. */
  readonly windowStart: number;
  readonly windowEnd: number;
  /** No change is expected: the watermark passed windowEnd + allowed lateness. */
  readonly final: boolean;
  readonly replyAlls: number;
  readonly distinctRepliers: number;
  /** Mails sent by machines. */
  readonly automatic: number;
  readonly messages: number;
  /** Sum of the reach of those messages. */
  readonly recipients: number;
  /** Delivery lines with status sent. */
  readonly deliveries: number;
  readonly audience: number;
  readonly score: number;
}
