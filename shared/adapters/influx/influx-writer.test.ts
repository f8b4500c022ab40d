// The writer against a scripted InfluxDB on loopback.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { closersAfterEach } from "../../../test/support/closers.ts";
import type { FakeInflux, InfluxPlay } from "../../../test/support/fake-influx.ts";
import { startFakeInflux } from "../../../test/support/fake-influx.ts";
import { pollUntil } from "../../../test/support/poll.ts";
import { makeCertificates } from "../../../test/support/real-certificates.ts";
import { realPart } from "../../../test/support/real-part.ts";
import type { PointWriter, WriteOutcome } from "../../runtime/point-writer.ts";
import type { InfluxOptions } from "./influx-connection.ts";
import { createInfluxWriter } from "./influx-writer.ts";

const TOKEN = "recorder:S3cretToken";
const LINES = ["squall_lag,topic=t a=1i 1479112140000", "squall_lag,topic=t a=2i 1479112150000"];

const closers = closersAfterEach();

async function started(change: Partial<InfluxOptions> = {}): Promise<{ fake: FakeInflux; writer: PointWriter }> {
  const fake = await startFakeInflux();
  closers.push(() => fake.close());
  const options = {
    url: fake.origin,
    token: TOKEN,
    org: "an org",
    bucket: "squall/autogen",
    timeoutMs: 5_000,
    ...change,
  };
  const writer = createInfluxWriter(options);
  closers.push(() => writer.close());
  return { fake, writer };
}

async function written(writer: PointWriter, lines: readonly string[] = LINES): Promise<WriteOutcome> {
  return writer.write(lines, new AbortController().signal);
}

test("a batch is one request, in ms, with the token, small ones plain and larger ones compressed", async () => {
  const { fake, writer } = await started();
  expect(await written(writer)).toEqual({ kind: "stored" });
  const many = Array.from({ length: 100 }, (_, index) => `squall_lag,topic=t a=${index}i ${index}`);
  expect(await written(writer, many)).toEqual({ kind: "stored" });
  const path = "/api/v2/write?org=an+org&bucket=squall%2Fautogen&precision=ms";
  expect(fake.heard).toEqual([
    { path, authorization: `Token ${TOKEN}`, encoding: undefined, lines: LINES },
    { path, authorization: `Token ${TOKEN}`, encoding: "gzip", lines: many },
  ]);
  expect(fake.points.size).toBe(102);
});

function answer(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): InfluxPlay {
  const type = { "content-type": "application/json" };
  if (body === undefined) return { play: "answer", status, headers };
  return typeof body === "string"
    ? { play: "answer", status, headers, body }
    : { play: "answer", status, headers: { ...headers, ...type }, body: JSON.stringify(body) };
}

describe("what the server answers", () => {
  const refused = { kind: "refused", isAll: false };
  const wait = { kind: "wait" };
  test.each<[string, InfluxPlay, object]>([
    ["200", answer(200), { kind: "stored" }],
    [
      "201: in part",
      answer(201, { message: "partial write" }),
      { ...refused, status: 201, detail: "status 201: partial write" },
    ],
    [
      "400 of 2.x",
      answer(400, { code: "invalid", message: "unable to parse" }),
      { ...refused, status: 400, detail: "status 400: unable to parse" },
    ],
    ["400 of 1.8", answer(400, { error: "bad line" }), { ...refused, detail: "status 400: bad line" }],
    ["400 that dropped some", answer(400, { error: "partial write: x dropped=1" }), refused],
    ["422 that dropped all", answer(422, { message: "partial write: x dropped=2" }), { kind: "refused", isAll: true }],
    ["dropped= within a quoted line", answer(400, { error: "unable to parse 'a dropped=2': x" }), refused],
    ["413", answer(413), { ...refused, status: 413, detail: "status 413" }],
    ["401", answer(401, { code: "unauthorized" }), { ...wait, reason: "auth-error" }],
    ["403", answer(403), { ...wait, reason: "auth-error" }],
    [
      "404",
      answer(404, { message: "bucket not found" }),
      { ...wait, reason: "not-found", detail: "status 404: bucket not found" },
    ],
    ["408", answer(408), { ...wait, reason: "timeout" }],
    [
      "429 in seconds",
      answer(429, undefined, { "retry-after": "30" }),
      { ...wait, reason: "rate-limited", retryAfter: "30" },
    ],
    [
      "429 with a date",
      answer(429, undefined, { "retry-after": "Tue, 24 Nov 2026 08:31:00 GMT", date: "Tue, 24 Nov 2026 08:30:00 GMT" }),
      { ...wait, retryAfter: "Tue, 24 Nov 2026 08:31:00 GMT", date: "Tue, 24 Nov 2026 08:30:00 GMT" },
    ],
    ["503", answer(503, "<html>", { "retry-after": "5" }), { ...wait, reason: "server-error", retryAfter: "5" }],
    ["a redirect", answer(307, undefined, { location: "http://127.0.0.1:1/" }), { ...wait, reason: "unexpected" }],
    ["409", answer(409), { ...wait, reason: "unexpected" }],
    ["a connection that breaks", { play: "reset" }, { ...wait, reason: "unreachable", detail: "ECONNRESET" }],
  ])("%s", async (_name, play, expected) => {
    const { fake, writer } = await started();
    fake.script.push(play);
    expect(await written(writer)).toMatchObject(expected);
    expect(fake.heard).toHaveLength(1);
    // The connection serves on.
    expect(await written(writer)).toEqual({ kind: "stored" });
  });
});

