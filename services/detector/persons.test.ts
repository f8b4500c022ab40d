import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { createMessage } from "./mail-message.ts";
import { createPersonTable, noteLogin, type PersonTable, personOf } from "./persons.ts";
import { mail } from "./testing/conversation.ts";

const DAY = 86_400_000;
const settings = defaultDetectorSettings;

function person(
  table: PersonTable,
  facts: { login?: string; from?: string; sender?: string },
  at: number,
): string | undefined {
  const message = createMessage(mail({ seconds: 0 }), "m");
  Object.assign(message, facts);
  return personOf(table, message, at, settings);
}

describe("the person", () => {
  test.each([
    { facts: { login: "anna", from: "f", sender: "s" }, who: "anna" },
    { facts: { from: "f", sender: "s" }, who: "f" },
    { facts: { sender: "s" }, who: "s" },
    { facts: {}, who: undefined },
  ])("of $facts is $who", ({ facts, who }) => {
    expect(person(createPersonTable(settings), facts, 0)).toBe(who);
  });

  test.each(["webmail", "Webmail"])("a login that is configured as shared says nothing of the person: %s", (login) => {
    const table = createPersonTable({ ...settings, sharedLogins: [login] });
    expect(person(table, { login: "webmail", from: "f" }, 0)).toBe("f");
    expect(person(table, { login, from: "f" }, 0)).toBe("f");
    expect(person(table, { login: "webmail" }, 0)).toBe("webmail");
  });

  test("a login is shared from one day after its sixth From address was first seen", () => {
    const table = createPersonTable(settings);
    for (let index = 1; index <= 5; index += 1)
      noteLogin(table, { login: "smarthost", from: `f${index}`, at: 0 }, settings);
    expect(person(table, { login: "smarthost", from: "f1" }, 90 * DAY)).toBe("smarthost");
    noteLogin(table, { login: "smarthost", from: "f6", at: DAY }, settings);
    noteLogin(table, { login: "smarthost", from: "f7", at: 5 * DAY }, settings);
    expect(person(table, { login: "smarthost", from: "f1" }, 2 * DAY - 1)).toBe("smarthost");
    expect(person(table, { login: "smarthost", from: "f1" }, 2 * DAY)).toBe("f1");
  });

  test("logins are bounded; shared ones stay", () => {
    const its = { ...settings, bounds: { ...settings.bounds, loginsMax: 10 } };
    const table = createPersonTable(its);
    for (let index = 1; index <= 6; index += 1) noteLogin(table, { login: "smarthost", from: `f${index}`, at: 0 }, its);
    const dropped = Array.from({ length: 50 }, (_, index) =>
      noteLogin(table, { login: `l${index}`, from: "f", at: 1 }, its),
    );
    expect(dropped.filter(Boolean)).toHaveLength(41);
    expect(table.logins.size).toBe(10);
    expect(person(table, { login: "smarthost", from: "f1" }, DAY)).toBe("f1");
  });
});
