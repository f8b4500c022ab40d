// Starts influxd 2.7 in a temporary folder on a free loopback port, set up with an organisation and a bucket; it may be killed and
// started again with its data.

import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { freePort } from "./free-port.ts";
import { askInfluxql, startInfluxProcess } from "./influx-process.ts";
import type { RealInflux, RealInfluxOptions } from "./real-influx.ts";

const CALL_MS = 10_000;
const DAY_SECONDS = 86_400;
const ORG = "squall";
const BUCKET = "squall";

const madeSchema = z.object({ id: z.string() });
const setUpSchema = z.object({ org: madeSchema, bucket: madeSchema });
const tokenSchema = z.object({ id: z.string(), token: z.string() });

/** `program`: influxd. It always wants a token. */
export async function startRealInflux2(program: string, options: RealInfluxOptions = {}): Promise<RealInflux> {
  const { retentionDays = 0 } = options;
  const folder = mkdtempSync(join(tmpdir(), "squall-influx2-"));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const token = randomUUID();
  const api = async (method: string, path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}/api/v2${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { authorization: `Token ${token}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(CALL_MS),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`influxd: ${JSON.stringify(answer)} (${path})`);
    return answer;
  };
  const bucketIds = new Map<string, string>();
  let orgID = "";
  const running = await startInfluxProcess({
    program,
    args: argumentsOf(folder, address),
    url,
    folder,
    async setUp() {
      const admin = { username: "admin", password: "admin-secret", token };
      const place = { org: ORG, bucket: BUCKET, retentionPeriodSeconds: retentionDays * DAY_SECONDS };
      const { org, bucket } = setUpSchema.parse(await api("POST", "/setup", { ...admin, ...place }));
      orgID = org.id;
      bucketIds.set(BUCKET, bucket.id);
    },
  });
  return {
    ...running,
    url,
    org: ORG,
    bucket: BUCKET,
    token,
    query: (influxql) => askInfluxql(influxql, { url, token, database: BUCKET }),
    // To InfluxQL a bucket without a mapping is a database of its name.
    async addBucket(name) {
      const { id } = madeSchema.parse(await api("POST", "/buckets", { orgID, name, retentionRules: [] }));
      bucketIds.set(name, id);
      return name;
    },
    async addToken(may, bucket = BUCKET) {
      const resource = { type: "buckets", id: bucketIds.get(bucket), orgID };
      const asked = { orgID, permissions: [{ action: may, resource }] };
      const made = tokenSchema.parse(await api("POST", "/authorizations", asked));
      const setTaken = async (isTaken: boolean): Promise<void> => {
        await api("PATCH", `/authorizations/${made.id}`, { status: isTaken ? "active" : "inactive" });
      };
      return { token: made.token, setTaken };
    },
  };
}

function argumentsOf(folder: string, address: string): readonly string[] {
  return [
    "--reporting-disabled",
    "--http-bind-address",
    address,
    "--bolt-path",
    join(folder, "influxd.bolt"),
    "--sqlite-path",
    join(folder, "influxd.sqlite"),
    "--engine-path",
    join(folder, "engine"),
  ];
}
