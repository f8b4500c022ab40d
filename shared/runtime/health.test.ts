import { expect, test } from "vitest";
import { Health } from "./health.ts";

function health(): { health: Health; pass: (ms: number) => void } {
  let nowMs = 1_000_000;
  const made = new Health({ stuckAfterMs: 30_000, conditions: ["state restored", "inputs open"], nowMs: () => nowMs });
  return {
    health: made,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test("ready once every condition is met, until it stops", () => {
  const { health: it } = health();
  expect(it.ready()).toEqual({ ok: false, text: "not yet: state restored, inputs open" });
  it.met("inputs open");
  expect(it.ready()).toEqual({ ok: false, text: "not yet: state restored" });
  it.met("state restored");
  expect(it.ready()).toEqual({ ok: true, text: "ready" });
  it.stopping();
  expect(it.ready()).toEqual({ ok: false, text: "stopping" });
  expect(it.alive()).toEqual({ ok: true, text: "ok" });
  expect(() => it.met("imputs open")).toThrow("imputs open");
});

test("alive however long there is nothing to do", () => {
  const { health: it, pass } = health();
  pass(86_400_000);
  expect(it.alive().ok).toBe(true);
  it.begin("reading");
  pass(30_000);
  expect(it.alive().ok).toBe(true);
  it.idle();
  pass(86_400_000);
  expect(it.alive().ok).toBe(true);
});

test("not alive when something that began does not go on", () => {
  const { health: it, pass } = health();
  it.begin("writing the state");
  pass(30_001);
  expect(it.alive()).toEqual({ ok: false, text: "no progress for 30 s while writing the state" });
  it.progress();
  expect(it.alive().ok).toBe(true);
  pass(20_000);
  // Beginning anew is no progress of what hangs.
  it.begin("writing the state");
  pass(20_000);
  expect(it.alive()).toEqual({ ok: false, text: "no progress for 40 s while writing the state" });
});
