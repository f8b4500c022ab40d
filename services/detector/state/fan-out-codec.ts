// FanOut <-> `fan-out/ID`: a message that reached many, what was decided of it, and its places among replies and posts. Queue ids,
// where these are many, are `fan-out/ID/N`.

import { LIST_EVIDENCE } from "../../../shared/domain/mail-event.ts";
import { createMinuteSeries } from "../delivery-ledger.ts";
import { createFanOut, type FanOut, type FanOutList } from "../fan-out.ts";
import type { MailMessage } from "../mail-message.ts";
import type { Post } from "../post-history.ts";
import type { ScoreState } from "../score.ts";
import { THREAD_HINTS } from "../thread-resolution.ts";
import type { Changes } from "../tracked.ts";
import type { Fields } from "./entry-fields.ts";
import { storedMessage } from "./message-codec.ts";
import { readSeries, storedSeries } from "./series-codec.ts";
import type { IdOf, Linked } from "./linked.ts";

export function storedFanOut(fanOut: FanOut, idOf: IdOf): Readonly<Record<string, unknown>> {
  const { message, thread, storm, lists, post, listPost, byHop, deliveries } = fanOut;
  const hop = byHop.findIndex((each) => each.deliveries === deliveries);
  const own = lists.findIndex((entry) => entry.post !== undefined && entry.post === listPost);
  return {
    at: fanOut.at,
    reach: fanOut.reach,
    person: fanOut.person,
    nameless: fanOut.nameless,
    soleClient: fanOut.soleClient,
    hopsJudged: fanOut.hopsJudged,
    hint: fanOut.hint,
    watched: fanOut.watched,
    replyAll: fanOut.replyAll,
    weight: fanOut.weight,
    message: storedMessage(message),
    lists: lists.map((entry) => storedList(entry, idOf)),
    post: post === undefined ? undefined : storedPost(post),
    listPost: own >= 0 ? own : undefined,
    formerListPost: own < 0 && listPost !== undefined ? storedPost(listPost) : undefined,
    byHop: byHop.map((each) => {
      const hopIndex = message.hops.indexOf(each.hop);
      return each.deliveries.starts.length === 0 ? [hopIndex] : [hopIndex, storedSeries(each.deliveries)];
    }),
    deliveriesOf: hop,
    deliveries: hop < 0 ? storedSeries(deliveries) : undefined,
    thread: thread === undefined ? undefined : idOf(thread),
    storm: storm === undefined ? undefined : idOf(storm),
    stormPlace: fanOut.stormPlace,
    stormReply: fanOut.stormReply,
  };
}

/** Its thread and storm are not linked yet. */
export function readFanOut(fields: Fields, message: MailMessage, linked: Linked, changes: Changes | undefined): FanOut {
  const fanOut = createFanOut(message, fields.number("at"), changes);
  message.fanOut = fanOut;
  fanOut.reach = fields.number("reach");
  fanOut.person = fields.textOrNone("person");
  fanOut.nameless = fields.flag("nameless");
  fanOut.soleClient = fields.textOrNone("soleClient");
  fanOut.hopsJudged = fields.number("hopsJudged");
  fanOut.hint = fields.word("hint", THREAD_HINTS);
  fanOut.watched = fields.flag("watched");
  fanOut.replyAll = fields.flag("replyAll");
  fanOut.weight = fields.number("weight");
  fanOut.lists = fields.objects("lists").map((row) => readList(row, fanOut, linked));
  fanOut.post = readPost(fields.objectOrNone("post"), fanOut);
  fanOut.listPost = fields.has("listPost")
    ? fanOut.lists[fields.number("listPost")]?.post
    : readPost(fields.objectOrNone("formerListPost"), fanOut);
  fanOut.byHop = fields.objects("byHop").map((row) => {
    const hop = message.hops[row.number(0)];
    if (hop === undefined) throw row.refusal("has no hop");
    return { hop, deliveries: row.has(1) ? readSeries(row.object(1)) : createMinuteSeries() };
  });
  fanOut.deliveries = fanOut.byHop[fields.number("deliveriesOf")]?.deliveries ?? ownSeries(fields);
  fanOut.stormPlace = fields.number("stormPlace");
  fanOut.stormReply = fields.flag("stormReply");
  return fanOut;
}

function ownSeries(fields: Fields): FanOut["deliveries"] {
  return fields.has("deliveries") ? readSeries(fields.object("deliveries")) : createMinuteSeries();
}

function storedList(entry: FanOutList, idOf: IdOf): object {
  const { list, via, remembered, newcomer, posted, post } = entry;
  const row = [idOf(list), via, remembered, newcomer, posted];
  return post === undefined ? row : [...row, storedPost(post)];
}

function readList(row: Fields, fanOut: FanOut, linked: Linked): FanOutList {
  return {
    list: linked.list(row, row.number(0)),
    via: row.word(1, LIST_EVIDENCE),
    remembered: row.flag(2),
    newcomer: row.flag(3),
    posted: row.flag(4),
    post: readPost(row.objectOrNone(5), fanOut),
  };
}

/** Its time is the message's. */
export function storedPost(post: Post): object {
  const { person, sources, mark, identity, previousAt, distinct, timing, pause, after } = post;
  const row = [person, sources, mark, identity, previousAt, distinct, timing, pause];
  return after === undefined ? row : [...row, storedScore(after)];
}

export function readPost(row: Fields | undefined, fanOut: FanOut): Post | undefined {
  if (row === undefined) return undefined;
  return {
    at: fanOut.at,
    person: row.text(0),
    sources: row.texts(1),
    mark: row.number(2),
    fanOut,
    identity: row.text(3),
    previousAt: row.time(4, Number.NEGATIVE_INFINITY),
    distinct: row.flag(5),
    timing: row.number(6),
    pause: row.number(7),
    after: row.has(8) ? readScore(row.object(8)) : undefined,
  };
}

export function storedScore(state: ScoreState): object {
  return [state.at, state.stormIntensity, ...state.talkIntensity, state.score, state.scoreUnmarked];
}

export function readScore(row: Fields): ScoreState {
  return {
    at: row.number(0),
    stormIntensity: row.number(1),
    talkIntensity: [row.number(2), row.number(3), row.number(4)],
    score: row.number(5),
    scoreUnmarked: row.number(6),
  };
}
