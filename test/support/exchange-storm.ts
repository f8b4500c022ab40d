// A storm on a group as two Exchange servers write it: files of an hour each, forks, hand-overs, shadow copies, out-of-office
// answers, and talk between two people on the side. The same every time; the truth about it comes with it.

import { createRandom } from "../../services/squall/simulate/random.ts";
import { logFile, type TrackedRow } from "./exchange-log.ts";
import { createServer, type Mail, type Organisation } from "./exchange-organisation.ts";
import { trackMail } from "./exchange-servers.ts";

const HOUR_MS = 3_600_000;
const STARTED_AT = Date.UTC(2016, 10, 14, 8, 29);
/** Reply-alls, seconds after the first mail: the storm goes on in the next hour's files. */
const REPLIES_S = [250, 310, 335, 420, 505, 530, 610, 700, 805, 980, 1100, 1240, 1420, 1700, 1900, 2050];
const SUBJECTS = [
  "RE: Test, please ignore",
  "RE: Test, please ignore",
  "AW: Test, please ignore",
  'RE: "Test", please ignore',
  "Re: RE: Test, please ignore",
  "RE: Test, please ignore – arrêtez, s'il vous plaît",
];

export interface StormFile {
  /** As Exchange names it, the server in front. */
  readonly name: string;
  readonly text: string;
}

export interface ExchangeStorm {
  readonly files: readonly StormFile[];
  readonly group: string;
  readonly members: number;
  readonly starter: string;
  readonly startedAt: number;
  /** When each reply-all was taken in, ms since the epoch. */
  readonly repliesAt: readonly number[];
}

export interface StormOptions {
  readonly members?: number;
  /** Reply-alls, 16 at most. */
  readonly replies?: number;
  readonly fields?: string;
  readonly version?: string;
}

export function exchangeStorm(options: StormOptions = {}): ExchangeStorm {
  const { members = 3000, fields, version } = options;
  const repliesS = REPLIES_S.slice(0, options.replies);
  const people = Array.from(
    { length: members },
    (_, index) => `p${String(index + 1).padStart(4, "0")}@trust.example.org`,
  );
  const org: Organisation = {
    domain: "trust.example.org",
    hubs: [createServer("EX01", "10.1.0.11"), createServer("EX02", "10.1.0.12")],
    group: "all-staff@trust.example.org",
    members: people,
    away: new Set(people.filter((_, index) => index % 2 === 1)),
    forkSize: 1000,
    databaseSize: 60,
  };
  const track = tracker(org, !(fields !== undefined && !fields.includes("network-message-id")));
  const [starter = ""] = people;
  const repliers = repliesS.map((_, index) => people[(index * 37 + 2) % people.length] ?? "");
  track({ at: STARTED_AT, from: starter, to: [org.group], subject: "Test, please ignore" });
  repliesS.forEach((seconds, index) => {
    const from = repliers[index] ?? "";
    const subject = SUBJECTS[index % SUBJECTS.length] ?? "";
    track({ at: STARTED_AT + seconds * 1000, from, to: [starter, org.group], subject });
  });
  trackOthers(track, { people, writers: [starter, ...repliers], repliesS });
  return {
    files: org.hubs.flatMap(({ name, transport, submission, delivery }) => [
      ...hourly(`${name}/MSGTRK`, transport, { fields, version }),
      ...hourly(`${name}/MSGTRKMS`, submission, { fields, version }),
      ...hourly(`${name}/MSGTRKMD`, delivery, { fields, version }),
    ]),
    group: org.group,
    members,
    starter,
    startedAt: STARTED_AT,
    repliesAt: repliesS.map((seconds) => STARTED_AT + seconds * 1000),
  };
}

type Track = (mail: Pick<Mail, "at" | "from" | "to" | "subject"> & { readonly messageClass?: string }) => void;

function tracker(org: Organisation, hasNetworkId: boolean): Track {
  let mails = 0;
  return (mail) => {
    mails += 1;
    const number = mails.toString(16).padStart(12, "0");
    trackMail(org, {
      messageClass: "IPM.Note",
      messageId: `${number}@trust.example.org`,
      networkMessageId: hasNetworkId ? `6a638d20-1e63-493a-80a2-${number}` : undefined,
      ...mail,
    });
  };
}

/** Who is out of the office and says so to each writer, and two who write to each other all the while. */
function trackOthers(
  track: Track,
  storm: {
    readonly people: readonly string[];
    readonly writers: readonly string[];
    readonly repliesS: readonly number[];
  },
): void {
  const { people, writers, repliesS } = storm;
  const random = createRandom(2016, "exchange");
  for (const [index, seconds] of [0, ...repliesS].entries()) {
    for (let away = 0; away < 3; away += 1) {
      track({
        at: STARTED_AT + seconds * 1000 + random.int(40_000) + 900,
        from: people[(index * 53 + away * 17 + 900) % people.length] ?? "",
        to: [writers[index] ?? ""],
        subject: "Automatic reply: Test, please ignore",
        messageClass: "IPM.Note.Rules.OofTemplate.Microsoft",
      });
    }
  }
  let [, , from = "", , to = ""] = people;
  for (let at = STARTED_AT - 1_500_000; at < STARTED_AT + 2_400_000; at += 60_000 + random.int(60_000)) {
    track({ at, from, to: [to], subject: "RE: Lunch" });
    [from, to] = [to, from];
  }
}

/** One file an hour, as the servers rotate them: MSGTRK2016111408-1.LOG. */
function hourly(
  name: string,
  rows: readonly TrackedRow[],
  options: { readonly fields: string | undefined; readonly version: string | undefined },
): StormFile[] {
  const hours = new Map<number, TrackedRow[]>();
  for (const row of rows) {
    const hour = Math.floor(row.at / HOUR_MS) * HOUR_MS;
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, [row]);
    else known.push(row);
  }
  return [...hours].map(([hour, inHour]) => ({
    name: `${name}${new Date(hour).toISOString().slice(0, 13).replaceAll(/[-T]/g, "")}-1.LOG`,
    text: logFile(inHour, {
      ...(options.fields === undefined ? {} : { fields: options.fields }),
      ...(options.version === undefined ? {} : { version: options.version }),
    }),
  }));
}