test("a server that says nothing is given up after the time, and when it is told to", async () => {
  const { fake, writer } = await started({ timeoutMs: 300 });
  fake.otherwise = { play: "hang" };
  expect(await written(writer)).toEqual({ kind: "wait", reason: "timeout", detail: "no answer within 300 ms" });
  const controller = new AbortController();
  const { writer: patient, fake: other } = await started({ timeoutMs: 60_000 });
  other.otherwise = { play: "hang" };
  const outcome = patient.write(LINES, controller.signal);
  await pollUntil(() => other.heard.length === 1, { deadlineMs: 5_000, what: "the request" });
  controller.abort();
  expect(await outcome).toMatchObject({ kind: "wait", reason: "aborted" });
  expect(await patient.write(LINES, controller.signal)).toMatchObject({ reason: "aborted" });
  expect(other.heard).toHaveLength(1);
});

test("nobody listens, then somebody does", async () => {
  const { fake, writer } = await started();
  await fake.down();
  expect(await written(writer)).toEqual({ kind: "wait", reason: "unreachable", detail: "ECONNREFUSED" });
  await fake.up();
  expect(await written(writer)).toEqual({ kind: "stored" });
});

test("no secret is in what it says, and what a server says is one short line", async () => {
  const { fake, writer } = await started();
  const body = JSON.stringify({ message: `no ${TOKEN}, S3cretToken\n\u001B[2J${"x".repeat(9_999)}` });
  fake.script.push({ play: "answer", status: 401, headers: { "content-type": "application/json" }, body });
  const outcome = await written(writer);
  const { detail } = outcome.kind === "stored" ? { detail: "" } : outcome;
  expect(detail).toMatch(/^status 401: no \*\*\*, \*\*\* \[2Jx+…$/u);
  expect(detail.length).toBeLessThan(600);
});

test("with TLS: an authority of one's own is trusted when it is named, and else is not", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "squall-influx-tls-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const { ca, keyStore } = makeCertificates(realPart("openssl", context), folder);
  const pem = readFileSync(keyStore);
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closers.push(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const options = { url: `https://127.0.0.1:${port}`, token: TOKEN, org: "o", bucket: "b", timeoutMs: 5_000 };
  const trusting = createInfluxWriter({ ...options, ca });
  const strange = createInfluxWriter(options);
  closers.push(() => {
    trusting.close();
    strange.close();
  });
  expect(await written(trusting)).toEqual({ kind: "stored" });
  expect(await written(strange)).toMatchObject({
    kind: "wait",
    reason: "unreachable",
    detail: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  });
});

test.each([
  ["ftp://127.0.0.1", "begins with http"],
  ["http://user:S3cret@127.0.0.1", "holds no user"],
])("a URL such as %s is refused", (url, message) => {
  const options = { url, token: "", org: "", bucket: "b", timeoutMs: 1 };
  expect(() => createInfluxWriter(options)).toThrow(message);
  expect(() => createInfluxWriter(options)).not.toThrow("S3cret");
});
