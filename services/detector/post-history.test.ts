import { describe, expect, test } from "vitest";
import { createFanOut } from "./fan-out.ts";
import { createMessage } from "./mail-message.ts";
import {
  createPost,
  createPostHistory,
  distinctPeople,
  insertPost,
  type Post,
  type PostHistory,
  trimHistory,
} from "./post-history.ts";
import { mail } from "./testing/conversation.ts";

const limits = { distinctMs: 3_600_000, postsMax: 256 };
const MINUTE = 60_000;

function postOf(minutes: number, person: string, sender?: string): Post {
  const event = mail({ seconds: 0, id: `${person} ${minutes}` });
  const message = createMessage(event, `${person} ${minutes}`);
  message.sender = sender;
  return createPost(createFanOut(message, minutes * MINUTE), person, 0);
}

function historyOf(posts: readonly Post[]): PostHistory {
  const history = createPostHistory();
  for (const post of posts) insertPost(history, post, limits);
  return history;
}

const distinct = (history: PostHistory): boolean[] => history.posts.map((post) => post.distinct);

describe("who counts", () => {
  test("a person counts again only an hour after the last post", () => {
    expect(distinct(historyOf([postOf(0, "a"), postOf(50, "a"), postOf(105, "a"), postOf(165, "a")]))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test("one envelope sender under many names is one person, for an hour", () => {
    const history = historyOf([postOf(0, "a", "x"), postOf(1, "b", "x"), postOf(2, "c", "x"), postOf(63, "d", "x")]);
    expect(history.posts.map((post) => post.identity)).toEqual(["a", "a", "a", "d"]);
    expect(distinct(history)).toEqual([true, false, false, true]);
  });

  test("a sender that is the person itself never counts as somebody else's", () => {
    expect(distinct(historyOf([postOf(0, "a", "b"), postOf(1, "b", "b")]))).toEqual([true, true]);
  });

  test("the starter's sender under another name is the starter", () => {
    const history = createPostHistory();
    history.starter = { person: "anna", sources: ["x"], at: 0 };
    insertPost(history, postOf(1, "b", "x"), limits);
    expect(distinct(history)).toEqual([false]);
    expect(distinctPeople(history, 0, 0)).toBe(0);
  });

  test("a late post is put in its place", () => {
    const history = historyOf([postOf(0, "a"), postOf(30, "b"), postOf(20, "b")]);
    expect(history.posts.map((post) => [post.at / MINUTE, post.distinct])).toEqual([
      [0, true],
      [20, true],
      [30, false],
    ]);
  });
});

describe("bounds", () => {
  test("dropped posts still count as people of the hour, and as seen", () => {
    const history = historyOf(Array.from({ length: 300 }, (_, index) => postOf(index / 10, `p${index}`)));
    expect(trimHistory(history, limits, () => undefined)).toBe(44);
    expect(distinctPeople(history, 255, 0)).toBe(300);
    insertPost(history, postOf(31, "p3"), limits);
    expect(history.posts.at(-1)?.distinct).toBe(false);
    expect(insertPost(history, postOf(1, "late"), limits)).toBe(-1);
  });

  test("what is remembered of dropped posts is bounded", () => {
    const history = createPostHistory();
    for (let index = 0; index < 9000; index += 1) {
      insertPost(history, postOf(index / 1000, `p${index}`, `s${index}`), limits);
      trimHistory(history, limits, () => undefined);
    }
    expect(history.pastIdentities.size).toBeLessThanOrEqual(4096);
    expect(history.pastSources.size).toBeLessThanOrEqual(4096);
    expect(history.posts).toHaveLength(256);
  });
});
