// PostHistory <-> `list-posts/ID`, a part of `thread/ID`, or `thread-replies/ID` once it has been long: which messages are its posts, in
// their order, and what is still needed of those that were dropped. The posts themselves stand with their messages.

import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import { recountPeople } from "../post-people.ts";
import { createPostHistory, type Post, type PostHistory, type Starter, type Trace } from "../post-history.ts";
import type { Fields } from "./entry-fields.ts";
import { readPost, storedPost } from "./fan-out-codec.ts";
import type { IdOf, Linked } from "./linked.ts";

/** What a message was among the posts of one history, as far as the message knows. */
export type PostOf = (fanOut: FanOut) => Post | undefined;

export const threadPost: PostOf = (fanOut) => fanOut.post;

export function listPost(list: ListState): PostOf {
  return (fanOut) => fanOut.lists.find((entry) => entry.list === list)?.post;
}

/** Replies of a thread that stand with it: most threads never have more. */
const FEW_POSTS = 4;

/** Is it, from now on, to stand in an entry of its own? */
export function isApart(history: PostHistory): boolean {
  history.apart ||= history.posts.length > FEW_POSTS || history.past !== undefined;
  return history.apart;
}

export function storedHistory(history: PostHistory, idOf: IdOf, postOf: PostOf): Readonly<Record<string, unknown>> {
  const { posts, past, pastUntil, forgetAtSize, starter, lastTimes } = history;
  return {
    posts: posts.map((post) => {
      const id = idOf(post.fanOut);
      // A message that is closed no longer names a list that was forgotten.
      return postOf(post.fanOut) === post ? [id] : [id, storedPost(post)];
    }),
    pastUntil,
    forgetAtSize,
    starter: starter === undefined ? undefined : [starter.person, starter.sources, starter.at],
    // Before a post was dropped they are what the posts say.
    lastTimes: pastUntil === Number.NEGATIVE_INFINITY ? undefined : differences(lastTimes),
    identities: past === undefined ? undefined : [...past.identities],
    sources:
      past === undefined ? undefined : [...past.sources].map(([source, { identity, at }]) => [source, identity, at]),
  };
}

export function readHistory(fields: Fields, linked: Linked, postOf: PostOf): PostHistory {
  const posts = fields.objects("posts").map((row) => {
    const fanOut = linked.fanOut(row, row.number(0));
    const post = readPost(row.objectOrNone(1), fanOut) ?? postOf(fanOut);
    if (post === undefined) throw row.refusal("is no post");
    return post;
  });
  const history: PostHistory = { ...createPostHistory(), posts, touched: false };
  history.pastUntil = fields.time("pastUntil", Number.NEGATIVE_INFINITY);
  history.forgetAtSize = fields.number("forgetAtSize");
  const starter = fields.objectOrNone("starter");
  history.starter = starter === undefined ? undefined : readStarter(starter);
  if (fields.has("identities")) {
    const identities = fields.objects("identities").map((row): [string, number] => [row.text(0), row.number(1)]);
    const sources = fields
      .objects("sources")
      .map((row): [string, Trace] => [row.text(0), { identity: row.text(1), at: row.number(2) }]);
    history.past = { identities: new Map(identities), sources: new Map(sources) };
  }
  if (fields.has("lastTimes")) history.lastTimes = sums(fields.numbers("lastTimes"));
  else recountPeople(history);
  return history;
}

function readStarter(row: Fields): Starter {
  return { person: row.textOrNone(0), sources: row.texts(1), at: row.number(2) };
}

function differences(times: readonly number[]): number[] {
  return times.map((time, index) => time - (times[index - 1] ?? 0));
}

function sums(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => (sum += step));
}
