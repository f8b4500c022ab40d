// Identity of one mail as one host knows it -> its event id, the same in every run.

/** Longest event id, characters: site and host 255 each, queue id, message id 998, and what stands between them. */
export const EVENT_ID_CHARS_MAX = 1600;

/**
 * The `eventId` of a MailEvent: its parts side by side, so that no two mails share one and none has to be hashed.
 * A mail without a message id is told from others of its queue id by the time it was taken in (`at`, ms since the epoch).
 */
export function mailEventId(mail: {
  readonly site: string;
  readonly host: string;
  readonly queueId: string;
  readonly messageId: string | undefined;
  readonly at: number;
}): string {
  const last = mail.messageId === undefined ? String(mail.at) : `<${mail.messageId}>`;
  return `${mail.site} ${mail.host} ${mail.queueId} ${last}`;
}
