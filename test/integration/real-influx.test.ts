// That the InfluxDB which other tests lean on is what they take it for: the write path of its version 2, logins, data that outlives a kill.

import { describe, expect, test } from "vitest";

import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import type { RealInflux } from "../support/real-influx.ts";

const AT_MS = Date.UTC(2026, 0, 5, 12);
const LINES = `windows,site=a,list=all@example.org replies=3i ${AT_MS}\nwindows,site=b replies=5i,note="a b" ${AT_MS}`;

/** Status of the answer. */
async function write(influx: RealInflux, lines: string, token = influx.token): Promise<number> {
  const bucket = encodeURIComponent(influx.bucket);
  const response = await fetch(`${influx.url}/api/v2/write?org=${influx.org}&bucket=${bucket}&precision=ms`, {
    method: "POST",
    body: lines,
    headers: token === "" ? {} : { authorization: `Token ${token}` },
  });
  await response.arrayBuffer();
  return response.status;
}

describe.each(INFLUX_SERVERS)("InfluxDB $version", ({ version, start }) => {
  test("what is written by the path of version 2 is read back, and after a kill too", async (context) => {
    const influx = await start(context);
    expect(await write(influx, LINES)).toBe(204);
    const rows = [
      { measurement: "windows", time: AT_MS, site: "a", list: "all@example.org", note: null, replies: 3 },
      { measurement: "windows", time: AT_MS, site: "b", list: null, note: "a b", replies: 5 },
    ];
    expect(await influx.query("SELECT * FROM windows")).toEqual(rows);
    await influx.kill();
    await expect(write(influx, LINES)).rejects.toThrow("fetch failed");
    await influx.start();
    expect(await influx.query("SELECT * FROM windows")).toEqual(rows);
    await expect(influx.start()).rejects.toThrow("influxd runs");
  });

  test("tags of a group stand in its rows, and an objection is thrown", async (context) => {
    const influx = await start(context);
    await write(influx, LINES);
    expect(await influx.query("SELECT sum(replies) FROM windows GROUP BY site")).toEqual([
      { measurement: "windows", site: "a", time: 0, sum: 3 },
      { measurement: "windows", site: "b", time: 0, sum: 5 },
    ]);
    await expect(influx.query("SELECT")).rejects.toThrow("found EOF, expected identifier");
  });

  test("refuses a bad line, a bucket that is not there, and a point older than the bucket keeps", async (context) => {
    const influx = await start(context, { retentionDays: 1 });
    expect(await write(influx, "windows replies=1i,replies")).toBe(400);
    expect(await write({ ...influx, bucket: "missing/autogen" }, LINES)).toBe(404);
    expect(await write(influx, LINES)).toBe(version === "1.8" ? 400 : 422);
    expect(await influx.query("SELECT * FROM windows")).toEqual([]);
  });

  test("with logins it takes a token that is right", async (context) => {
    const influx = await start(context, { auth: true });
    expect(await write(influx, LINES, "")).toBe(401);
    expect(await write(influx, LINES, "admin:guessed")).toBe(401);
    expect(await write(influx, LINES)).toBe(204);
    expect(await influx.query("SELECT count(replies) FROM windows")).toMatchObject([{ count: 2 }]);
  });
});
