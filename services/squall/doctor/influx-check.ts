// InfluxDB as the recorder would use it -> is it there, does it take the token, has it the bucket, for how long does it keep
// points, and do the clocks agree. Nothing is written: what is sent is a comment of the line protocol.

import { z } from "zod";
import { spanInWords } from "../../../shared/domain/storm-alert-words.ts";
import type { InfluxAnswer, InfluxRequest } from "../../../shared/adapters/influx/influx-connection.ts";
import { writePath } from "../../../shared/adapters/influx/influx-writer.ts";
import type { Finding } from "./finding.ts";

export interface InfluxCheckDeps {
  /** Rejects when there is no answer. */
  readonly send: (request: InfluxRequest) => Promise<InfluxAnswer>;
  readonly nowMs: () => number;
}

export interface InfluxPlace {
  /** As it may be shown. */
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
}

/** Whole seconds are told, and an answer takes its time. */
const CLOCK_MAX_MS = 30_000;
const RETENTION_MIN_MS = 7 * 86_400_000;
const NOTHING_WRITTEN = "nothing was written";

export async function influxFindings(place: InfluxPlace, deps: InfluxCheckDeps): Promise<Finding[]> {
  const subject = `InfluxDB ${place.url}`;
  const answer = await answerTo(deps, { method: "POST", path: writePath(place), body: "# squall doctor\n" });
  if (typeof answer === "string") {
    const mend = [
      "Does it run, and does the firewall let this machine through?",
      "A certificate of a company's own authority is named by influx.ca, SQUALL_INFLUX_CA.",
    ];
    return [{ level: "fail", subject, text: `no answer: ${answer}`, mend }];
  }
  const findings = [writeFinding(subject, place, answer), ...clockFindings(subject, answer, deps.nowMs())];
  if (findings[0]?.level === "ok") findings.push(await retentionFinding(subject, place, deps));
  return findings;
}

function writeFinding(subject: string, { org, bucket }: InfluxPlace, { status, body }: InfluxAnswer): Finding {
  // 2.x looks for the organisation before all else but the token.
  if (status === 400 && org === "" && body.includes("orgID or org")) {
    const mend = ["Set influx.org, SQUALL_INFLUX_ORG: `influx org list` shows those there are."];
    return { level: "fail", subject, text: "wants an organisation (status 400)", mend };
  }
  if (status === 404 && body.includes('"message":"organization ')) {
    const mend = ["Set influx.org, SQUALL_INFLUX_ORG to one that is there: `influx org list` shows them."];
    return { level: "fail", subject, text: `has no organisation ${org} (status 404)`, mend };
  }
  // 2.0 wants at least one point, and says so once it has looked at token and bucket.
  if (status === 200 || status === 204 || status === 400) {
    return { level: "ok", subject, text: `takes points into ${bucket}; ${NOTHING_WRITTEN}` };
  }
  if (status === 401 || status === 403) {
    const mend = [
      "Set influx.token, SQUALL_INFLUX_TOKEN to one that may write to this bucket; of InfluxDB 1.8 it is name:password.",
    ];
    return { level: "fail", subject, text: `does not take the token (status ${status})`, mend };
  }
  // 1.8 answers 500 for a retention policy that it does not have.
  if (status === 404 || (status === 500 && body.includes("not found"))) {
    const mend = [
      `influx bucket create --name ${bucket} --retention 30d`,
      'Of InfluxDB 1.8 the bucket is database/policy: CREATE DATABASE "squall" WITH DURATION 30d, then squall/autogen.',
    ];
    return { level: "fail", subject, text: `has no bucket ${bucket} (status ${status})`, mend };
  }
  const mend = ["Is it InfluxDB that answers there, or something before it?"];
  return { level: "fail", subject, text: `answers with status ${status}`, mend };
}

