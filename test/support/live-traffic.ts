// Lines of a busy Postfix by the second: short mails of one recipient each, and small storms on lists among them.

/** Lines of one short mail. */
export const LINES_A_MAIL = 5;

/** RFC 3339 with milliseconds and zone, as rsyslog writes it. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+00:00");
}

function queueId(number: number): string {
  return (0xa000000000 + number).toString(16).toUpperCase();
}

/** All lines of the `number`th short mail, accepted, delivered and removed at one time. */
export function shortMail(number: number, ms: number, host = "mx1"): string {
  const at = stamp(ms);
  const id = queueId(number);
  const person = number % 20_000;
  return (
    `${at} ${host} postfix/smtpd[${2000 + (number % 50)}]: ${id}: client=pc${person}.example[10.1.${person >> 8}.${person & 255}], sasl_method=PLAIN, sasl_username=p${person}@corp.example\n` +
    `${at} ${host} postfix/cleanup[2100]: ${id}: message-id=<${number}.m@corp.example>\n` +
    `${at} ${host} postfix/qmgr[900]: ${id}: from=<p${person}@corp.example>, size=2412, nrcpt=1 (queue active)\n` +
    `${at} ${host} postfix/lmtp[2200]: ${id}: to=<p${(person * 7 + 1) % 20_000}@corp.example>, relay=store.corp.example[10.0.0.9]:24, delay=0.1, delays=0.05/0/0.02/0.03, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n` +
    `${at} ${host} postfix/qmgr[900]: ${id}: removed\n`
  );
}

export interface ListMail {
  /** Unlike any other mail's. */
  readonly number: number;
  readonly list: string;
  readonly members: number;
  /** Number of who wrote it. */
  readonly writer: number;
  readonly subject: string;
  /** Message-ID of the mail that it answers, if any. */
  readonly answers?: string;
}

export function listMailId(number: number): string {
  return `l${number}@corp.example`;
}

/** All lines of a mail to a list that is a virtual alias, header lines logged. */
export function listMail({ number, list, members, writer, subject, answers }: ListMail, ms: number): string {
  const at = stamp(ms);
  const id = queueId(0x1000000000 + number);
  const info = (text: string): string =>
    `${at} mx1 postfix/cleanup[2100]: ${id}: info: header ${text} from pc.example[10.2.0.${writer & 255}]; from=<w${writer}@corp.example> to=<${list}> proto=ESMTP helo=<pc>\n`;
  const head =
    `${at} mx1 postfix/smtpd[2300]: ${id}: client=pc.example[10.2.0.${writer & 255}], sasl_method=PLAIN, sasl_username=w${writer}@corp.example\n` +
    info(`Subject: ${subject}`) +
    info(`From: w${writer}@corp.example`) +
    (answers === undefined ? "" : info(`References: <${answers}>`)) +
    `${at} mx1 postfix/cleanup[2100]: ${id}: message-id=<${listMailId(number)}>\n` +
    `${at} mx1 postfix/qmgr[900]: ${id}: from=<w${writer}@corp.example>, size=3412, nrcpt=${members} (queue active)\n`;
  const deliveries = Array.from(
    { length: members },
    (_, member) =>
      `${at} mx1 postfix/lmtp[2200]: ${id}: to=<m${member}@corp.example>, orig_to=<${list}>, relay=store.corp.example[10.0.0.9]:24, delay=0.1, delays=0.05/0/0.02/0.03, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n`,
  );
  return `${head}${deliveries.join("")}${at} mx1 postfix/qmgr[900]: ${id}: removed\n`;
}

export interface StormMail {
  /** Unlike any other mail's; the mails of a storm are numbered one after the other. */
  readonly number: number;
  readonly storm: number;
  /** 0: the mail that the others answer. */
  readonly turn: number;
  readonly members: number;
}

/** A mail of a storm on a list of its own. */
export function stormMail({ number, storm, turn, members }: StormMail, ms: number): string {
  return listMail(
    {
      number,
      list: `all-${storm}@corp.example`,
      members,
      writer: turn,
      subject: `${turn === 0 ? "" : "Re: "}About ${storm}`,
      ...(turn === 0 ? {} : { answers: listMailId(number - turn) }),
    },
    ms,
  );
}
