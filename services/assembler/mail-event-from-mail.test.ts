import { describe, expect, test } from "vitest";
import { AT, fragment } from "../../test/support/fragment.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { mailEventFromMail, saysTheSame } from "./mail-event-from-mail.ts";
import { openMail } from "./open-mail.ts";

const clear = { name: (address: string) => address, allowSubject: true };
const NOW = AT + 600_000;

function told(said: Partial<MailFragment>, people = clear): MailEvent | undefined {
  const mail = openMail(fragment({ acceptedAt: AT, messageId: "a@x", nrcpt: 3, ...said }));
  return mailEventFromMail(mail, NOW, people);
}

test.each<[string, Partial<MailFragment>]>([
  ["message id", { messageId: undefined }],
  ["recipients", { nrcpt: undefined }],
  ["time", { acceptedAt: undefined }],
])("nothing is told of a mail without %s", (_name, said) => {
  expect(told(said)).toBeUndefined();
});

test("a mail that carried no message id is told from others by its time", () => {
  expect(told({ messageId: "" })).toMatchObject({ eventId: `test mx 97CA59841E6 ${AT}`, messageId: undefined });
  expect(told({})?.eventId).toBe("test mx 97CA59841E6 <a@x>");
});

describe("recipients", () => {
  const expansions = [{ address: "all@x", members: 3000 }];
  test.each<[string, Partial<MailFragment>, number]>([
    ["as at acceptance", { nrcpt: 3 }, 3],
    ["a group is its members", { nrcpt: 1, expansions }, 3000],
    ["beside others", { nrcpt: 3, expansions }, 3002],
    ["groups in a group", { nrcpt: 1, expansions: [...expansions, { address: "a@x", members: 40 }] }, 3039],
    ["those named twice count once", { nrcpt: 3, expansions, duplicateTo: ["a@x", "b@x"] }, 3000],
    ["without a group nobody is named twice", { nrcpt: 3, duplicateTo: ["a@x", "b@x"] }, 3],
    ["never none", { nrcpt: 1, expansions: [{ address: "a@x", members: 1 }], duplicateTo: ["a@x", "b@x"] }, 1],
    [
      "never beyond what an event may say",
      { nrcpt: 1, expansions: ["a@x", "b@x"].map((address) => ({ address, members: 1_000_000_000 })) },
      1_000_000_000,
    ],
  ])("%s", (_name, said, recipients) => {
    expect(told(said)?.recipients).toBe(recipients);
  });

  test("are as many as deliveries may be", () => {
    const minutes = [{ start: AT, delivered: 5000, deferred: 0, bounced: 0 }];
    expect(told({ nrcpt: 1, expansions, minutes })?.minutes[0]?.delivered).toBe(3000);
  });
});

describe("the hop is the machine that handed it over", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8::1", "2001:db8::1"],
    ["127.0.0.1", "mx"],
    ["127.0.1.1", "mx"],
    ["::1", "mx"],
    ["local", "mx"],
    [undefined, "mx"],
  ])("%s", (client, hop) => {
    expect(told({ client })?.hop).toBe(hop);
  });

  test.each<[Partial<MailFragment>, number, string]>([
    [{ client: "local" }, 2, "mx local"],
    [{ client: "127.0.0.1", login: "jo" }, 2, "mx local"],
    [{ client: "127.0.0.1" }, 2, "mx loopback"],
    [{}, 2, "mx loopback"],
    [{ client: "127.0.0.1" }, 1, "mx"],
    [{ client: "192.0.2.7" }, 2, "192.0.2.7"],
  ])("%j, %i of 3 handed on to the host itself: %s", (said, handedOn, hop) => {
    const minutes = [{ start: AT, delivered: 3, deferred: 0, bounced: 0 }];
    expect(told({ ...said, handedOn, minutes })?.hop).toBe(hop);
  });
});

test("a mail that was on hold is taken in when it is released", () => {
  const releasedAt = AT + 5_400_000;
  expect(told({ held: true, releasedAt })).toMatchObject({ at: releasedAt });
  expect(told({ held: true })).toMatchObject({ at: AT });
});

