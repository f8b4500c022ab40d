import { describe, expect, test } from "vitest";

import type { InfluxAnswer, InfluxRequest } from "../../../shared/adapters/influx/influx-connection.ts";
import { openInflux } from "../../../shared/adapters/influx/influx-connection.ts";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { INFLUX_SERVERS } from "../../../test/support/influx-servers.ts";
import type { RealInflux } from "../../../test/support/real-influx.ts";
import type { Finding } from "./finding.ts";
import { influxFindings } from "./influx-check.ts";

const NOW = Date.UTC(2026, 10, 26, 12, 0, 0);
const PLACE = { url: "http://influx.example:8086", org: "mail", bucket: "squall" };
const closers = closersAfterEach();

function shown(findings: readonly Finding[]): string[] {
  return findings.map(({ level, text }) => `${level}: ${text}`);
}

function expectMends(findings: readonly Finding[]): void {
  for (const { level, mend = [] } of findings) expect(mend.length > 0).toBe(level !== "ok");
}

/** What a 2.x answers, by the beginning of the path. */
async function asked(
  answers: Readonly<Record<string, Partial<InfluxAnswer>>>,
  place = PLACE,
): Promise<readonly Finding[]> {
  const send = async ({ path }: InfluxRequest): Promise<InfluxAnswer> => {
    const found = Object.entries(answers).find(([beginning]) => path.startsWith(beginning))?.[1];
    return Promise.resolve({ status: 404, headers: {}, body: "", ...found });
  };
  return influxFindings(place, { send, nowMs: () => NOW });
}

function bucket(everySeconds?: number): Partial<InfluxAnswer> {
  const retentionRules = everySeconds === undefined ? [] : [{ type: "expire", everySeconds }];
  return { status: 200, body: JSON.stringify({ buckets: [{ name: "squall", retentionRules }] }) };
}

const WRITTEN = { status: 204 };
const TAKES = "ok: takes points into squall; nothing was written";

test.each<[string, Readonly<Record<string, Partial<InfluxAnswer>>>, readonly string[]]>([
  [
    "a bucket that keeps 30 days",
    { "/api/v2/write": WRITTEN, "/api/v2/buckets": bucket(2_592_000) },
    [TAKES, "ok: keeps points for 30 d"],
  ],
  [
    "a 2.0, which wants points",
    {
      "/api/v2/write": { status: 400, body: '{"code":"invalid","message":"writing requires points"}' },
      "/api/v2/buckets": bucket(2_592_000),
    },
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
  expectMends(findings);
});

test.each([
  {
    org: "",
    answer: { status: 400, body: '{"code":"invalid","message":"Please provide either orgID or org"}' },
    expected: "fail: wants an organisation (status 400)",
  },
  {
    org: "nope",
    answer: { status: 404, body: String.raw`{"code":"not found","message":"organization name \"nope\" not found"}` },
    expected: "fail: has no organisation nope (status 404)",
  },
  {
    org: "mail",
    answer: { status: 404, body: String.raw`{"code":"not found","message":"bucket \"squall\" not found"}` },
    expected: "fail: has no bucket squall (status 404)",
  },
])("$expected", async ({ org, answer, expected }) => {
  const findings = await asked({ "/api/v2/write": answer }, { ...PLACE, org });
  expect(shown(findings)).toEqual([expected]);
  expectMends(findings);
});

interface Change {
  readonly bucket?: string;
  readonly org?: string;
  readonly token?: string;
}

async function checked(influx: RealInflux, change: Change = {}): Promise<readonly string[]> {
  const place = { ...influx, ...change };
  const connection = openInflux({ ...place, timeoutMs: 10_000 });
  closers.push(() => connection.close());
  const send = async (request: InfluxRequest): Promise<InfluxAnswer> => connection.send(request);
  const findings = await influxFindings(place, { send, nowMs: () => Date.now() });
  expectMends(findings);
  return shown(findings);
}

describe.each(INFLUX_SERVERS)("a real InfluxDB $version", ({ start }) => {
  const takes = ({ bucket: name }: RealInflux): string => `ok: takes points into ${name}; nothing was written`;

  test.for([
    { keeps: "ok: keeps points for 30 d", options: { retentionDays: 30 } },
    { keeps: "ok: keeps points for ever", options: {} },
    { keeps: "warn: keeps points for 3 d", options: { retentionDays: 3 } },
  ])("$keeps", async ({ keeps, options }, context) => {
    const influx = await start(context, { ...options, auth: true });
    expect(await checked(influx)).toEqual([takes(influx), keeps]);
    expect(await influx.query("SHOW MEASUREMENTS")).toEqual([]);
  });

  test("without the bucket", async (context) => {
    const influx = await start(context);
    const missing = influx.bucket.replace("squall", "nope");
    expect(await checked(influx, { bucket: missing })).toEqual([`fail: has no bucket ${missing} (status 404)`]);
  });

  test("with a wrong token", async (context) => {
    const influx = await start(context, { auth: true });
    expect(await checked(influx, { token: "admin:wrong" })).toEqual(["fail: does not take the token (status 401)"]);
  });

  test("with a token that may only write, one that may only read, and one of another bucket", async (context) => {
    const influx = await start(context, { auth: true });
    const { token: writing } = await influx.addToken("write");
    expect(await checked(influx, { token: writing })).toEqual([
      takes(influx),
      "ok: how long it keeps points was not to be learnt: the token may only write",
    ]);
    const refused = ["fail: does not take the token (status 403)"];
    const { token: reading } = await influx.addToken("read");
    expect(await checked(influx, { token: reading })).toEqual(refused);
    const { token: another } = await influx.addToken("write", await influx.addBucket("another"));
    expect(await checked(influx, { token: another })).toEqual(refused);
  });

  test("that is down", async (context) => {
    const influx = await start(context);
    await influx.kill();
    expect(await checked(influx)).toEqual(["fail: no answer: ECONNREFUSED"]);
  });
});

test("a real InfluxDB 1.8 without the policy", async (context) => {
  const [{ start }] = INFLUX_SERVERS;
  const findings = await checked(await start(context), { bucket: "squall/nope" });
  expect(findings).toEqual(["fail: has no bucket squall/nope (status 500)"]);
});

test.for(INFLUX_SERVERS.slice(1))("a real InfluxDB $version without the organisation", async ({ start }, context) => {
  const influx = await start(context);
  expect(await checked(influx, { org: "nope" })).toEqual(["fail: has no organisation nope (status 404)"]);
  expect(await checked(influx, { org: "" })).toEqual(["fail: wants an organisation (status 400)"]);
});
