// A storm that happens now, in few lines: a mail to a large list and replies to all, each by somebody else. Its postfix has just begun to
// deliver: how many it reaches stands in its first lines.

import { topicNames } from "../../../shared/domain/topics.ts";
import type { TopicLog } from "../../../shared/runtime/topic-log.ts";
import { listMail, listMailId } from "../live-traffic.ts";
import { feedLines } from "./line-feeder.ts";

const MEMBERS = 5_000;
const REPLIES = 5;
/** Lines of deliveries of one mail. */
const DELIVERIES = 3;

/** Storms of different numbers have nothing in common. */
function liveStorm(number: number, atMs: number): { readonly list: string; readonly lines: readonly string[] } {
  const list = `all-${number}@corp.example`;
  const first = 100 * number;
  const lines: string[] = [];
  for (let reply = 0; reply <= REPLIES; reply += 1) {
    const answers = reply === 0 ? {} : { answers: listMailId(first) };
    const mail = { number: first + reply, list, members: MEMBERS, writer: first + reply, subject: "Test", ...answers };
    let deliveries = 0;
    for (const line of listMail(mail, atMs + 100 * reply).split("\n")) {
      if (line.includes("/lmtp[")) deliveries += 1;
      const isLeftOut = line === "" || line.endsWith(": removed") || deliveries > DELIVERIES;
      if (!isLeftOut) lines.push(line);
    }
  }
  return { list, lines };
}

/** A line a record, over all partitions in turn; again where no broker took them. Returns the list. */
export async function raiseStorm(log: TopicLog, prefix: string, number: number): Promise<string> {
  const topic = topicNames(prefix)["mail-logs"];
  const { list, lines } = liveStorm(number, Date.now() - 2_000);
  const partitions = (await log.partitionsOf(topic)) ?? 0;
  await feedLines(log, lines, {
    topic,
    partitions,
    linesPerRecord: 1,
    linesPerSecond: undefined,
    recordsPerWrite: 100,
  });
  return list;
}
