// lists -> what ordinary things are sent to them: newsletters, announcements, patch series, digests, machine reports, a spam run.

import type { DiscussionOptions } from "./discussion.ts";
import { playDiscussion } from "./discussion.ts";
import { writeLetter } from "./letter.ts";
import { HANDOVER_LEAD, MINUTE, SECOND, type Mail } from "./mail.ts";
import { memberAt, type MailList } from "./mail-list.ts";
import { incoming } from "./ordinary-traffic.ts";
import { DOMAIN } from "./people.ts";
import { postToLists } from "./post.ts";
import { itemAt, type Random } from "./random.ts";
import { ANNOUNCEMENT_SUBJECTS, NEWSLETTER_SUBJECTS, PATCH_SUBJECTS, SPAM_SUBJECTS } from "./subjects.ts";
import type { World } from "./world.ts";

export interface Occasion {
  readonly list: MailList;
  readonly at: number;
}

/** Share of readers whose mailbox answers a newsletter: hundreds for a big one. */
const NEWSLETTER_AWAY_SHARE = 0.012;
const OUTSIDE_FORGED = [
  "promo.example.com",
  "office.example.net",
  "billing.example.org",
  "scan.example.com",
  "post.example.net",
  "bank.example.org",
];

/** One mail to everybody, and hundreds of automatic answers to its sender. */
export function playNewsletter(world: World, random: Random, { list, at }: Occasion): void {
  const author = memberAt(list, random.int(list.members));
  const subject = random.pick(NEWSLETTER_SUBJECTS);
  const { mail } = writeLetter(random, {
    kind: "newsletter",
    at,
    author,
    to: list.address,
    subject,
    recipients: [],
    sizeBytes: 180_000,
  });
  world.events.schedule(at - HANDOVER_LEAD, () =>
    postToLists(world, { lists: [list], mail, random, awayShare: NEWSLETTER_AWAY_SHARE }),
  );
}

/** One mail to everybody and two quick words of thanks, to everybody too: short of a storm. */
export function playAnnouncement(world: World, random: Random, { list, at }: Occasion): void {
  const options: DiscussionOptions = {
    list,
    subject: random.pick(ANNOUNCEMENT_SUBJECTS),
    startAt: at,
    kind: "announcement",
    answersToFirst: 40,
    branching: 0,
    repliesMax: 2,
    participants: 20,
    livelier: 6,
    awayShare: NEWSLETTER_AWAY_SHARE / 2,
  };
  playDiscussion(world, random, options);
}

/** One sender, 10 to 40 mails within a minute, each answering the first. */
export function playPatchSeries(world: World, random: Random, { list, at }: Occasion): void {
  const author = memberAt(list, random.int(list.members));
  const count = 10 + random.int(31);
  const subject = random.pick(PATCH_SUBJECTS);
  const numbered = (n: number): string =>
    `[PATCH ${String(n).padStart(String(count).length, "0")}/${count}] ${subject}`;
  const letter = {
    kind: "patch",
    author,
    to: list.address,
    recipients: [],
    sizeBytes: 6500,
    program: "thunderbird",
  } as const;
  const cover = writeLetter(random, { ...letter, at, subject: numbered(0) });
  const gap = (MINUTE - 5 * SECOND) / count;
  const post = (mail: Mail): void =>
    world.events.schedule(mail.at - HANDOVER_LEAD, () =>
      postToLists(world, { lists: [list], mail, random, awayShare: 0 }),
    );
  post(cover.mail);
  for (let n = 1; n <= count; n += 1) {
    const patchAt = at + Math.round(n * gap) + random.int(SECOND);
    post(writeLetter(random, { ...letter, at: patchAt, subject: numbered(n), answers: cover.thread }).mail);
  }
}

/** 10 to 40 mails within minutes to a list that takes mail from anyone: other senders, other subjects, no login. */
export function playSpamRun(world: World, random: Random, { list, at }: Occasion): void {
  const count = 10 + random.int(31);
  let sentAt = at;
  for (let n = 0; n < count; n += 1) {
    sentAt += 1 + Math.round(random.exponential(9) * SECOND);
    const domain = random.pick(OUTSIDE_FORGED);
    const subject = `${itemAt(SPAM_SUBJECTS, n % SPAM_SUBJECTS.length)} #${random.int(100_000)}`;
    const sender = `${random.int(36 ** 5).toString(36)}@${domain}`;
    const mail = incoming(random, { at: sentAt, domain, sender, to: list.address, subject, recipients: [] });
    const handedAt = sentAt - HANDOVER_LEAD;
    world.events.schedule(handedAt, () =>
      postToLists(world, { lists: [list], mail: { ...mail, kind: "spam", sizeBytes: 3000 }, random, awayShare: 0 }),
    );
  }
}

/** The day's mails of a managed list in one. */
export function playDigest(world: World, random: Random, { list, at }: Occasion): void {
  const [name = "list", host = DOMAIN] = list.address.split("@");
  const mail: Mail = {
    kind: "digest",
    server: "main",
    at,
    sender: `${name}-bounces@${host}`,
    from: `${name}-request@${host}`,
    to: list.address,
    subject: `${name} Digest, Vol 12, Issue ${100 + random.int(300)}`,
    messageId: `mailman.${random.int(100_000)}.${Math.floor(at / SECOND)}.1843.${name}@${host}`,
    sizeBytes: 42_000,
    program: "machine",
    recipients: [],
  };
  world.events.schedule(at - HANDOVER_LEAD, () =>
    world.mailSystem.post(mail, { lists: [list], people: [], byManager: true }),
  );
}

/** Servers report to the people who run them, at the same minute of the clock. */
export function playMachineReport(world: World, random: Random, { list, at }: Occasion, machine: number): void {
  const name = `app${String(machine).padStart(2, "0")}`;
  const sender = `root@${name}.${DOMAIN}`;
  const sentAt = at + random.int(20 * SECOND);
  const mail: Mail = {
    kind: "cron",
    server: "main",
    at: sentAt,
    origin: { name: `${name}.${DOMAIN}`, address: `10.40.9.${machine}`, helo: `${name}.${DOMAIN}` },
    sender,
    from: `${sender} (Cron Daemon)`,
    to: list.address,
    subject: `Cron <root@${name}> test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily`,
    messageId: `${Math.floor(sentAt / SECOND)}.${random.int(100_000_000)}@${name}.${DOMAIN}`,
    sizeBytes: 1100,
    program: "machine",
    autoSubmitted: "auto-generated",
    recipients: [],
  };
  world.events.schedule(sentAt - HANDOVER_LEAD, () =>
    postToLists(world, { lists: [list], mail, random, awayShare: 0 }),
  );
}
