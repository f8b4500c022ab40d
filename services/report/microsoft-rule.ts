// messages of many conversations in order of time -> when Microsoft 365's Reply-all Storm Protection would have tripped.
//
// The rule as Microsoft documents it: 10 reply-alls to a conversation with 2,500 recipients or more within 60 minutes; replies to
// it are then refused for 6 hours. Count, recipients (1,000-5,000) and block (1-12 h) can be set, the 60 minutes cannot.
//
// What the documents leave open, decided here:
// - The 60 minutes slide with every reply. Blocks of an aligned hour would trip later or not at all.
// - Whether the starter's own mails count is not said: both ways can be run.
// - Mail sent by machines does not count. It says "reply all", which machines answering a person do not do.
// - A reply that is refused by the block counts for nothing; after the block counting begins anew. We cannot know which people
//   would have been kept from answering, so what follows a first trip is a guess: compare first trips.
//
// | reply-alls at minute                 | trips                                 |
// | 0 1 2 3 4 5 6 7 8 9                  | at 9, its 10th                        |
// | 0 10 20 30 40 50 60 70 80 90         | never: at most 6 within any hour      |
// | 0, then 51 52 53 54 55 56 57 58 59   | at 59: ten in less than 60 minutes    |
// | 0, then 52 53 54 55 56 57 58 59 60   | never: the first is 60 minutes old    |

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface MicrosoftRuleSettings {
  readonly replyAllsMin: number;
  readonly recipientsMin: number;
  readonly windowMs: number;
  readonly blockMs: number;
  /** Whether mails by the person who began the conversation count as reply-alls. */
  readonly starterCounts: boolean;
}

/** As shipped, the starter's own mails left out. */
export const microsoftDefaults: MicrosoftRuleSettings = {
  replyAllsMin: 10,
  recipientsMin: 2500,
  windowMs: HOUR_MS,
  blockMs: 6 * HOUR_MS,
  starterCounts: false,
};

export interface MicrosoftMessage {
  /** Event time, ms since the epoch. */
  readonly atMs: number;
  /** Of its conversation; the first message with a key begins it, whoever wrote it. */
  readonly thread: string;
  readonly sender: string;
  readonly recipients: number;
  /** It answers within the conversation. The first message of a conversation is never one. */
  readonly isReply: boolean;
  readonly isAutomatic: boolean;
}

export interface MicrosoftTrip {
  readonly thread: string;
  /** Event time of the reply-all that tripped it. */
  readonly atMs: number;
  /** How many reply-alls the conversation had by then, that one included, however old; refused ones are none. */
  readonly replyAlls: number;
  /** Event time of the conversation's first message. */
  readonly startedAtMs: number;
  /** 1 at the conversation's first trip. */
  readonly tripOfThread: number;
}

interface Conversation {
  readonly starter: string;
  readonly startedAtMs: number;
  /** Reply-alls of the last 60 minutes, ascending; fewer than it takes to trip. */
  recent: number[];
  replyAlls: number;
  trips: number;
  blockedUntilMs: number;
}

/** Microsoft's rule over many conversations. Every conversation is remembered: it is for evaluations, which end. */
export class MicrosoftRule {
  private readonly settings: MicrosoftRuleSettings;
  private readonly conversations = new Map<string, Conversation>();
  private lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: MicrosoftRuleSettings = microsoftDefaults) {
    this.settings = settings;
  }

  /** Takes the next message; says so when it trips the rule. Throws RangeError when it is older than the one before. */
  see(message: MicrosoftMessage): MicrosoftTrip | undefined {
    if (!(message.atMs >= this.lastAtMs)) throw new RangeError("messages must come in order of time");
    this.lastAtMs = message.atMs;
    const conversation = this.conversations.get(message.thread);
    if (conversation !== undefined)
      return this.isReplyAll(conversation, message) ? this.count(conversation, message) : undefined;
    this.conversations.set(message.thread, {
      starter: message.sender,
      startedAtMs: message.atMs,
      recent: [],
      replyAlls: 0,
      trips: 0,
      blockedUntilMs: Number.NEGATIVE_INFINITY,
    });
    return undefined;
  }

  private isReplyAll(conversation: Conversation, message: MicrosoftMessage): boolean {
    if (!message.isReply || message.isAutomatic || message.recipients < this.settings.recipientsMin) return false;
    return this.settings.starterCounts || message.sender !== conversation.starter;
  }

  private count(conversation: Conversation, { atMs, thread }: MicrosoftMessage): MicrosoftTrip | undefined {
    if (atMs < conversation.blockedUntilMs) return undefined;
    conversation.replyAlls += 1;
    conversation.recent = conversation.recent.filter((at) => at > atMs - this.settings.windowMs);
    conversation.recent.push(atMs);
    if (conversation.recent.length < this.settings.replyAllsMin) return undefined;
    conversation.recent = [];
    conversation.trips += 1;
    conversation.blockedUntilMs = atMs + this.settings.blockMs;
    const { replyAlls, startedAtMs, trips } = conversation;
    return { thread, atMs, replyAlls, startedAtMs, tripOfThread: trips };
  }
}
