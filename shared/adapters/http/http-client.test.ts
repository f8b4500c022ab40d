import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { pollUntil } from "../../../test/support/poll.ts";
import type { ScriptedReceiver } from "../../../test/support/scripted-receiver.ts";
import { startReceiver } from "../../../test/support/scripted-receiver.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "./http-client.ts";
import { createHttpClient, defaultHttpClientOptions } from "./http-client.ts";
import { proxyOf } from "./proxy-settings.ts";

const options = { ...defaultHttpClientOptions, excerptMs: 200 };

let receiver: ScriptedReceiver;
let client: HttpClient;

beforeEach(async () => {
  receiver = await startReceiver();
  client = createHttpClient(options);
});
afterEach(async () => {
  await client.close();
  await receiver.close();
});

const post = (change: Partial<HttpRequest> = {}): Promise<HttpAnswer> =>
  client.send({
    method: "POST",
    url: `${receiver.origin}/hook?token=t0ps3cret`,
    headers: { "content-type": "application/json" },
    body: '{"a":"ä"}',
    timeoutMs: 10_000,
    forbidPrivate: false,
    ...change,
  });

/** A machine without a name server may take longer to find out than a connection may. */
function expectNoSuchName(answer: HttpAnswer): void {
  expect(!answer.answered && ["name-not-found", "timeout"].includes(answer.reason)).toBe(true);
}

test("a request arrives as it was given, on a connection of its own", async () => {
  const answer = await post({ headers: { "x-priority": "5" } });
  await post();
  expect(answer).toMatchObject({ answered: true, status: 204, excerpt: "" });
  expect(receiver.heard[0]).toMatchObject({ method: "POST", path: "/hook?token=t0ps3cret", body: '{"a":"ä"}' });
  expect(receiver.heard[0]?.headers).toMatchObject({ "x-priority": "5", "content-length": "10" });
  expect(receiver.connections()).toBe(2);
});

test("a user name and password in the address become authorization, unless there is one", async () => {
  await post({ url: `http://us%20er:p%40ss@127.0.0.1:${receiver.port}/` });
  await post({ url: `http://user:pass@127.0.0.1:${receiver.port}/`, headers: { authorization: "Bearer x" } });
  expect(receiver.heard.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${Buffer.from("us er:p@ss").toString("base64")}`,
    "Bearer x",
  ]);
});

test("status, Retry-After, Date and the beginning of the body are told", async () => {
  receiver.script.push({
    play: "answer",
    status: 429,
    headers: { "retry-after": "120", date: "Tue, 24 Nov 2026 08:30:00 GMT" },
    body: "slow down ".repeat(5_000),
  });
  const answer = await post();
  expect(answer).toMatchObject({ status: 429, retryAfter: "120", date: "Tue, 24 Nov 2026 08:30:00 GMT" });
  expect(answer.answered && answer.excerpt).toMatch(/^slow down slow/u);
  expect(answer.answered && answer.excerpt.length).toBe(options.excerptBytesMax);
});

test.each([301, 302, 303, 307, 308])("a redirect with status %i is not followed", async (status) => {
  const other = await startReceiver();
  receiver.script.push({ play: "answer", status, headers: { location: `${other.origin}/inner` } });
  expect(await post()).toMatchObject({ answered: true, status });
  expect(other.connections()).toBe(0);
  await other.close();
});

test("a receiver that hangs is given up in time", async () => {
  receiver.script.push({ play: "hang" });
  expect(await post({ timeoutMs: 100 })).toEqual({ answered: false, reason: "timeout", code: "" });
  await pollUntil(() => receiver.held() === 0, { deadlineMs: 10_000, what: "the connection to be closed" });
});

test.each([200, 500])("a body that drips does not hold up its status %i", async (status) => {
  receiver.script.push({ play: "drip", status });
  const began = performance.now();
  expect(await post()).toMatchObject({ answered: true, status });
  expect(performance.now() - began).toBeLessThan(8_000);
});

test.each([200, 500])("of a giant body with status %i little is read", async (status) => {
  receiver.script.push({ play: "giant", status });
  expect(await post()).toMatchObject({ answered: true, status });
  // What the other side could push into the buffers of both ends.
  await client.close();
  expect(receiver.bytesSent()).toBeLessThan(32 * 1_048_576);
});

test.each([
  ["the connection is reset", { play: "reset" }, "connection-broken"],
  ["the answer is no HTTP", { play: "raw", bytes: "SSH-2.0-OpenSSH_9.6\r\n" }, "no-answer"],
  ["the connection ends", { play: "raw", bytes: "" }, "connection-broken"],
  ["the head never ends", { play: "raw", bytes: `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}` }, "no-answer"],
] as const)("%s", async (_name, play, reason) => {
  receiver.script.push(play);
  const answer = await post();
  expect(answer).toMatchObject({ answered: false, reason });
  expect(JSON.stringify(answer)).not.toContain("t0ps3cret");
});

test("nobody listens, nobody is called so, nothing speaks TLS there", async () => {
  const { port } = receiver;
  expect(await post({ url: `https://127.0.0.1:${port}/t0ps3cret` })).toMatchObject({ answered: false, reason: "tls" });
  expectNoSuchName(await post({ url: "http://nobody.invalid/t0ps3cret" }));
  await receiver.close();
  expect(await post()).toEqual({ answered: false, reason: "unreachable", code: "ECONNREFUSED" });
});

