import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFanOut } from "./fan-out.ts";
import { createMessage } from "./mail-message.ts";
import {
  createPost,
  createPostHistory,
  insertPost,
  type Post,
  type PostHistory,
  settlePosts,
  trimHistory,
} from "./post-history.ts";
import { distinctPeople, eligiblePeople } from "./post-people.ts";
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
    expect(history.past?.identities.size).toBeLessThanOrEqual(2048);
    expect(history.past?.sources.size).toBeLessThanOrEqual(2048);
    expect(history.lastTimes.length).toBe(9000);
    expect(history.posts).toHaveLength(256);
  });
});

describe("how many people", () => {
  /** Straight from the posts: what the counts must be while none was dropped. */
  const counted = ({ posts, starter }: PostHistory, index: number, from: number): number => {
    const within = posts.slice(0, index + 1).filter((post) => post.at >= from);
    return new Set(within.map((post) => post.identity).filter((identity) => identity !== starter?.person)).size;
  };

  test("is what the posts say at each of them, whatever the order of their arrival, with the starter known late", () => {
    const one = fc.record({
      minutes: fc.integer({ min: 0, max: 150 }),
      person: fc.constantFrom("a", "b", "c", "d", "e"),
      sender: fc.constantFrom(undefined, "x", "y", "a", "b"),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), fc.integer({ min: 0, max: 40 }), (rows, starterAfter) => {
        const history = createPostHistory();
        rows.forEach(({ minutes, person, sender }, number) => {
          if (number === starterAfter) {
            history.starter = { person: "c", sources: ["y"], at: 0 };
            settlePosts(history, limits.distinctMs);
          }
          insertPost(history, postOf(minutes, person, sender), limits);
        });
        for (const index of history.posts.keys()) {
          for (const minutes of [0, 30, 75, 140]) {
            const from = minutes * MINUTE;
            expect(distinctPeople(history, index, from)).toBe(counted(history, index, from));
            const all = eligiblePeople(history, { index, from, enough: Infinity }, () => true);
            expect(all).toBe(counted(history, index, from));
          }
        }
      }),
    );
  });

  test("costs no look at any post, however many people wrote", () => {
    const looks = (people: number): number => {
      let looked = 0;
      const posts = new Proxy<Post[]>([], {
        get: (target, key, receiver): unknown => {
          if (typeof key === "string" && /^\d+$/.test(key)) looked += 1;
          return Reflect.get(target, key, receiver);
        },
      });
      const history: PostHistory = { ...createPostHistory(), posts };
      for (let index = 0; index < people; index += 1) {
        insertPost(history, postOf(index / 100, `p${index}`), limits);
        trimHistory(history, limits, () => undefined);
      }
      looked = 0;
      expect(distinctPeople(history, posts.length - 1, 0)).toBe(people);
      return looked;
    };
    expect([looks(100), looks(400), looks(1600)]).toEqual([0, 0, 0]);
  });
});
