// What is beside a storm: answers to one person, absence notes, bounces, and the ordinary mail of the hour.

import type { Random } from "../../services/squall/simulate/random.ts";
import type { OutgoingMail, SmtpClient } from "../support/smtp-client.ts";
import { byLetter, headersOf, type Letter, letter, type MailProgram } from "./letters.ts";
import { addressesOf, DOMAIN, personAt } from "./people.ts";
import { step, type Step, STORM_AT } from "./step.ts";

/** Another list than that of the storm, on which people talk as they do. */
export const QUIET_LIST = "choir@lists.example.org";
export const QUIET_MEMBERS: readonly string[] = addressesOf(4000, 60);

const MINUTE_MS = 60_000;
const ORDINARY_FROM = STORM_AT - 20 * MINUTE_MS;
/** Long enough after the last answer for the storm to be over. */
const ORDINARY_UNTIL = STORM_AT + 75 * MINUTE_MS;

/** Answers to the sender alone, to the first of the letters. */
export function asides(letters: readonly Letter[]): Step[] {
  const programs: readonly MailProgram[] = ["gmail", "outlook", "apple-mail", "thunderbird"];
  return letters.slice(0, programs.length).map((answers, index) => {
    const program = programs[index] ?? "gmail";
    const aside = letter({
      number: 200 + index,
      author: personAt(500 + index * 7),
      program,
      subject: `Re: ${answers.subject}`,
      to: [answers.author.address],
      answers,
    });
    return step(130 + index * 97, [byLetter(aside)]);
  });
}

const EDGE: SmtpClient = { name: "edge.example.net", address: "198.51.100.25" };

/** Absence notes and bounces to whoever wrote, and one absence note to the list itself. */
export function machines(first: Letter, list: string, tag: string): Step[] {
  const notes = Array.from({ length: 6 }, (_, index) => {
    const absent = personAt(700 + index);
    const headers = [
      `From: ${absent.address}`,
      `To: <${first.author.address}>`,
      `Subject: ${index % 2 === 0 ? "Automatic reply: " : "Abwesend: "}${tag}Verteiler`,
      `In-Reply-To: <${first.id}>`,
      `References: <${first.id}>`,
      ...(index % 2 === 0 ? ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"] : ["X-Autoreply: yes"]),
      `Message-ID: <vacation${index}@example.org>`,
    ];
    return step(12 + index * 61, [{ sender: "", recipients: [first.author.address], headers, client: absent.client }]);
  });
  const bounces = Array.from({ length: 4 }, (_, index) =>
    step(31 + index * 83, [bounce(first.author.address, index, first)]),
  );
  const toList: OutgoingMail = {
    sender: "",
    recipients: [list],
    headers: [
      `From: ${personAt(710).address}`,
      `To: <${list}>`,
      `Subject: Automatic reply: ${tag}Verteiler`,
      `In-Reply-To: <${first.id}>`,
      "Auto-Submitted: auto-generated",
      "Message-ID: <vacation-to-all@example.org>",
    ],
    client: personAt(710).client,
  };
  return [...notes, ...bounces, step(415, [toList])];
}

/** A bounce from outside, the mail that came back attached: its header lines are not the bounce's own. */
function bounce(recipient: string, number: number, about: Letter): OutgoingMail {
  return {
    sender: "",
    recipients: [recipient],
    headers: [
      "From: MAILER-DAEMON@mail.example.net (Mail Delivery System)",
      `To: ${recipient}`,
      "Subject: Undelivered Mail Returned to Sender",
      "Auto-Submitted: auto-replied",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="b0"',
      `Message-Id: <bounce${number}@mail.example.net>`,
    ],
    body: ["--b0", "Content-Type: message/rfc822", "", ...headersOf(about), "", "Hello.", "", "--b0--"].join("\r\n"),
    client: EDGE,
  };
}

/** From before the storm until after it: a mail or two, now and then one to the other list. */
export function ordinaryTraffic(random: Random, gapMs: number): Step[] {
  const steps: Step[] = [];
  const talk: Letter[] = [];
  for (let at = ORDINARY_FROM; at < ORDINARY_UNTIL; at += gapMs) {
    const mails = ordinaryMails(random, 1 + random.int(2));
    if (talk.length < 4 && (at - ORDINARY_FROM) % (20 * MINUTE_MS) === 10 * MINUTE_MS) {
      const said = quietLetter(talk);
      talk.push(said);
      mails.push(byLetter(said));
    }
    steps.push({ at: at + random.int(50) * 1000, mails });
  }
  return steps;
}

function quietLetter(talk: readonly Letter[]): Letter {
  const number = talk.length;
  const answers = talk.at(-1);
  const subject = `${answers === undefined ? "" : "Re: "}Probe am Donnerstag`;
  return letter({
    number: 300 + number,
    author: personAt(4000 + number),
    program: "thunderbird",
    subject,
    to: [QUIET_LIST],
    answers,
  });
}

export function ordinaryMails(random: Random, count: number): OutgoingMail[] {
  return Array.from({ length: count }, () => {
    const author = random.chance(0.7) ? personAt(5000 + random.int(900)) : undefined;
    const recipients = Array.from({ length: 1 + random.int(3) }, () => personAt(200 + random.int(4800)).address);
    const sender = author?.address ?? `contact${random.int(400)}@example.net`;
    return {
      sender,
      recipients: [...new Set(recipients)],
      headers: [
        `From: <${sender}>`,
        `To: ${recipients.map((address) => `<${address}>`).join(", ")}`,
        `Subject: ${random.pick(["Angebot", "Lunch?", "Re: Protokoll", "Rechnung 4711", "Termin"])} ${random.int(1000)}`,
        `Message-ID: <${random.int(1_000_000_000)}.${random.int(1_000_000_000)}@${author === undefined ? "mail.example.net" : DOMAIN}>`,
      ],
      client: author?.client ?? EDGE,
    };
  });
}
