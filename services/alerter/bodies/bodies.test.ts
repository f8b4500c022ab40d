import { describe, expect, test } from "vitest";

import { decodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import type { Advice, StormAlert } from "../../../shared/domain/storm-alert.ts";
import { sentAlert } from "../sent-alert.ts";
import { stormAlert } from "../testing/storm-alerts.ts";
import type { BodyKind } from "../receiver-settings.ts";
import type { WebhookBody } from "./webhook-body.ts";
import { webhookBody } from "./webhook-body.ts";

const base = stormAlert();
const opened = stormAlert({
  type: "storm.opened",
  severity: "critical",
  stormId: "q7Zk0hS1",
  revision: 1,
  list: "all-staff@nhs.example",
  subject: "Test",
  starter: "it@croydon.example",
  startedAt: Date.UTC(2016, 10, 14, 8, 29, 0),
  detectedAt: Date.UTC(2016, 10, 14, 8, 31, 12),
  reasons: ["cascade", "pace"],
  evidence: {
    ...base.evidence,
    replyAlls: 3,
    autoReplies: 0,
    audience: 840_000,
    deliveriesSoFar: 24_000,
    deliveriesPerMinute: 12_000,
    score: 10.0243,
  },
  forecast: { minutes: 15, atLeast: 3_336_000 },
  advice: [
    {
      system: "postfix",
      text: "Hold what is queued on mx1.",
      command: "printf '%s\\n' 3tHqKz5Yz1z9Cx | postsuper -h -",
    },
    { system: "mailman", text: "Close the list.", command: "mailman shell -l all-staff <<'END'\nclose\nEND" },
  ],
});
const resolved = {
  ...opened,
  type: "storm.resolved" as const,
  resolvedAt: Date.UTC(2016, 10, 14, 10, 15, 0),
  revision: 9,
};

function bodyOf(kind: BodyKind, alert: StormAlert): WebhookBody {
  const content = { stormKey: alert.stormId, ...sentAlert(alert), holders: 1 };
  return webhookBody(kind, content, { timeZone: "Europe/London" });
}

function slackText(alert: StormAlert): string {
  const parsed = JSON.parse(bodyOf("slack", alert).body) as { text: string };
  expect(Object.keys(parsed)).toEqual(["text"]);
  return parsed.text;
}

test("standard: the StormAlert itself", () => {
  const { body, headers } = bodyOf("standard", opened);
  expect(decodeStormAlert(body)).toEqual({ ok: true, alert: opened });
  expect(headers).toEqual({ "content-type": "application/json" });
});

describe("text", () => {
  test("a storm that opens", () => {
    expect(bodyOf("text", opened)).toEqual({
      body: `3 reply-alls in 2 min, 840,000 recipients each
subject: Test
started by: it@croydon.example, 08:29:00 on 14 November 2016 (Europe/London)
deliveries: 24,000 so far, 12,000 a minute; at least 3,336,000 more accepted, not yet delivered
why: cascade, pace, score 10.0 (ordinary talk looks like this about once in 23,000 threads)
do now (postfix): Hold what is queued on mx1.
printf '%s\\n' 3tHqKz5Yz1z9Cx | postsuper -h -
do now (mailman): Close the list.
mailman shell -l all-staff <<'END'
close
END
storm q7Zk0hS1 revision 1
`,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        title: "CRITICAL: reply-all storm on all-staff@nhs.example",
        priority: "5",
        tags: "rotating_light",
      },
    });
  });

  test("a storm that is over", () => {
    expect(bodyOf("text", resolved).body).toBe(`calm again after 1 h 46 min: 3 reply-alls, 24,000 deliveries
subject: Test
started by: it@croydon.example, 08:29:00 on 14 November 2016 (Europe/London)
storm q7Zk0hS1 revision 9
`);
    expect(bodyOf("text", resolved).headers).toMatchObject({
      title: "Over: reply-all storm on all-staff@nhs.example",
      priority: "3",
      tags: "white_check_mark",
    });
  });

  test.each([
    {
      type: "storm.watch",
      severity: "watch",
      priority: "2",
      tags: "eyes",
      begin: "Watch: perhaps a reply-all storm on",
    },
    { type: "storm.opened", severity: "warning", priority: "4", tags: "warning", begin: "WARNING: reply-all storm on" },
    {
      type: "storm.updated",
      severity: "critical",
      priority: "5",
      tags: "rotating_light",
      begin: "CRITICAL: reply-all",
    },
  ] as const)("$type $severity: priority $priority", ({ type, severity, priority, tags, begin }) => {
    const { headers } = bodyOf("text", { ...opened, type, severity });
    expect(headers).toMatchObject({ priority, tags });
    expect(headers["title"]?.startsWith(begin)).toBe(true);
  });

  test("a title that is not ASCII is an encoded word", () => {
    const { list: _list, ...without } = opened;
    const title = bodyOf("text", { ...without, subject: "Größe" }).headers["title"] ?? "";
    expect(title).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=$/u);
    expect(Buffer.from(title.slice(10, -2), "base64").toString()).toBe("CRITICAL: reply-all storm on Größe");
  });

  test("what is too long loses its commands whole, then advice, never its ids", () => {
    const large = (count: number): Advice[] =>
      Array.from({ length: count }, () => ({ system: "postfix", text: "Ä".repeat(350), command: "x".repeat(3_900) }));
    for (const count of [1, 3, 40]) {
      const { body } = bodyOf("text", { ...opened, advice: large(count) });
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_000);
      expect(body).not.toContain("xxx");
      expect(body).toContain("do now (postfix): Ä");
      expect(
        body.endsWith("(The commands are left out: squall's own output has them.)\nstorm q7Zk0hS1 revision 1\n"),
      ).toBe(true);
    }
  });
});

