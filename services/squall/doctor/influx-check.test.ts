import type { TestContext } from "vitest";
import { describe, expect, test } from "vitest";

import type { InfluxAnswer, InfluxRequest } from "../../../shared/adapters/influx/influx-connection.ts";
import { openInflux } from "../../../shared/adapters/influx/influx-connection.ts";
import { closersAfterEach } from "../../../test/support/closers.ts";
import type { RealInflux, RealInfluxOptions } from "../../../test/support/real-influx.ts";
import { startRealInflux } from "../../../test/support/real-influx.ts";
import { realPart } from "../../../test/support/real-part.ts";
import type { Finding } from "./finding.ts";
import { influxFindings } from "./influx-check.ts";

const NOW = Date.UTC(2026, 10, 26, 12, 0, 0);
const PLACE = { url: "http://influx.example:8086", org: "mail", bucket: "squall" };
const closers = closersAfterEach();

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ level, text }) => `${level}: ${text}`);
}

/** What a 2.x answers, by the beginning of the path. */
async function asked(answers: Readonly<Record<string, Partial<InfluxAnswer>>>): Promise<readonly Finding[]> {
  const send = async ({ path }: InfluxRequest): Promise<InfluxAnswer> => {
    const found = Object.entries(answers).find(([beginning]) => path.startsWith(beginning))?.[1];
    return Promise.resolve({ status: 404, headers: {}, body: "", ...found });
  };
  return influxFindings(PLACE, { send, nowMs: () => NOW });
}

function bucket(everySeconds?: number): Partial<InfluxAnswer> {
  const retentionRules = everySeconds === undefined ? [] : [{ type: "expire", everySeconds }];
  return { status: 200, body: JSON.stringify({ buckets: [{ name: "squall", retentionRules }] }) };
}

const WRITTEN = { status: 400, body: '{"code":"invalid","message":"writing requires points"}' };
const TAKES = "ok: takes points into squall; nothing was written";

test.each<[string, Readonly<Record<string, Partial<InfluxAnswer>>>, readonly string[]]>([
  [
    "a bucket that keeps 30 days",
    { "/api/v2/write": WRITTEN, "/api/v2/buckets": bucket(2_592_000) },
    [TAKES, "ok: keeps points for 30 d"],
  ],
  [
    "one that keeps all",
    { "/api/v2/write": WRITTEN, "/api/v2/buckets": bucket() },
    [TAKES, "ok: keeps points for ever"],
  ],
  [
    "one that keeps an hour",
    { "/api/v2/write": WRITTEN, "/api/v2/buckets": bucket(3600) },
    [TAKES, "warn: keeps points for 1 h"],
  ],
  [
    "a token that may only write",
    { "/api/v2/write": WRITTEN, "/api/v2/buckets": { status: 401 }, "/query": { status: 401 } },
    [TAKES, "ok: how long it keeps points was not to be learnt: the token may only write"],
  ],
  ["a wrong token", { "/api/v2/write": { status: 401 } }, ["fail: does not take the token (status 401)"]],
  ["no such bucket", {}, ["fail: has no bucket squall (status 404)"]],
  ["a gateway", { "/api/v2/write": { status: 502, body: "<html>" } }, ["fail: answers with status 502"]],
  [
    "a clock that is wrong",
    {
      "/api/v2/write": { ...WRITTEN, headers: { date: "Thu, 26 Nov 2026 11:00:00 GMT" } },
      "/api/v2/buckets": { status: 200, body: "{" },
    },
    [
      TAKES,
      "warn: its clock is 1 h behind ours",
      "ok: how long it keeps points was not to be learnt: the token may only write",
    ],
  ],
])("%s", async (_name, answers, expected) => {
  const findings = await asked(answers);
  expect(shown(findings)).toEqual(expected);
  for (const { level, mend = [] } of findings) expect(mend.length > 0).toBe(level !== "ok");
});

describe("a real InfluxDB 1.8", () => {
  async function checked(
    context: TestContext,
    options: RealInfluxOptions,
    change: { readonly bucket?: string; readonly token?: string; readonly isDown?: boolean } = {},
  ): Promise<readonly string[]> {
    const influx: RealInflux = await startRealInflux(realPart("influxd", context), options);
    closers.push(() => influx.stop());
    if (change.isDown === true) await influx.kill();
    const place = { url: influx.url, org: "", bucket: change.bucket ?? influx.bucket };
    const connection = openInflux({ ...place, token: change.token ?? influx.token, timeoutMs: 10_000 });
    closers.push(() => connection.close());
    const deps = { send: async (request: InfluxRequest) => connection.send(request), nowMs: () => Date.now() };
    return shown(await influxFindings(place, deps));
  }
  const takes = "ok: takes points into squall/autogen; nothing was written";

  test("that keeps 30 days", async (context) => {
    expect(await checked(context, { retention: "30d" })).toEqual([takes, "ok: keeps points for 30 d"]);
  });
  test("that keeps all", async (context) => {
    expect(await checked(context, {})).toEqual([takes, "ok: keeps points for ever"]);
  });
  test("that keeps 3 days", async (context) => {
    expect(await checked(context, { retention: "3d", auth: true })).toEqual([takes, "warn: keeps points for 3 d"]);
  });
  test("without the database", async (context) => {
    const findings = await checked(context, {}, { bucket: "nope/autogen" });
    expect(findings).toEqual(["fail: has no bucket nope/autogen (status 404)"]);
  });
  test("without the policy", async (context) => {
    const findings = await checked(context, {}, { bucket: "squall/nope" });
    expect(findings).toEqual(["fail: has no bucket squall/nope (status 500)"]);
  });
  test("with a wrong password", async (context) => {
    const findings = await checked(context, { auth: true }, { token: "admin:wrong" });
    expect(findings).toEqual(["fail: does not take the token (status 401)"]);
  });
  test("that is down", async (context) => {
    expect(await checked(context, {}, { isDown: true })).toEqual(["fail: no answer: ECONNREFUSED"]);
  });
});
