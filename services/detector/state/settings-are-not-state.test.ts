// Settings may change between two runs: what follows from them is worked out anew.

import { describe, expect, test } from "vitest";
import { type DetectorSettings, defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import type { SiteState } from "../site-state.ts";
import { conversation, mail, settingsWith, STAFF } from "../testing/conversation.ts";
import { KeptRun } from "../testing/kept-run.ts";

function restarted(events: readonly MailEvent[], before: DetectorSettings, after: DetectorSettings): SiteState {
  const run = new KeptRun(before, new Map());
  run.feed(
    events.map((event) => ({ kind: "event", event })),
    3,
  );
  const [site] = new KeptRun(after, run.stored).state.sites.values();
  if (site === undefined) throw new Error("no site");
  return site;
}

function trusting(...trusted: string[]): DetectorSettings {
  return settingsWith({ relays: { ...defaultDetectorSettings.relays, trusted } });
}

describe("machines", () => {
  const stranger = { login: undefined, authenticated: false, list: null };

  test.each([
    ["203.0.113.7", "203.0.113.0/24"],
    ["2001:db8:7:1::5", "2001:db8:7::/48"],
    ["::ffff:203.0.113.9", "203.0.113.0/24"],
    ["2001:db8::5", "2001:db8::/64"],
  ])("%s is inside once its network is trusted, and outside once it is not", (hop, network) => {
    const event = mail({ seconds: 1, hop, ...stranger });
    const places = (before: DetectorSettings, after: DetectorSettings): string[] =>
      [...restarted([event], before, after).clients.clients.values()].map(({ place }) => place);
    const none = settingsWith({});
    expect(places(none, none)).toEqual(["outside"]);
    expect(places(none, trusting(network))).toEqual(["inside"]);
    expect(places(trusting(network), trusting(network))).toEqual(["inside"]);
    expect(places(trusting(network), trusting("192.0.2.0/24"))).toEqual(["outside"]);
  });

  test("stand under the same key again", () => {
    const hops = ["203.0.113.7", "2001:db8:7:1::5", "::ffff:203.0.113.9", "2001:db8::5", "2a00:1:2:3:4:5:6:7"];
    const events = hops.map((hop, index) => mail({ seconds: index, hop, ...stranger }));
    const site = restarted([...events], settingsWith({}), settingsWith({}));
    expect(site.clients.clients.size).toBe(hops.length);
    const again = new KeptRun(settingsWith({}), new Map());
    again.feed(
      events.map((event) => ({ kind: "event", event })),
      1,
    );
    const [other] = again.state.sites.values();
    expect([...site.clients.clients.keys()]).toEqual([...(other?.clients.clients.keys() ?? [])]);
  });
});

describe("lists", () => {
  const events = conversation({ audience: 3000, gaps: [10] });

  test.each([
    ["a larger audience", [{ list: "*", audience: 9000 }], 9000],
    ["a smaller audience", [{ list: "*", audience: 9 }], 3000],
    ["none", [], 3000],
  ])("%s holds from the start", (_name, listRules, audience) => {
    const before = settingsWith({ listRules: [{ list: "*", audience: 7000 }] });
    const list = restarted(events, before, settingsWith({ listRules })).lists.lists.get(STAFF);
    expect(list?.audience).toBe(audience);
    expect(list?.rules.audience).toBe(listRules[0]?.audience);
  });

  test("what was measured and counted stays", () => {
    const list = restarted(events, settingsWith({}), settingsWith({ listRules: [{ list: "*", exempt: true }] }));
    expect(list.lists.lists.get(STAFF)).toMatchObject({ messages: 2, replyAlls: 1, rules: { exempt: true } });
  });
});

test("a login that the settings call shared is, and is not once they do not", () => {
  const events = [mail({ seconds: 1, login: "webmail", from: "anna@corp.example" })];
  expect(
    restarted(events, settingsWith({}), settingsWith({ sharedLogins: ["webmail"] })).persons.shared.has("webmail"),
  ).toBe(true);
});

test("a site may be called anything", () => {
  const event: MailEvent = { ...mail({ seconds: 1, recipients: 50 }), site: "a/b %~ü" };
  expect(restarted([event], settingsWith({}), settingsWith({})).site).toBe("a/b %~ü");
});
