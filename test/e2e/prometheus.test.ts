// A real Prometheus with squall's rules beside a running `squall standalone`: a storm opens and the alert fires, a restart ends neither, and a
// squall that is gone is missed.

import { expect, test, vi } from "vitest";
import { z } from "zod";
import { closersAfterEach } from "../support/closers.ts";
import { freePort } from "../support/free-port.ts";
import type { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { type RealPrometheus, startRealPrometheus, untilFires } from "../support/real-prometheus.ts";
import { quickRules } from "../support/quick-rules.ts";
import { realPart } from "../support/real-part.ts";
import { mailAt, newHome, talk } from "../support/standalone-home.ts";

const LIST = "all@example.org";
const DEADLINE_MS = 60_000;
vi.setConfig({ testTimeout: 180_000 });
const closers = closersAfterEach();

const rules = quickRules({}, { SquallDown: "2s" });

const ruleStates = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })) }),
  ),
});

async function untilThereIs({ query }: RealPrometheus, promql: string): Promise<void> {
  await pollUntil(async () => (await query(promql)).length === 1, { deadlineMs: DEADLINE_MS, what: promql });
}

test("a storm fires its alert, a restart neither ends nor repeats it, and who is gone is missed", async (context) => {
  const program = realPart("prometheus", context);
  const home = newHome(closers);
  home.write("");
  const port = await freePort();
  const start = (): Promise<LiveSquall> => home.reading(home.log, "--metrics", `127.0.0.1:${port}`);
  const squall = await start();
  const prometheus = await startRealPrometheus(program, {
    jobs: { squall: [`127.0.0.1:${port}`] },
    rules: JSON.stringify(rules),
    everyMs: 500,
  });
  closers.push(prometheus.stop);
  const { query } = prometheus;
  await untilFires(prometheus, "SquallWatchdog");
  home.write(mailAt(Date.now() - 600_000));
  await untilThereIs(prometheus, "squall_records_consumed_total == 1");

  home.write(talk({ list: LIST, atMs: Date.now() - 300_000, mails: 5 }));
  await untilFires(prometheus, "SquallStormOpen");
  // Two scrapes that a busy machine fails look like a death here: that is judged below.
  const firing = (await prometheus.alerts()).filter(
    ({ labels, state }) => state === "firing" && labels["alertname"] !== "SquallDown",
  );
  expect(firing.map(({ labels }) => labels["alertname"] ?? "").toSorted()).toEqual([
    "SquallStormOpen",
    "SquallWatchdog",
  ]);
  const storm = firing.find(({ labels }) => labels["alertname"] === "SquallStormOpen");
  expect(storm?.labels).toMatchObject({ alertname: "SquallStormOpen", job: "squall", instance: `127.0.0.1:${port}` });
  expect(storm?.annotations["description"]).toMatch(/^1 open at 127\.0\.0\.1:/u);

  // Every rule could be worked out, and what was recorded is there.
  const { groups } = ruleStates.parse(await prometheus.ask("rules"));
  const rulesThere = groups.flatMap((group) => group.rules);
  expect(rulesThere.filter(({ health }) => health !== "ok")).toEqual([]);
  expect(rulesThere).toHaveLength(rules.groups.flatMap((group) => group.rules).length);
  expect(await query("instance:squall_lines:rate15m > 0")).toHaveLength(1);
  expect((await query('squall_build_info{service="standalone"}')).length).toBe(1);
  expect((await query("partition:squall_watermark_behind_seconds:max"))[0]?.value).toBeLessThan(120);
  expect((await query("squall_inputs_well"))[0]?.value).toBe(1);

  const firedSince = async (): Promise<number | undefined> =>
    (await query('ALERTS_FOR_STATE{alertname="SquallStormOpen"}'))[0]?.value;
  const since = await firedSince();
  await squall.signal("SIGKILL");
  await untilFires(prometheus, "SquallDown");
  await start();
  await untilFires(prometheus, "SquallDown", false);
  await untilThereIs(prometheus, "squall_storms_open == 1");
  expect(since).toBeGreaterThan(0);
  expect(await firedSince()).toBe(since);
});