describe("slack and mattermost", () => {
  test("a storm that opens", () => {
    expect(slackText(opened)).toBe(`*CRITICAL: reply-all storm on all-staff@nhs.example*
3 reply-alls in 2 min, 840,000 recipients each
subject: Test
started by: it@croydon.example, 08:29:00 on 14 November 2016 (Europe/London)
deliveries: 24,000 so far, 12,000 a minute; at least 3,336,000 more accepted, not yet delivered
why: cascade, pace, score 10.0 (ordinary talk looks like this about once in 23,000 threads)
do now (postfix): Hold what is queued on mx1.
\`\`\`
printf '%s\\n' 3tHqKz5Yz1z9Cx | postsuper -h -
\`\`\`
do now (mailman): Close the list.
(The command is in squall's own output.)
storm q7Zk0hS1 revision 1`);
  });

  test.each([
    ["<!channel> free <https://evil.example|money>", "&lt;!channel&gt; free &lt;https://evil.example|money&gt;"],
    ["a &amp; b", "a &amp;amp; b"],
    ["@channel and @all, x@y.example", "@\u200Bchannel and @\u200Ball, x@y.example"],
    ["[bank](https://evil.example)", "[bank]\u200B(https://evil.example)"],
    ["```\nend", "''' end"],
    ["a\r\n*storm.resolved*", "a  *storm.resolved*"],
  ])("a subject %j calls nobody and looks like nothing else", (subject, shown) => {
    expect(slackText({ ...opened, subject })).toContain(`subject: ${shown}\n`);
  });

  test("it is bounded, and cuts nothing in the middle", () => {
    const advice: Advice[] = Array.from({ length: 64 }, (_, at) => ({
      system: "postfix",
      text: "T".repeat(300),
      command: `host${at} ${"q".repeat(700)}`,
    }));
    const text = slackText({ ...opened, subject: "&".repeat(998), advice });
    expect(text.length).toBeLessThanOrEqual(3_500);
    expect(text.match(/```/gu)?.length).toBe(4);
    expect(text.endsWith("storm q7Zk0hS1 revision 1")).toBe(true);
  });
});
