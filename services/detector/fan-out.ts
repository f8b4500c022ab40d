// FanOut: a message that has reached many (20 recipients), and what was decided of it. It outlives the message's queue ids.

import type { ListEvidence } from "../../shared/domain/mail-event.ts";
import type { MinuteSeries } from "./delivery-ledger.ts";
import { deliveriesByHop, type HopDeliveries, seriesOf } from "./hop-deliveries.ts";
import type { ListState } from "./list-table.ts";
import type { MailMessage } from "./mail-message.ts";
import type { Post } from "./post-history.ts";
import type { Storm } from "./storm.ts";
import type { ThreadHint } from "./thread-resolution.ts";
import type { Thread } from "./thread-table.ts";
import type { Changes, Chunked } from "./tracked.ts";

export interface FanOut extends Chunked {
  readonly kind: "fan-out";
  readonly message: MailMessage;
  /** The message's time, decided when it reached many. */
  readonly at: number;
  /** Reach as counted so far in windows and audiences. */
  reach: number;
  person: string | undefined;
  /** Counted as a message without a person. */
  nameless: boolean;
  /** The machine outside whose mail counts as one person's, if this came from one, by as many hops as were known then. */
  soleClient: string | undefined;
  hopsJudged: number;
  lists: FanOutList[];
  thread: Thread | undefined;
  hint: ThreadHint;
  /** The open-list rule has been applied to it. */
  watched: boolean;
  replyAll: boolean;
  /** Its place among the thread's replies, once it is one and its time was not too long ago. */
  post: Post | undefined;
  /** Its place among the posts of the first of its lists. */
  listPost: Post | undefined;
  /** Room it takes among the messages of threads: one, more where it went to many lists. */
  weight: number;
  /** Until no more is heard of the message. */
  byHop: HopDeliveries[];
  /** Of these, the hop with the largest reach: what counts everywhere. */
  deliveries: MinuteSeries;
  storm: Storm | undefined;
  /** Its turn among those that joined storms. */
  stormPlace: number;
  /** It counts among the replies of that storm. */
  stormReply: boolean;
}

export interface FanOutList {
  readonly list: ListState;
  readonly via: ListEvidence;
  /** The writer is remembered by the list; decides `newcomer` once. */
  remembered: boolean;
  newcomer: boolean;
  /** Among the list's posters or automatic mails. */
  posted: boolean;
  /** What it was among the list's posts, if it was one. */
  post: Post | undefined;
}

/** `counted`: what was counted of its deliveries before. */
export function createFanOut(
  message: MailMessage,
  at: number,
  changes?: Changes,
  { byHop, deliveries }: Pick<FanOut, "byHop" | "deliveries"> = countedUntilNow(message),
): FanOut {
  return {
    kind: "fan-out",
    // Written out: fields that are spread into an object stand outside of it.
    changes,
    id: 0,
    noted: false,
    stored: false,
    chunksTold: 0,
    chunksChanged: undefined,
    message,
    at,
    reach: 0,
    person: undefined,
    nameless: false,
    soleClient: undefined,
    hopsJudged: 0,
    lists: [],
    thread: undefined,
    hint: "new",
    watched: false,
    replyAll: false,
    post: undefined,
    listPost: undefined,
    weight: 1,
    byHop,
    deliveries,
    storm: undefined,
    stormPlace: 0,
    stormReply: false,
  };
}

function countedUntilNow(message: MailMessage): Pick<FanOut, "byHop" | "deliveries"> {
  const byHop = deliveriesByHop(message);
  return { deliveries: seriesOf(byHop, message.leading), byHop };
}
