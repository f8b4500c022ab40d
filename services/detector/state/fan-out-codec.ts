// FanOut <-> `fan-out/ID`: a message that reached many, what was decided of it, its places among replies and posts, and its group, where
// it is alone in it. Queue ids, where these are many, are `fan-out/ID/N`.

import { LIST_EVIDENCE } from "../../../shared/domain/mail-event.ts";
import { createMinuteSeries } from "../delivery-ledger.ts";
import { createFanOut, type FanOut, type FanOutList } from "../fan-out.ts";
import type { HopDeliveries } from "../hop-deliveries.ts";
import type { MailMessage } from "../mail-message.ts";
import type { Post } from "../post-history.ts";
import type { ScoreState } from "../score.ts";
import { THREAD_HINTS } from "../thread-resolution.ts";
import type { Changes } from "../tracked.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";
import type { IdOf, Linked } from "./linked.ts";
import { writeMessage } from "./message-codec.ts";
import { readSeries, writeSeries } from "./series-codec.ts";

export function writeFanOut(row: RowWriter, fanOut: FanOut, idOf: IdOf): void {
  const { message, lists, post, listPost, byHop, deliveries } = fanOut;
  writeMessage(row, message);
  row.time(fanOut.at);
  row.list(byHop, ({ hop, deliveries: ofHop }) => {
    row.number(message.hops.indexOf(hop));
    row.flag(ofHop.starts.length > 0);
    if (ofHop.starts.length > 0) writeSeries(row, ofHop);
  });
  const counted = byHop.findIndex((each) => each.deliveries === deliveries);
  row.number(counted);
  if (counted < 0) writeSeries(row, deliveries);
  row.number(fanOut.reach);
  row.textOrNone(fanOut.person);
  row.flag(fanOut.nameless);
  row.textOrNone(fanOut.soleClient);
  row.number(fanOut.hopsJudged);
  row.list(lists, (entry) => writeFanOutList(row, entry, idOf));
  row.text(fanOut.hint);
  row.flag(fanOut.watched);
  row.flag(fanOut.replyAll);
  writePost(row, post);
  // Of the lists that were forgotten the post of the first may be left.
  const own = lists.findIndex((entry) => entry.post !== undefined && entry.post === listPost);
  row.number(own);
  if (own < 0) writePost(row, listPost);
  row.number(fanOut.weight);
  row.number(fanOut.stormPlace);
  row.flag(fanOut.stormReply);
  row.number(fanOut.thread === undefined ? 0 : idOf(fanOut.thread));
  row.number(fanOut.storm === undefined ? 0 : idOf(fanOut.storm));
}

/** What a fan-out names that may not be there yet; 0: none. */
export interface FanOutNames {
  readonly thread: number;
  readonly storm: number;
}

/** A fan-out, after its message in the row, whose thread and storm are not linked yet. */
export function readFanOut(
  row: RowReader,
  message: MailMessage,
  deps: { readonly linked: Linked; readonly changes: Changes | undefined },
): { readonly fanOut: FanOut; readonly names: FanOutNames } {
  const at = row.time("at");
  const byHop = row.list("byHop", () => readHopDeliveries(row, message));
  const counted = row.number("deliveriesOf");
  const deliveries = byHop[counted]?.deliveries ?? readSeries(row);
  const fanOut = createFanOut(message, at, deps.changes, { byHop, deliveries });
  message.fanOut = fanOut;
  fanOut.reach = row.number("reach");
  fanOut.person = row.textOrNone("person");
  fanOut.nameless = row.flag("nameless");
  fanOut.soleClient = row.textOrNone("soleClient");
  fanOut.hopsJudged = row.number("hopsJudged");
  fanOut.lists = row.list("lists", () => readFanOutList(row, fanOut, deps.linked));
  fanOut.hint = row.word("hint", THREAD_HINTS);
  fanOut.watched = row.flag("watched");
  fanOut.replyAll = row.flag("replyAll");
  fanOut.post = readPost(row, fanOut);
  const own = row.number("listPost");
  fanOut.listPost = own < 0 ? readPost(row, fanOut) : fanOut.lists[own]?.post;
  fanOut.weight = row.number("weight");
  fanOut.stormPlace = row.number("stormPlace");
  fanOut.stormReply = row.flag("stormReply");
  return { fanOut, names: { thread: row.number("thread"), storm: row.number("storm") } };
}

function readHopDeliveries(row: RowReader, message: MailMessage): HopDeliveries {
  const hop = message.hops[row.number("hop")] ?? row.refuse("byHop", "has no hop");
  return { hop, deliveries: row.flag("deliveries") ? readSeries(row) : createMinuteSeries() };
}

function writeFanOutList(row: RowWriter, entry: FanOutList, idOf: IdOf): void {
  row.number(idOf(entry.list));
  row.text(entry.via);
  row.flag(entry.remembered);
  row.flag(entry.newcomer);
  row.flag(entry.posted);
  writePost(row, entry.post);
}

function readFanOutList(row: RowReader, fanOut: FanOut, linked: Linked): FanOutList {
  return {
    list: linked.list(row, row.number("list")),
    via: row.word("via", LIST_EVIDENCE),
    remembered: row.flag("remembered"),
    newcomer: row.flag("newcomer"),
    posted: row.flag("posted"),
    post: readPost(row, fanOut),
  };
}

/** Its time is the message's. */
export function writePost(row: RowWriter, post: Post | undefined): void {
  row.flag(post !== undefined);
  if (post === undefined) return;
  row.text(post.person);
  row.textList(post.sources);
  row.number(post.mark);
  row.text(post.identity);
  row.time(post.previousAt);
  row.flag(post.distinct);
  row.number(post.timing);
  row.number(post.pause);
  row.flag(post.after !== undefined);
  if (post.after !== undefined) writeScore(row, post.after);
}

export function readPost(row: RowReader, fanOut: FanOut): Post | undefined {
  if (!row.flag("post")) return undefined;
  return {
    at: fanOut.at,
    person: row.text("person"),
    sources: row.textList("sources"),
    mark: row.number("mark"),
    fanOut,
    identity: row.text("identity"),
    previousAt: row.time("previousAt", Number.NEGATIVE_INFINITY),
    distinct: row.flag("distinct"),
    timing: row.number("timing"),
    pause: row.number("pause"),
    after: row.flag("after") ? readScore(row) : undefined,
  };
}

export function writeScore(row: RowWriter, state: ScoreState): void {
  row.time(state.at);
  row.number(state.stormIntensity);
  for (const intensity of state.talkIntensity) row.number(intensity);
  row.number(state.score);
  row.number(state.scoreUnmarked);
}

export function readScore(row: RowReader): ScoreState {
  return {
    at: row.time("at"),
    stormIntensity: row.number("stormIntensity"),
    talkIntensity: [row.number("talkIntensity"), row.number("talkIntensity"), row.number("talkIntensity")],
    score: row.number("score"),
    scoreUnmarked: row.number("scoreUnmarked"),
  };
}
