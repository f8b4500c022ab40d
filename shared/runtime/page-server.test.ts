import { request as ask } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { EventStream } from "./event-stream.ts";
import type { HttpPort } from "./http-port.ts";
import { openPageServer } from "./page-server.ts";

const TOKEN = "a token of tests";
let server: HttpPort | undefined;
let stream = new EventStream();
const faults: unknown[] = [];

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(token?: string): Promise<string> {
  stream = new EventStream();
  server = await openPageServer({
    address: { host: "127.0.0.1", port: 0 },
    token,
    files: new Map([["", { type: "text/html; charset=utf-8", bytes: Buffer.from("<p>page</p>") }]]),
    resource: (path) => {
      if (path === "api/fault") throw new Error("a fault of ours");
      return path === "api/answer" ? { answer: 42 } : undefined;
    },
    streamPath: "api/events",
    stream,
    firstWord: () => ({ event: "view", data: '{"n":0}' }),
    onFault: (error) => void faults.push(error),
    mend: "",
  });
  return `http://127.0.0.1:${server.address.port}`;
}

/** As fetch, which lets nobody say which host is meant. */
function statusFor(origin: string, host: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = ask(origin, { headers: { host, ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject).end();
  });
}

test("page, JSON, and nothing else; each with headers that let nothing from elsewhere in", async () => {
  const origin = await open();
  const page = await fetch(origin);
  expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([
    200,
    "text/html; charset=utf-8",
    "<p>page</p>",
  ]);
  const answer = await fetch(`${origin}/api/answer?x=1`);
  expect([answer.status, await answer.json()]).toEqual([200, { answer: 42 }]);
  const missing = await fetch(`${origin}/nope`);
  expect([missing.status, await missing.text()]).toEqual([404, "not found\n"]);
  for (const { headers } of [page, answer, missing]) {
    expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect([headers.get("x-content-type-options"), headers.get("cache-control")]).toEqual(["nosniff", "no-store"]);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("HEAD is answered without a body, all that would change something is refused", async () => {
  const origin = await open();
  const head = await fetch(origin, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "11", ""]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers } = await fetch(`${origin}/api/answer`, { method });
    expect([method, status, headers.get("allow")]).toEqual([method, 405, "GET, HEAD"]);
  }
});

/** Status of a request line that no client of manners would send; undefined: the connection was closed without one. */
function statusOfRaw(origin: string, target: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.setEncoding("latin1").on("data", (text: string) => (said += text));
    socket
      .on("error", () => undefined)
      .on("close", () => {
        const status = /^HTTP\/1\.1 (\d+)/u.exec(said)?.[1];
        resolve(status === undefined ? undefined : Number(status));
      });
  });
}

