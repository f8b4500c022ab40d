import { describe, expect, test } from "vitest";
import { type IncidentBounds, IncidentBook } from "./incident-book.ts";
import { account, at, messages, opening } from "../../test/support/storm-account.ts";

const BOUNDS: IncidentBounds = { incidentsMax: 2, stormsMax: 3, alertsPerStormMax: 2, messagesMax: 2 };
const ROWS = [{ minute: 0, delivered: { 0: 10 } }, { minute: 1 }];

describe("a storm is told by its alerts and its account", () => {
  test("whose opening it has; a watch that never opened is none", () => {
    const book = new IncidentBook("UTC");
    book.alert(opening(1, { type: "storm.watch" }));
    book.alert(opening(2));
    book.alert(opening(3, { type: "storm.updated" }));
    book.over(account(ROWS));
    book.alert(opening(4, { stormId: "watch", type: "storm.watch" }));
    book.over(account(ROWS, { stormId: "watch", opened: false }));
    const [only] = book.incidents();
    expect(book.incidents()).toHaveLength(1);
    expect(only?.opening.detectedAt).toBe(at(2));
    expect(only?.alerts.shown.map(({ type }) => type)).toEqual(["storm.watch", "storm.opened", "storm.updated"]);
  });

  test("an end that is told after the account changes nothing", () => {
    const book = new IncidentBook("UTC");
    book.alert(opening(2));
    book.over(account(ROWS));
    book.alert(opening(9, { type: "storm.resolved" }));
    expect(book.incidents()[0]?.alerts.shown).toHaveLength(1);
  });

  test("in rows that begin with the hours and days of the report's zone", () => {
    const book = new IncidentBook("Asia/Kolkata");
    book.alert(opening(2));
    book.over(account([{ minute: 0 }, { minute: 100 * 1440 }]));
    const { rows = [] } = book.incidents()[0]?.minutes ?? {};
    expect(new Date(rows[0]?.start ?? 0).toISOString()).toBe("2026-11-23T06:30:00.000Z");
  });

  test("messages that left before the account was made are part of it, in order of time", () => {
    const book = new IncidentBook("UTC");
    const [first, second, third] = messages([{ minute: 0 }, { minute: 1 }, { minute: 2 }]);
    if (first === undefined || second === undefined || third === undefined) throw new Error("no messages");
    book.alert(opening(2));
    book.left("a23d9e6284d71437", second);
    book.left("a23d9e6284d71437", first);
    book.over({ ...account([]), messages: [third] });
    expect(book.incidents()[0]).toMatchObject({ mails: 3, replyAlls: 2, notKept: 0 });
  });
});

describe("what is kept is bounded, and what is not is counted", () => {
  test("storms: the smallest are left out", () => {
    const book = new IncidentBook("UTC", BOUNDS);
    for (const [index, delivered] of [5, 50, 500].entries()) {
      book.alert(opening(2, { stormId: `${index}` }));
      book.over(account([{ minute: 0, delivered: { 0: delivered } }], { stormId: `${index}` }));
    }
    expect(book.incidents().map(({ delivered }) => delivered)).toEqual([500, 50]);
    expect(book.notShown).toBe(1);
  });

  test("alerts of a storm, and messages that left it", () => {
    const book = new IncidentBook("UTC", BOUNDS);
    for (const minute of [1, 2, 3, 4]) book.alert(opening(minute, minute === 1 ? {} : { type: "storm.updated" }));
    for (const message of messages([{ minute: 0 }, { minute: 1 }, { minute: 2 }]))
      book.left("a23d9e6284d71437", message);
    book.over(account([{ minute: 5, role: "reply-all" }]));
    const [only] = book.incidents();
    expect([only?.alerts.shown.length, only?.alerts.more, only?.mails, only?.notKept]).toEqual([2, 2, 3, 1]);
    // The room is given back with the storm.
    book.alert(opening(2, { stormId: "next" }));
    for (const message of messages([{ minute: 0 }, { minute: 1 }])) book.left("next", message);
    book.over(account([], { stormId: "next" }));
    expect(book.incidents().find(({ stormId }) => stormId === "next")).toMatchObject({ mails: 2, notKept: 0 });
  });

  test("storms whose account never comes", () => {
    const book = new IncidentBook("UTC", BOUNDS);
    for (const stormId of ["1", "2", "3", "4"]) book.alert(opening(2, { stormId }));
    for (const stormId of ["1", "2", "3", "4"]) book.over(account(ROWS, { stormId }));
    expect(book.incidents().map(({ stormId }) => stormId)).not.toContain("1");
  });
});
