import { expect, test } from "vitest";
import { stormAlert } from "../../test/support/storm-alert.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { StateValueError } from "../../shared/domain/state-value.ts";
import { KeptAlerts } from "./kept-alerts.ts";

const MAX = 3;

function tellInto(kept: KeptAlerts, stored: Map<string, Buffer>): void {
  kept.changes((key, value) => {
    if (value === undefined) stored.delete(key);
    else stored.set(key, Buffer.from(value));
  });
}

/** What a restart shows. */
function restarted(stored: ReadonlyMap<string, Buffer>): { readonly kept: KeptAlerts; readonly shown: StormAlert[] } {
  const shown: StormAlert[] = [];
  const kept = new KeptAlerts(MAX, (alert) => void shown.push(alert));
  for (const [key, value] of [...stored].toReversed()) kept.restore(key, value);
  kept.restored();
  return { kept, shown };
}

const alerts = [1, 2, 3, 4, 5, 6].map((revision) => stormAlert({ revision }));

test("the last alerts survive restarts, in their order, and no more than are shown", () => {
  const stored = new Map<string, Buffer>();
  const first = new KeptAlerts(MAX, () => undefined);
  for (const alert of alerts.slice(0, 4)) {
    first.add(alert);
    tellInto(first, stored);
  }
  const { kept, shown } = restarted(stored);
  expect(shown).toEqual(alerts.slice(1, 4));
  for (const alert of alerts.slice(4)) kept.add(alert);
  tellInto(kept, stored);
  expect(restarted(stored).shown).toEqual(alerts.slice(3));
  expect(stored.size).toBe(MAX);
});

test("nothing new tells nothing", () => {
  const { kept } = restarted(new Map());
  const told: string[] = [];
  kept.changes((key) => void told.push(key));
  expect(told).toEqual([]);
});

test("an alert with commands that are too long for an entry is kept without them", () => {
  const stored = new Map<string, Buffer>();
  const kept = new KeptAlerts(MAX, () => undefined);
  const advice = [{ system: "postfix", text: "hold", command: "x".repeat(65_000) } as const];
  kept.add(stormAlert({ advice }));
  tellInto(kept, stored);
  expect(restarted(stored).shown).toEqual([stormAlert()]);
});

test("an entry that is none is refused", () => {
  const { kept } = restarted(new Map());
  expect(() => kept.restore("console/alert/1", Buffer.from("{"))).toThrow(StateValueError);
});

test("the last word on a storm that is open is kept, however much is told of others behind it; of one that is over it is not", () => {
  const stored = new Map<string, Buffer>();
  const kept = new KeptAlerts(MAX, () => undefined);
  const tell = (alert: StormAlert): void => {
    kept.add(alert);
    tellInto(kept, stored);
  };
  const open = { type: "storm.updated", severity: "critical" } as const;
  tell(stormAlert({ stormId: "long", revision: 1, ...open }));
  tell(stormAlert({ stormId: "long", revision: 2, ...open }));
  for (let other = 0; other < 20; other += 1)
    tell(stormAlert({ stormId: `w${other}`, type: "storm.watch", severity: "watch" }));
  const { shown } = restarted(stored);
  expect(shown.map(({ stormId, revision }) => `${stormId}/${revision}`)).toEqual(["long/2", "w17/1", "w18/1", "w19/1"]);
  tell(stormAlert({ stormId: "long", revision: 3, type: "storm.resolved" }));
  for (let other = 20; other < 24; other += 1)
    tell(stormAlert({ stormId: `w${other}`, type: "storm.watch", severity: "watch" }));
  expect(restarted(stored).shown.map(({ stormId }) => stormId)).toEqual(["w21", "w22", "w23"]);
  expect(stored.size).toBe(MAX);
});