describe("whatever is asked for, the process goes on", () => {
  test.each(["//", "//[", "//@", "/\\", "/?token=%", "/%00", "http://[::1/", "*", "/..//api/answer"])(
    "%s",
    async (target) => {
      for (const token of [undefined, TOKEN]) {
        const origin = await open(token);
        expect([200, 400, 401, 404]).toContain(await statusOfRaw(origin, target));
        expect((await fetch(`${origin}/api/answer`, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(
          200,
        );
        await server?.close();
      }
    },
  );

  test("an answer that cannot be made closes the connection, and is counted", async () => {
    const origin = await open();
    await expect(fetch(`${origin}/api/fault`)).rejects.toThrow("fetch failed");
    expect(faults.splice(0).map(String)).toEqual(["Error: a fault of ours"]);
    expect((await fetch(origin)).status).toBe(200);
  });

  test("a token in an address leads to a path here, and nowhere else", async () => {
    const origin = await open(TOKEN);
    const { headers } = await fetch(`${origin}/.//evil.example/?token=${encodeURIComponent(TOKEN)}`, {
      redirect: "manual",
    });
    expect(headers.get("location")).toMatch(/^\/(?![/\\])/u);
    expect(await statusOfRaw(origin, `//evil.example/?token=${encodeURIComponent(TOKEN)}`)).toBe(303);
  });

  test("a page elsewhere makes us work out nothing; a link from there is followed", async () => {
    const origin = await open();
    const from = (mode: string): Record<string, string> => ({ "sec-fetch-site": "cross-site", "sec-fetch-mode": mode });
    expect(await statusFor(`${origin}/api/answer`, "localhost", from("no-cors"))).toBe(403);
    expect(await statusFor(origin, "localhost", from("navigate"))).toBe(200);
  });
});

describe("without a token", () => {
  test.each([
    ["localhost", 200],
    ["localhost:9465", 200],
    ["127.0.0.1:80", 200],
    ["[::1]:9465", 200],
    ["squall.example.org", 421],
    ["127.0.0.1.example.org", 421],
  ])("as %s: %i", async (host, status) => {
    expect(await statusFor(await open(), host)).toBe(status);
  });
});

describe("with a token", () => {
  test("nobody sees anything without it", async () => {
    const origin = await open(TOKEN);
    for (const path of ["/", "/api/answer", "/api/events", "/?token=wrong", "/?token="]) {
      const { status, headers } = await fetch(`${origin}${path}`, { headers: { cookie: "squall_token_0=%E0%A4%A" } });
      expect([path, status, headers.get("set-cookie")]).toEqual([path, 401, null]);
    }
  });

  test("it comes in a header, or once in the address and then as a cookie that no script reads", async () => {
    const origin = await open(TOKEN);
    const authorization = `Bearer ${TOKEN}`;
    expect((await fetch(`${origin}/api/answer`, { headers: { authorization } })).status).toBe(200);
    const asked = `${origin}/?token=${encodeURIComponent(TOKEN)}`;
    const first = await fetch(asked, { redirect: "manual" });
    const cookie = first.headers.get("set-cookie") ?? "";
    expect([first.status, first.headers.get("location")]).toEqual([303, "/"]);
    expect(cookie).toMatch(/^squall_token_0=[^;]+; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax$/u);
    const [kept = ""] = cookie.split(";");
    expect((await fetch(origin, { headers: { cookie: `other=1; ${kept}` } })).status).toBe(200);
  });

  test("a token of base64 may stand in the address as it is", async () => {
    const token = "ab+cd/ef+gh/ij+kl/mn==";
    const origin = await open(token);
    for (const given of [token, encodeURIComponent(token)])
      expect((await fetch(`${origin}/?token=${given}`, { redirect: "manual" })).status).toBe(303);
    expect((await fetch(`${origin}/?token=${token.replaceAll("+", "%20")}`)).status).toBe(401);
  });

  test("any name will do: who has it is meant", async () => {
    const origin = await open(TOKEN);
    expect(await statusFor(`${origin}/?token=${encodeURIComponent(TOKEN)}`, "squall.example.org")).toBe(303);
  });
});

/** Reads what a stream says until it has said `text`. */
async function heard(response: Response, text: string): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  while (!all.includes(text)) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) throw new Error(`the stream ended: ${all}`);
    all += value;
  }
  await reader?.cancel();
  return all;
}

test("who listens hears what is at once, then what is told, and is forgotten when gone", async () => {
  const origin = await open();
  const one = await fetch(`${origin}/api/events`);
  expect(one.headers.get("content-type")).toBe("text/event-stream");
  const both = heard(one, '{"n":1}');
  await expect.poll(() => stream.size).toBe(1);
  stream.tell("view", '{"n":1}');
  expect(await both).toMatch(/^retry: \d+\n\nevent: view\ndata: \{"n":0\}\n\nevent: view\ndata: \{"n":1\}\n\n$/u);
  await expect.poll(() => stream.size).toBe(0);
});

test("a port that is taken is told with what to set", async () => {
  const origin = await open();
  const port = Number(new URL(origin).port);
  const again = { address: { host: "127.0.0.1", port }, token: undefined, files: new Map<string, never>() };
  const rest = { resource: () => undefined, streamPath: "", stream, firstWord: () => ({ event: "", data: "" }) };
  await expect(openPageServer({ ...again, ...rest, onFault: () => undefined, mend: "set another" })).rejects.toThrow(
    `live page: cannot listen on 127.0.0.1:${port}: another process listens there already; set another`,
  );
});