test("whoever asked can give up, before and while it waits", async () => {
  const controller = new AbortController();
  receiver.script.push({ play: "hang" });
  const waiting = post({ signal: controller.signal });
  await pollUntil(() => receiver.held() === 1, { deadlineMs: 10_000, what: "the request" });
  controller.abort();
  expect(await waiting).toEqual({ answered: false, reason: "aborted", code: "" });
  expect(await post({ signal: controller.signal })).toEqual({ answered: false, reason: "aborted", code: "" });
  expect(receiver.heard).toHaveLength(1);
});

describe("where private addresses are forbidden", () => {
  test("a name that cannot be looked up fails as it would", async () => {
    const answer = await client.send({
      method: "GET",
      url: "https://nobody.invalid/",
      headers: {},
      timeoutMs: 10_000,
      forbidPrivate: true,
    });
    expectNoSuchName(answer);
  });

  test.each([
    "https://127.0.0.1",
    "https://0x7f.1",
    "https://2130706433",
    "https://0177.0.0.1",
    "https://0",
    "https://[::ffff:127.0.0.1]",
    "https://localhost",
    "https://LOCALHOST",
    "http://127.0.0.1",
    "http://localhost",
  ])("%s is never dialled", async (origin) => {
    const answer = await client.send({
      method: "POST",
      url: `${origin}:${receiver.port}/t0ps3cret`,
      headers: {},
      body: "",
      timeoutMs: 10_000,
      forbidPrivate: true,
    });
    expect(answer).toEqual({ answered: false, reason: "forbidden-target", code: "ERR_SQUALL_FORBIDDEN_TARGET" });
    expect(receiver.connections()).toBe(0);
  });
});

describe("a proxy", () => {
  test("is asked for what is not excepted, and never for what must be checked", async () => {
    const proxy = await startReceiver();
    const settings = proxyOf({ HTTP_PROXY: `http://me:pass@127.0.0.1:${proxy.port}`, no_proxy: "127.0.0.1" });
    const through = createHttpClient({ ...options, proxy: settings });
    const get = (url: string, forbidPrivate = false): Promise<HttpAnswer> =>
      through.send({ method: "GET", url, headers: {}, timeoutMs: 10_000, forbidPrivate });
    expect(await get("http://hooks.example.org/x")).toMatchObject({ answered: true, status: 204 });
    expect(await get(`${receiver.origin}/direct`)).toMatchObject({ answered: true, status: 204 });
    expect(await get(`https://localhost:${receiver.port}/`, true)).toMatchObject({ reason: "forbidden-target" });
    expect(proxy.heard.map(({ path, headers }) => [path, headers["proxy-authorization"]])).toEqual([
      ["http://hooks.example.org/x", `Basic ${Buffer.from("me:pass").toString("base64")}`],
    ]);
    expect(receiver.heard.map(({ path }) => path)).toEqual(["/direct"]);
    await through.close();
    await proxy.close();
  });

  test.each([
    [{}, undefined],
    [{ HTTP_PROXY: "", https_proxy: "" }, undefined],
    [
      { https_proxy: "http://proxy.example:3128", HTTPS_PROXY: "http://other.example", NO_PROXY: "a,b" },
      { http: "", https: "http://proxy.example:3128", no: "a,b" },
    ],
  ])("%o", (env, expected) => {
    expect(proxyOf(env)).toEqual(expected);
  });

  test("that is no address is said without its text", () => {
    expect(() => proxyOf({ HTTPS_PROXY: "me:s3cret@proxy" })).toThrow(/^HTTPS_PROXY is no http or https address$/u);
  });
});
