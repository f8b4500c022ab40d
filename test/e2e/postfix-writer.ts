// A mail in a few words -> the lines a Postfix server logs of it: for tests that need exact times and people.
// An audience costs nothing here: the queue manager's line names it, and only a few deliveries are written.

export interface WrittenMail {
  /** Event time, ms since the epoch. */
  readonly at: number;
  readonly messageId: string;
  readonly list: string;
  /** nrcpt. */
  readonly audience: number;
  readonly login?: string;
  /** Envelope sender; default: the login. */
  readonly sender?: string;
  readonly client?: string;
  /** Header lines; none are logged without it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Delivery lines; default 2. */
  readonly deliveries?: number;
}

const HOST = "mx1";
const CLIENT = "pc7.example.org[192.0.2.7]";
const FIRST_ID = 0x10_0000;
const ID_STEP = 7919;

/** The log of the mails, in order of time. */
export function writtenLog(mails: readonly WrittenMail[]): string[] {
  return mails
    .flatMap((mail, number) => linesOf(mail, (FIRST_ID + number * ID_STEP).toString(16).toUpperCase()))
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, text }) => `${new Date(at).toISOString()} ${HOST} postfix/${text}`);
}

interface Line {
  readonly at: number;
  readonly text: string;
}

function linesOf(mail: WrittenMail, id: string): Line[] {
  const { at, messageId, list, audience, login, client = CLIENT, headers = {}, deliveries = 2 } = mail;
  const sender = mail.sender ?? login ?? "";
  const sasl = login === undefined ? "" : `, sasl_method=PLAIN, sasl_username=${login}`;
  const envelope = `from ${client}; from=<${sender}> to=<${list}> proto=ESMTP helo=<pc7.example.org>`;
  const lines = [
    { at, text: `smtpd[201]: ${id}: client=${client}${sasl}` },
    { at, text: `cleanup[301]: ${id}: message-id=<${messageId}>` },
  ];
  for (const [name, value] of Object.entries(headers)) {
    lines.push({ at, text: `cleanup[301]: ${id}: info: header ${name}: ${value} ${envelope}` });
  }
  lines.push({ at: at + 20, text: `qmgr[101]: ${id}: from=<${sender}>, size=2143, nrcpt=${audience} (queue active)` });
  for (let n = 0; n < deliveries; n += 1) {
    const timing = `relay=store${n % 9}.example.org[198.51.100.${n % 250}]:24, delay=1.2, delays=0.1/0.4/0.1/0.6, dsn=2.0.0`;
    const to = `to=<reader${n}@example.org>, orig_to=<${list}>`;
    lines.push({ at: at + 1_000 + n, text: `lmtp[401]: ${id}: ${to}, ${timing}, status=sent (250 2.0.0 Ok)` });
  }
  return lines;
}

/** Headers of a reply to the first mail of a thread. */
export function replyHeaders(from: string, subject: string, firstId: string): Readonly<Record<string, string>> {
  return {
    From: `${from.split("@", 1)[0] ?? ""} <${from}>`,
    Subject: subject,
    "In-Reply-To": `<${firstId}>`,
    References: `<${firstId}>`,
  };
}
