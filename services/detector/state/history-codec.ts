// PostHistory <-> `list-posts/ID`, a part of `thread/ID`, or `thread-replies/ID` once it has been long: which messages are its posts, in
// their order, and what is still needed of those that were dropped. The posts themselves stand with their messages.

import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import { recountPeople } from "../post-people.ts";
import {
  createPostHistory,
  type Past,
  type Post,
  type PostHistory,
  type Starter,
  type Trace,
} from "../post-history.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";
import { readPost, writePost } from "./fan-out-codec.ts";
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

export function writeHistory(row: RowWriter, history: PostHistory, idOf: IdOf, postOf: PostOf): void {
  const { posts, past, pastUntil, starter, lastTimes } = history;
  row.list(posts, (post) => {
    row.number(idOf(post.fanOut));
    // A message that is closed no longer names a list that was forgotten.
    writePost(row, postOf(post.fanOut) === post ? undefined : post);
  });
  row.time(pastUntil);
  row.number(history.forgetAtSize);
  row.flag(starter !== undefined);
  if (starter !== undefined) writeStarter(row, starter);
  row.flag(past !== undefined);
  if (past !== undefined) writePast(row, past);
  // Before a post was dropped they are what the posts say.
  if (pastUntil !== Number.NEGATIVE_INFINITY) row.list(differences(lastTimes), (step) => row.number(step));
}

export function readHistory(row: RowReader, linked: Linked, postOf: PostOf): PostHistory {
  const history = createPostHistory(row.list("posts", () => readPostOf(row, linked, postOf)));
  history.touched = false;
  history.pastUntil = row.time("pastUntil", Number.NEGATIVE_INFINITY);
  history.forgetAtSize = row.number("forgetAtSize");
  history.starter = row.flag("starter") ? readStarter(row) : undefined;
  history.past = row.flag("past") ? readPast(row) : undefined;
  if (history.pastUntil !== Number.NEGATIVE_INFINITY) {
    history.lastTimes = sums(row.list("lastTimes", () => row.number("lastTime")));
  } else if (history.posts.length > 0) recountPeople(history);
  return history;
}

function readPostOf(row: RowReader, linked: Linked, postOf: PostOf): Post {
  const fanOut = linked.fanOut(row, row.number("fanOut"));
  return readPost(row, fanOut) ?? postOf(fanOut) ?? row.refuse("posts", "name what is no post");
}

function writeStarter(row: RowWriter, { person, sources, at }: Starter): void {
  row.textOrNone(person);
  row.textList(sources);
  row.time(at);
}

function readStarter(row: RowReader): Starter {
  return { person: row.textOrNone("person"), sources: row.textList("sources"), at: row.time("at") };
}

function writePast(row: RowWriter, { identities, sources }: Past): void {
  row.list([...identities], ([identity, at]) => {
    row.text(identity);
    row.time(at);
  });
  row.list([...sources], ([source, { identity, at }]) => {
    row.text(source);
    row.text(identity);
    row.time(at);
  });
}

function readPast(row: RowReader): Past {
  const identities = row.list("identities", (): [string, number] => [row.text("identity"), row.time("at")]);
  const sources = row.list("sources", (): [string, Trace] => [
    row.text("source"),
    { identity: row.text("identity"), at: row.time("at") },
  ]);
  return { identities: new Map(identities), sources: new Map(sources) };
}

function differences(times: readonly number[]): number[] {
  return times.map((time, index) => time - (times[index - 1] ?? 0));
}

function sums(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => (sum += step));
}