describe("the writer", () => {
  const viaList = { "list-id": "<news.lists.example.org>", from: "Ann via News <news@lists.example.org>" };
  test.each<[string, Partial<MailFragment>, Partial<MailEvent>]>([
    [
      "is From",
      { headers: { from: "Ann <Ann@Example.org>" }, sender: "list-bounces@lists.example.org" },
      { from: "ann@example.org", sender: undefined, senderDomain: "example.org" },
    ],
    [
      "is Reply-To where the list took From",
      { headers: { ...viaList, "reply-to": "ann@example.org" } },
      { from: "ann@example.org" },
    ],
    [
      "is not known where the list took both",
      { headers: { ...viaList, "reply-to": "news@lists.example.org" } },
      { from: undefined },
    ],
    [
      "is not Reply-To otherwise",
      { headers: { from: "ann@example.org", "reply-to": "bob@example.org" } },
      { from: "ann@example.org" },
    ],
    [
      "may be a recipient too",
      { headers: { from: "ann@example.org" }, headerTo: "ann@example.org" },
      { from: "ann@example.org" },
    ],
    [
      "has the domain of the envelope where no header names one",
      { sender: "SRS0=H=T=mail.example.co.uk=jo@fwd.example" },
      { from: undefined, sender: "jo@mail.example.co.uk", senderDomain: "example.co.uk" },
    ],
    [
      "has the domain of the login where nothing else does",
      { sender: "", login: "Jo@Example.org" },
      {
        login: "jo@example.org",
        sender: undefined,
        senderDomain: "example.org",
        authenticated: true,
        automatic: "null-sender",
      },
    ],
    [
      "is nobody",
      { sender: "" },
      { from: undefined, sender: undefined, login: undefined, senderDomain: undefined, authenticated: false },
    ],
  ])("%s", (_name, said, event) => {
    expect(told(said)).toMatchObject(event);
  });

  test("and all people are named as the setting has it, lists and domains are not", () => {
    const people = { name: (address: string) => `p:${address.length}`, allowSubject: false };
    const event = told(
      {
        headers: { from: "ann@example.org", subject: "Re: Secret" },
        sender: "bob@example.org",
        login: "ann",
        origTo: [{ address: "l@x", seen: 30 }],
      },
      people,
    );
    expect(event).toMatchObject({
      from: "p:15",
      sender: "p:15",
      login: "p:3",
      senderDomain: "example.org",
      subject: undefined,
      lists: [{ address: "l@x", via: "orig_to" }],
    });
    expect(event?.hints.subjectKey).toBe("secret");
  });
});

describe("deliveries", () => {
  const minute = (
    minutes: number,
    delivered: number,
  ): { start: number; delivered: number; deferred: number; bounced: number } => ({
    start: AT + minutes * 60_000,
    delivered,
    deferred: 1,
    bounced: 0,
  });

  test("are told of minutes that began before, and of no more than the recipients", () => {
    const minutes = [minute(0, 2), minute(1, 2), minute(9, 2), minute(10, 1)];
    expect(told({ minutes })?.minutes).toEqual([minute(0, 2), minute(1, 1), minute(9, 0)]);
  });

  test("and those summed count among them", () => {
    const mail = openMail(fragment({ acceptedAt: AT, messageId: "a@x", nrcpt: 3, minutes: [minute(1, 3)] }));
    mail.earlier = { delivered: 2, deferred: 5, bounced: 0 };
    expect(mailEventFromMail(mail, NOW, clear)).toMatchObject({
      minutes: [minute(1, 1)],
      earlier: { delivered: 2, deferred: 5 },
    });
    mail.earlier = { delivered: 9, deferred: 5, bounced: 0 };
    expect(mailEventFromMail(mail, NOW, clear)).toMatchObject({
      minutes: [minute(1, 0)],
      earlier: { delivered: 3, deferred: 5 },
    });
  });
});

test("a later word that tells nothing new is known as such", () => {
  const mail = openMail(fragment({ acceptedAt: AT, messageId: "a@x", nrcpt: 3 }));
  const first = mailEventFromMail(mail, NOW, clear);
  mail.event = first;
  const second = mailEventFromMail(mail, NOW, clear);
  mail.said.login = "jo";
  const third = mailEventFromMail(mail, NOW, clear);
  if (first === undefined || second === undefined || third === undefined) throw new Error("not accepted");
  expect([second.revision, third.revision]).toEqual([2, 2]);
  expect(saysTheSame(first, second)).toBe(true);
  expect(saysTheSame(first, third)).toBe(false);
});
