// September 2006, Microsoft: a mail to 2,500 people is recalled, and every mailbox reports to all how that went.

import { HOUR, MINUTE, SECOND, type Mail } from "../mail.ts";
import { originOf, writeLetter } from "../letter.ts";
import { memberAt } from "../mail-list.ts";
import { DOMAIN, type Person } from "../people.ts";
import { postToLists } from "../post.ts";
import { hashText, itemAt } from "../random.ts";
import { countReplyAll, openConversation } from "../truth-book.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** 2,500 people, 2,500 automatic mails to 2,500 each: 6.25 million. */
const AUDIENCE = 2500;
/** 36 GB for 6.25 million. */
const SIZE_BYTES = 5800;
/** "Queues backed up several hours": 6.25 million in about three. */
const DELIVERIES_PER_SECOND = 600;
const RECALLED_AFTER = 4 * MINUTE;
/** A mailbox reports once the recall has come and Outlook looks at it. Most were open. */
const REPORT_MEDIAN_SECONDS = 240;
const SUBJECT = "Updated agenda for the review";

export const RECALL_STORM: Scenario = {
  startAt: Date.UTC(2006, 8, 12, 16) * 1000,
  lastsSeconds: (4 * HOUR) / SECOND,
  deliveriesPerSecond: scaledRate(DELIVERIES_PER_SECOND),
  expected: "One storm with reason automatic, opened at its 20th report at the latest. No person answers.",
  play,
};

function play(world: World): void {
  const random = world.random("storm");
  const list = addList(world, world.random("list"), "exchange-review", AUDIENCE);
  playSteadyTraffic(world, 4);
  playTeams(world, 8);
  const firstAt = clockAt(world, 16.5);
  const starterMember = random.int(list.members);
  const letter = {
    kind: "storm",
    author: memberAt(list, starterMember),
    to: list.address,
    recipients: [],
    sizeBytes: SIZE_BYTES,
  } as const;
  const post = (mail: Mail): void =>
    world.events.schedule(mail.at - SECOND, () => postToLists(world, { lists: [list], mail, random, awayShare: 0 }));
  const first = writeLetter(random, { ...letter, at: firstAt, subject: SUBJECT, program: "outlook" });
  post(first.mail);
  const recalledAt = firstAt + RECALLED_AFTER;
  const recall = writeLetter(random, {
    ...letter,
    kind: "recall",
    at: recalledAt,
    subject: `Recall: ${SUBJECT}`,
    program: "outlook",
  });
  post(recall.mail);
  const conversation = openConversation(world.truth, {
    storm: true,
    lists: [list],
    subject: SUBJECT,
    starter: letter.author.address,
    audience: list.members,
    firstAt,
    firstMessageId: first.mail.messageId,
    automatic: true,
    endedBy: "drained alone",
  });
  conversation.otherMails = 1;
  const reports: { at: number; person: Person }[] = [];
  for (let member = 0; member < list.members; member += 1) {
    const at = recalledAt + 10 * SECOND + Math.round(random.logNormal(REPORT_MEDIAN_SECONDS, 1.3) * SECOND);
    reports.push({ at, person: memberAt(list, member) });
  }
  reports.sort((a, b) => a.at - b.at);
  const schedule = (place: number): void => {
    if (place >= reports.length) return;
    const { at, person } = itemAt(reports, place);
    world.events.schedule(at - SECOND, () => {
      const mail = report(person, recall.mail, at);
      if (at < world.endAt) {
        countReplyAll(conversation, { at, person: person.address, messageId: mail.messageId });
        postToLists(world, { lists: [list], mail, random, awayShare: 0 });
      }
      schedule(place + 1);
    });
  };
  schedule(0);
}

/** Written by Outlook in the name of its owner, to everybody the recall went to. */
function report(author: Person, recall: Mail, at: number): Mail {
  const bits = hashText(`${author.address} ${at}`).toString(16).padStart(8, "0");
  return {
    kind: "recall-report",
    server: "main",
    at,
    origin: originOf(author),
    sender: author.address,
    from: `${author.display} <${author.address}>`,
    to: recall.to,
    subject: `Message Recall Success: ${SUBJECT}`,
    messageId:
      `RCL${bits}${at.toString(16)}@EXMB${String(1 + (author.number % 60)).padStart(2, "0")}.${DOMAIN}`.toUpperCase(),
    sizeBytes: SIZE_BYTES,
    program: "outlook",
    autoSubmitted: "auto-generated",
    recipients: [],
  };
}
