import { expect, test } from "vitest";

import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { sentAlert } from "./sent-alert.ts";

/** A state entry has room for 64 KiB. */
const ALERT_BYTES_MAX = 60_000;
import { stormAlert } from "./testing/storm-alerts.ts";

const base = stormAlert();
const advice = (command: string, count: number) =>
  Array.from({ length: count }, () => ({ system: "postfix" as const, text: "Hold it.", command }));

test("an alert of ordinary size is sent whole", () => {
  expect(sentAlert(base).alert).toBe(base);
});

test.each([
  ["one huge command", { advice: advice("x".repeat(65_536), 1) }],
  ["many large commands", { advice: advice("x".repeat(30_000), 64) }],
  [
    "many texts",
    { advice: Array.from({ length: 64 }, () => ({ system: "exim" as const, text: "é".repeat(4000), command: "" })) },
  ],
  [
    "long ids",
    {
      evidence: {
        ...base.evidence,
        messageIds: Array.from({ length: 50 }, () => "ü".repeat(998)),
        firstMessageId: "ü".repeat(998),
      },
    },
  ],
])("%s: it fits, is whole by its schema, and says what happened", (_name, change) => {
  const { alert, line } = sentAlert(stormAlert(change));
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(ALERT_BYTES_MAX);
  expect(decodeStormAlert(line)).toEqual({ ok: true, alert });
  expect(alert).toMatchObject({
    stormId: base.stormId,
    list: base.list,
    severity: base.severity,
    revision: base.revision,
  });
});

test("small commands stay when a large one goes", () => {
  const { alert } = sentAlert(
    stormAlert({ advice: [...advice("postsuper -h A", 2), ...advice("x".repeat(65_000), 1)] }),
  );
  expect(alert.advice.map(({ command }) => command)).toEqual(["postsuper -h A", "postsuper -h A", ""]);
  expect(alert.advice[2]?.text).toContain("left out");
});
