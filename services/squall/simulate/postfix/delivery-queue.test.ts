import { expect, test } from "vitest";
import { DeliveryQueue } from "./delivery-queue.ts";
import { createEventQueue } from "../event-queue.ts";
import { writeLetter } from "../letter.ts";
import { LineBuffer } from "../line-buffer.ts";
import { LogClock } from "../log-clock.ts";
import { SECOND } from "../mail.ts";
import { createMailList, memberAddress, type MailList } from "../mail-list.ts";
import { personAt } from "../people.ts";
import { createRandom } from "../random.ts";

const AT = Date.UTC(2016, 10, 14, 8, 59, 59) * 1000;

function setUp(): {
  queue: DeliveryQueue;
  add: (queueId: string, list: MailList) => void;
  run: () => string[];
  told: string[];
} {
  const events = createEventQueue();
  const buffer = new LineBuffer("rfc3339", new LogClock(0));
  const queue = new DeliveryQueue({
    buffer,
    counts: { sent: 0, deferred: 0, bounced: 0 },
    deliveriesPerSecond: 1000,
    events,
  });
  const told: string[] = [];
  const add = (queueId: string, list: MailList): void => {
    const members = { list, first: 0, count: list.members, throughAlias: true };
    const letter = {
      kind: "list",
      at: AT,
      author: personAt(1),
      to: list.address,
      subject: "x",
      recipients: [],
      sizeBytes: 1,
    } as const;
    const { mail } = writeLetter(createRandom(1, queueId), letter);
    const common = { mail, members, queueId, host: "mta01", acceptedAt: AT, activeAt: AT + 20_000 };
    queue.add({
      ...common,
      retried: () => told.push(`${queueId} again`),
      finished: () => told.push(`${queueId} finished`),
    });
  };
  const run = (): string[] => {
    let text = "";
    while (Math.min(events.nextAt(), queue.nextAt()) < Infinity) {
      if (queue.nextAt() < events.nextAt()) queue.writeUntil(Infinity);
      else events.runNext();
      text += buffer.take().toString("latin1");
    }
    return text.trimEnd().split("\n");
  };
  return { queue, add, run, told };
}

test("mails take turns, at the rate of the whole system, and everybody gets each", () => {
  const { queue, add, run, told } = setUp();
  const list = createMailList(createRandom(1, "list"), "all@nhs.example", 3000);
  add("AAAA", list);
  add("BBBB", list);
  expect(queue.backlogSeconds).toBe(6);
  const lines = run().filter((line) => !line.includes("status=deferred"));
  const ids = lines.map((line) => line.split(" ")[3]);
  expect(ids.slice(0, 50).every((id) => id === "AAAA:")).toBe(true);
  expect(ids.slice(50, 100).every((id) => id === "BBBB:")).toBe(true);
  const recipients = lines
    .filter((line) => line.includes("AAAA:"))
    .map((line) => /to=<(.*?)>, orig_to=<all@nhs\.example>/.exec(line)?.[1] ?? "");
  expect(recipients.sort()).toEqual(Array.from({ length: 3000 }, (_, member) => memberAddress(list, member)).sort());
  expect(new Set(told.filter((each) => each.endsWith("finished")))).toEqual(
    new Set(["AAAA finished", "BBBB finished"]),
  );
  const stamps = lines.map((line) => Date.parse(line.slice(0, 23) + "Z"));
  expect(stamps.filter((stamp) => stamp < AT / 1000 + 1080).length).toBeGreaterThan(950);
  expect(stamps.filter((stamp) => stamp < AT / 1000 + 1080).length).toBeLessThan(1050);
});

test("those deferred get it at a later attempt", () => {
  const { add, run, told } = setUp();
  add("CCCC", createMailList(createRandom(2, "list"), "all@nhs.example", 60_000));
  const lines = run();
  const addressOf = (line: string): string => /to=<(.*?)>/.exec(line)?.[1] ?? "";
  const deferred = lines.filter((line) => line.includes("status=deferred"));
  expect(deferred.length).toBeGreaterThan(0);
  const later = new Map(lines.filter((line) => line.includes("status=sent")).map((line) => [addressOf(line), line]));
  for (const line of deferred) {
    const again = later.get(addressOf(line)) ?? "";
    expect(Date.parse(again.slice(0, 23)) - Date.parse(line.slice(0, 23))).toBeGreaterThan((300 * SECOND) / 1000);
  }
  expect(told).toEqual(["CCCC again", "CCCC finished"]);
});
