import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import {
  ACCEPTED_AT,
  CLIENT,
  HEADER_TO,
  LOGIN,
  MESSAGE_ID,
  NRCPT,
  QUEUE_ID,
  REMOVED_AT,
  SENDER,
  TIMES,
} from "../../shared/domain/packed/layout.ts";
import { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import { createDetectorState, detectorSurvey, type DetectorState, takePackedMail } from "./detector.ts";
import { feed, mail, read, settingsWith, START_AT } from "./testing/conversation.ts";

/** Mails by anna to one recipient, one a second, m0@corp.example, m1@corp.example ... */
function packed(count: number, sender = "anna@corp.example"): PackedMails {
  const mails = new PackedMails();
  for (let index = 0; index < count; index += 1) {
    const at = mails.add();
    const texts = [
      [QUEUE_ID, `P${index}`],
      [MESSAGE_ID, `m${index}@corp.example`],
      [CLIENT, "10.0.0.1"],
      [LOGIN, undefined],
      [SENDER, sender],
      [HEADER_TO, undefined],
    ] as const;
    for (const [text, value] of texts) {
      mails.setNumber(at, text, value?.length ?? -1);
      if (value !== undefined) mails.append(Buffer.from(value), 0, value.length);
    }
    for (let time = 0; time < TIMES; time += 1) mails.setTime(at, time, Number.NaN);
    mails.setTime(at, ACCEPTED_AT, START_AT + index * 1000);
    mails.setTime(at, REMOVED_AT, Number.NaN);
    mails.setNumber(at, NRCPT, 1);
    mails.seal(at);
  }
  return mails;
}

function take(state: DetectorState, mails: PackedMails): boolean[] {
  return Array.from({ length: mails.count }, (_, index) => takePackedMail(state, "corp", mails, index));
}

function detector(messagesMax: number, event: Partial<MailEvent> = {}): DetectorState {
  const eventOf = (mails: PackedMails, index: number): MailEvent =>
    mail({ seconds: index, id: mails.textAt(index, MESSAGE_ID) ?? null, list: null, ...event });
  const bounds = { ...defaultDetectorSettings.bounds, messagesMax };
  return createDetectorState(settingsWith({ bounds }), {
    advise: () => [],
    packed: { event: eventOf, origin: eventOf },
  });
}

describe("packed mails", () => {
  test.each([
    { name: "by their number", sender: "anna@corp.example", held: 100 },
    { name: "by their bytes where they are long", sender: `${"long.".repeat(1280)}@corp.example`, held: 9 },
  ])("fill their half of the message table $name", ({ sender, held }) => {
    const state = detector(200);
    expect(take(state, packed(1000, sender))).not.toContain(false);
    const [site] = state.sites.values();
    expect(site?.messages.packed.youngSize).toBeLessThanOrEqual(held);
    expect(detectorSurvey(state).counters.messagesEvicted).toBeGreaterThanOrEqual(1000 - 2 * (held + 1));
  });

  test("are looked at with as many references as other mails when more comes of their message", () => {
    const references = Array.from({ length: 100 }, (_, index) => `r${index}`);
    const state = detector(1000, { hints: { references } });
    take(state, packed(1));
    const reading = read([], state);
    feed(reading, [mail({ seconds: 5, id: "m0@corp.example", recipients: 30, list: null })]);
    const [thread] = [...state.sites.values()].flatMap((site) => [...site.threads.threads.values()]);
    expect(thread?.key).toBe("r0");
    expect(thread?.ids).toHaveLength(21);
  });
});
