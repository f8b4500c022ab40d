// RelaySettings: when a machine outside may stand for many people, and when all its mail without a login is one person's.

export interface RelaySettings {
  /** Addresses or networks (192.0.2.0/24) of machines outside that may stand for many. When given, no other machine outside
   *  does; when not, what was seen of each decides. */
  readonly trusted?: readonly string[];
  /** It may from afterMs after this many senders were seen from it, */
  readonly senders: number;
  readonly afterMs: number;
  /** or when it handed over this share of the mail of the hours before, or when that were fewer mails than mailsMin. */
  readonly share: number;
  readonly mailsMin: number;
}

export const defaultRelaySettings: RelaySettings = { senders: 6, afterMs: 3_600_000, share: 0.25, mailsMin: 20 };
