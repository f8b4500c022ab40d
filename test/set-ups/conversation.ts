// A storm on a list of 3,000 as people and their machines write it, minute by minute, and the truth about it. The same for every
// set-up: what differs is how the mail server carries it.

import { createRandom } from "../../services/squall/simulate/random.ts";
import { byLetter, type Letter, letter, type MailProgram } from "./letters.ts";
import { type Person, personAt } from "./people.ts";
import { asides, machines, ordinaryMails, ordinaryTraffic } from "./side-mails.ts";
import { step, type Step, STORM_AT } from "./step.ts";

export const LIST = "all-staff@lists.example.org";
/** A moderator looks at what this person sends to the list. */
export const MODERATED: Person = personAt(77);

const MINUTE_MS = 60_000;

export interface Truth {
  readonly list: string;
  readonly starter: string;
  readonly startedAt: number;
  /** Distinct messages to the list by other people than the starter, the moderated one among them. */
  readonly replyAlls: number;
  readonly audience: number;
  /** When the moderated answer went to all. */
  readonly releasedAt: number;
  /** Messages that went to all, machines' and the starter's own among them. */
  readonly messagesToAll: number;
}

export interface Conversation {
  readonly steps: readonly Step[];
  readonly truth: Truth;
}

export interface ConversationOptions {
  readonly seed: number;
  readonly members: number;
  /** Answers to all, the moderated one besides: of those below, the first so many. */
  readonly answers: number;
  /** What the list manager puts before subjects. */
  readonly tag: string;
  /** Minutes from one piece of ordinary mail to the next. */
  readonly ordinaryMinutes: number;
}

interface Answer {
  readonly seconds: number;
  readonly person: number;
  readonly program: MailProgram;
  /** Which letter it answers: 0 the first mail, then the answers from 1. */
  readonly to: number;
  readonly prefix: string;
  /** Another subject than that of the conversation. */
  readonly subject?: string;
  /** Goes to the starter besides. */
  readonly cc?: boolean;
}

const SUBJECT = "Prüfung des Verteilers für alle – bitte ignorieren";

const ANSWERS: readonly Answer[] = [
  { seconds: 95, person: 11, program: "outlook", to: 0, prefix: "RE: ", cc: true },
  { seconds: 165, person: 25, program: "gmail", to: 0, prefix: "Re: " },
  { seconds: 206, person: 42, program: "apple-mail", to: 1, prefix: "Re: " },
  { seconds: 239, person: 58, program: "thunderbird", to: 2, prefix: "AW: " },
  { seconds: 330, person: 66, program: "outlook-mobile", to: 0, prefix: "RE: " },
  { seconds: 560, person: 83, program: "broken", to: 4, prefix: "Antwort: " },
  { seconds: 620, person: 91, program: "gmail", to: 4, prefix: "Re: ", subject: "UNSUBSCRIBE", cc: true },
  { seconds: 700, person: 42, program: "apple-mail", to: 7, prefix: "Re: ", subject: "UNSUBSCRIBE" },
  { seconds: 850, person: 104, program: "outlook-web", to: 0, prefix: "RE: " },
  { seconds: 1010, person: 117, program: "thunderbird", to: 6, prefix: "Re: " },
  { seconds: 1200, person: 123, program: "outlook", to: 9, prefix: "RE: ", cc: true },
];

export const ANSWERS_MAX = ANSWERS.length;

/** Sent at minute 5 and released 25 minutes later: longer than a mail that was not accepted is waited for. */
const MODERATED_ANSWER: Answer = { seconds: 290, person: 77, program: "outlook", to: 0, prefix: "RE: " };
const RELEASED_SECONDS = 1790;

export function stormConversation(options: ConversationOptions): Conversation {
  const random = createRandom(options.seed, "set-ups");
  const starter = personAt(3);
  const first = letter({ number: 0, author: starter, program: "outlook", subject: SUBJECT, to: [LIST] });
  const answers = ANSWERS.slice(0, options.answers);
  const letters: Letter[] = [first];
  for (const [index, answer] of answers.entries()) letters.push(answerLetter(answer, index + 1, letters, options.tag));
  const moderated = answerLetter(MODERATED_ANSWER, 90, letters, options.tag);
  const steps: Step[] = [step(0, [byLetter(first)])];
  for (const [index, answer] of answers.entries()) {
    const sent = letters[index + 1];
    if (sent !== undefined) steps.push(step(answer.seconds, [byLetter(sent), ...ordinaryMails(random, 2)]));
  }
  steps.push(step(MODERATED_ANSWER.seconds, [byLetter(moderated)]));
  steps.push({ ...step(RELEASED_SECONDS, []), releases: true });
  steps.push(...starterAgain(first, options.tag), ...asides(letters));
  steps.push(...machines(first, LIST, options.tag));
  steps.push(...ordinaryTraffic(random, options.ordinaryMinutes * MINUTE_MS));
  return {
    steps: steps.toSorted((a, b) => a.at - b.at),
    truth: {
      list: LIST,
      starter: starter.address,
      startedAt: STORM_AT,
      replyAlls: answers.length + 1,
      audience: options.members,
      releasedAt: STORM_AT + RELEASED_SECONDS * 1000,
      messagesToAll: answers.length + 4,
    },
  };
}

function answerLetter(answer: Answer, number: number, letters: readonly Letter[], tag: string): Letter {
  const { program, prefix, subject = `${tag}${SUBJECT}` } = answer;
  return letter({
    number,
    author: personAt(answer.person),
    program,
    subject: `${prefix}${subject}`,
    to: [LIST],
    cc: answer.cc === true ? letters.slice(0, 1).map(({ author }) => author.address) : [],
    answers: letters[answer.to],
  });
}

/** The starter writes to all once more: no answer of somebody else. */
function starterAgain(first: Letter, tag: string): Step[] {
  const again = answerLetter({ seconds: 480, person: 3, program: "outlook", to: 0, prefix: "RE: " }, 91, [first], tag);
  return [step(480, [byLetter(again)])];
}
