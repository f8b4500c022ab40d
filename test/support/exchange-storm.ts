// A storm on a group as two Exchange servers write it: files of an hour each, forks, hand-overs, shadow copies, out-of-office
// answers, and talk between two people on the side. The same every time; the truth about it comes with it.

import { createRandom } from "../../services/squall/simulate/random.ts";
import { createServer, logFile, type Mail, type Organisation, trackMail, type TrackedRow } from "./exchange-log.ts";

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
  /** When each reply-all was taken in, ms since the epoch, and who wrote them. */
  readonly repliesAt: readonly number[];
  readonly repliers: readonly string[];
  readonly outOfOffice: number;
}

export interface StormOptions {
  readonly members?: number;
  readonly fields?: string;
  readonly version?: string;
}

export function exchangeStorm({ members = 3000, fields, version }: StormOptions = {}): ExchangeStorm {
  const random = createRandom(2016, "exchange");
  const people = Array.from(
    { length: members },
    (_, index) => `p${String(index + 1).padStart(4, "0")}@trust.example.org`,
  );
  const org: Organisation = {
    domain: "trust.example.org",
    hubs: [createServer("EX01", "10.1.0.11"), createServer("EX02", "10.1.0.12")],
    group: "all-staff@trust.example.org",
    members: people,
    forkSize: 1000,
    databaseSize: 60,
  };
  const hasNetworkId = !(fields !== undefined && !fields.includes("network-message-id"));
  let mails = 0;
  const track = (mail: Pick<Mail, "at" | "from" | "to" | "subject"> & { readonly messageClass?: string }): void => {
    mails += 1;
    const number = mails.toString(16).padStart(12, "0");
    trackMail(org, {
      messageClass: "IPM.Note",
      messageId: `${number}@trust.example.org`,
      networkMessageId: hasNetworkId ? `6a638d20-1e63-493a-80a2-${number}` : undefined,
      ...mail,
    });
  };
  const [starter = ""] = people;
  const repliers = REPLIES_S.map((_, index) => people[(index * 37 + 2) % people.length] ?? "");
  track({ at: STARTED_AT, from: starter, to: [org.group], subject: "Test, please ignore" });
  REPLIES_S.forEach((seconds, index) => {
    const from = repliers[index] ?? "";
    const subject = SUBJECTS[index % SUBJECTS.length] ?? "";
    track({ at: STARTED_AT + seconds * 1000, from, to: [starter, org.group], subject });
  });
  let outOfOffice = 0;
  for (const [index, seconds] of [0, ...REPLIES_S].entries()) {
    const to = index === 0 ? starter : (repliers[index - 1] ?? "");
    for (let away = 0; away < 3; away += 1, outOfOffice += 1) {
      track({
        at: STARTED_AT + seconds * 1000 + random.int(40_000) + 900,
        from: people[(index * 53 + away * 17 + 900) % people.length] ?? "",
        to: [to],
        subject: "Automatic reply: Test, please ignore",
        messageClass: "IPM.Note.Rules.OofTemplate.Microsoft",
      });
    }
  }
  // Two who write to each other, all the while.
  const [, , ann = "", , bert = ""] = people;
  for (
    let at = STARTED_AT - 1_500_000, turn = 0;
    at < STARTED_AT + 2_400_000;
    at += 60_000 + random.int(60_000), turn += 1
  ) {
    track({ at, from: turn % 2 === 0 ? ann : bert, to: [turn % 2 === 0 ? bert : ann], subject: "RE: Lunch" });
  }
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
    repliesAt: REPLIES_S.map((seconds) => STARTED_AT + seconds * 1000),
    repliers,
    outOfOffice,
  };
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