function clockFindings(subject: string, { headers }: InfluxAnswer, nowMs: number): Finding[] {
  const { date } = headers;
  const atMs = typeof date === "string" ? Date.parse(date) : Number.NaN;
  const aheadMs = atMs - nowMs;
  if (!(Math.abs(aheadMs) > CLOCK_MAX_MS)) return [];
  const mend = ["Let both machines keep time by NTP (timedatectl)."];
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return [{ level: "warn", subject, text: `its clock is ${spanInWords(Math.abs(aheadMs))} ${side} ours`, mend }];
}

async function retentionFinding(subject: string, place: InfluxPlace, deps: InfluxCheckDeps): Promise<Finding> {
  const keepsMs = (await bucketKeepsMs(place, deps)) ?? (await policyKeepsMs(place, deps));
  if (keepsMs === undefined) {
    return { level: "ok", subject, text: "how long it keeps points was not to be learnt: the token may only write" };
  }
  if (keepsMs === 0) return { level: "ok", subject, text: "keeps points for ever" };
  const text = `keeps points for ${spanInWords(keepsMs)}`;
  if (keepsMs >= RETENTION_MIN_MS) return { level: "ok", subject, text };
  const mend = [
    "What comes later than that is refused, and becomes a dead letter: 30 days or more are better.",
    `influx bucket update --id … --retention 30d, or in 1.8 ALTER RETENTION POLICY … DURATION 30d`,
  ];
  return { level: "warn", subject, text, mend };
}

const bucketsSchema = z.object({
  buckets: z.array(z.object({ retentionRules: z.array(z.object({ everySeconds: z.number() })) })).length(1),
});

/** Of 2.x; 0: for ever. */
async function bucketKeepsMs({ org, bucket }: InfluxPlace, deps: InfluxCheckDeps): Promise<number | undefined> {
  const query = new URLSearchParams({ name: bucket, ...(org === "" ? {} : { org }) });
  const found = await jsonOf(deps, `/api/v2/buckets?${query.toString()}`, bucketsSchema);
  if (found === undefined) return undefined;
  return (found.buckets[0]?.retentionRules[0]?.everySeconds ?? 0) * 1000;
}

const policiesSchema = z.object({
  results: z
    .array(
      z.object({ series: z.array(z.object({ columns: z.array(z.string()), values: z.array(z.array(z.unknown())) })) }),
    )
    .length(1),
});

/** Of 1.8; 0: for ever. */
async function policyKeepsMs({ bucket }: InfluxPlace, deps: InfluxCheckDeps): Promise<number | undefined> {
  const [database = "", policy = ""] = bucket.split("/");
  const query = new URLSearchParams({ q: `SHOW RETENTION POLICIES ON "${database.replaceAll(/["\\]/gu, "\\$&")}"` });
  const found = await jsonOf(deps, `/query?${query.toString()}`, policiesSchema);
  const series = found?.results[0]?.series[0];
  if (series === undefined) return undefined;
  const column = (name: string): number => series.columns.indexOf(name);
  const row = series.values.find((one) =>
    policy === "" ? one[column("default")] === true : one[column("name")] === policy,
  );
  const duration = row?.[column("duration")];
  return typeof duration === "string" ? goDurationMs(duration) : undefined;
}

/** `72h0m0s`; `0s` is for ever. */
function goDurationMs(text: string): number | undefined {
  const [, hours = "0", minutes = "0", seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/u.exec(text) ?? [];
  return seconds === undefined ? undefined : (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

async function jsonOf<Value>(
  deps: InfluxCheckDeps,
  path: string,
  schema: z.ZodType<Value>,
): Promise<Value | undefined> {
  const answer = await answerTo(deps, { method: "GET", path, body: "" });
  if (typeof answer === "string" || answer.status !== 200) return undefined;
  try {
    return schema.safeParse(JSON.parse(answer.body)).data;
  } catch {
    return undefined;
  }
}

/** The answer, or in a word why there is none. */
async function answerTo(deps: InfluxCheckDeps, request: InfluxRequest): Promise<InfluxAnswer | string> {
  try {
    return await deps.send(request);
  } catch (error) {
    if (!(error instanceof Error)) return "unknown";
    const code: unknown = Object.entries(error).find(([name]) => name === "code")?.[1];
    return typeof code === "string" ? code : error.message;
  }
}
