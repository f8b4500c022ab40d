import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { pollUntil } from "../../../test/support/poll.ts";
import { askControl, whyNobodyListens } from "./control-client.ts";
import type { ControlServer } from "./control-server.ts";
import { ControlRefusal, listenForControl } from "./control-server.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-control-"));
const NAME = "control-1.sock";
const TIMEOUT_MS = 20_000;
let server: ControlServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listening(): Promise<ControlServer> {
  server = await listenForControl(folder, NAME);
  return server;
}

describe("an answer", () => {
  test("is what the handler gives, or why it does not", async () => {
    const { serve, counters } = await listening();
    serve((request) => {
      if (request === "refuse") return Promise.reject(new ControlRefusal("not today"));
      if (request === "bug") return Promise.reject(new Error("a bug"));
      return Promise.resolve({ got: request });
    });
    expect(await askControl(folder, NAME, { a: ["ü", 1, null] }, TIMEOUT_MS)).toEqual({
      answer: { got: { a: ["ü", 1, null] } },
    });
    expect(await askControl(folder, NAME, "refuse", TIMEOUT_MS)).toEqual({ refused: "not today" });
    expect(await askControl(folder, NAME, "bug", TIMEOUT_MS)).toEqual({ refused: "internal error: a bug" });
    expect(counters).toEqual({ requests: 3, refused: 2, malformed: 0 });
  });

  test("is waited for while the other side is starting", async () => {
    const { serve } = await listening();
    const answer = askControl(folder, NAME, 1, TIMEOUT_MS);
    // The first try has been answered by then.
    expect(await whyNobodyListens(folder, NAME)).toBeUndefined();
    serve(() => Promise.resolve("served"));
    expect(await answer).toEqual({ answer: "served" });
  });

  test("that never comes", async () => {
    const { serve } = await listening();
    await expect(askControl(folder, NAME, 1, 30)).rejects.toMatchObject({ why: "timeout" });
    serve(() => new Promise(() => undefined));
    await expect(askControl(folder, NAME, 1, 30)).rejects.toMatchObject({ why: "timeout" });
  });

  test("that is longer than may be sent", async () => {
    const { serve } = await listening();
    serve(() => Promise.resolve("x".repeat(9_000_000)));
    expect(await askControl(folder, NAME, 1, TIMEOUT_MS)).toEqual({
      refused: "the answer is longer than may be sent",
    });
  });

  test("of several megabytes comes whole", async () => {
    const { serve } = await listening();
    serve(() => Promise.resolve("y".repeat(5_000_000)));
    expect(await askControl(folder, NAME, 1, TIMEOUT_MS)).toEqual({ answer: "y".repeat(5_000_000) });
  });
});

test("whoever asks on and on without hearing is cut off, and others are served", async () => {
  const { serve, counters } = await listening();
  let isHeld = true;
  serve(async () => {
    await pollUntil(() => !isHeld, { deadlineMs: TIMEOUT_MS, what: "the end of the test" });
    return "late";
  });
  const socket = connect(join(folder, NAME));
  const gone = new Promise<void>((resolve) => {
    socket.on("close", () => {
      resolve();
    });
  });
  socket.on("error", () => undefined);
  socket.write('{"v":1,"request":1}\n'.repeat(100));
  await gone;
  expect(counters.malformed).toBe(1);
  isHeld = false;
  expect(await askControl(folder, NAME, 1, TIMEOUT_MS)).toEqual({ answer: "late" });
});

test("where nobody listens", async () => {
  expect(await whyNobodyListens(folder, NAME)).toBe("ENOENT");
  await expect(askControl(folder, NAME, 1, TIMEOUT_MS)).rejects.toMatchObject({ why: "ENOENT" });
  writeFileSync(join(folder, "file"), "");
  expect(await whyNobodyListens(folder, "file")).toBe("ECONNREFUSED");
  await (await listening()).close();
  expect(readdirSync(folder)).toEqual(["file"]);
  await expect(listenForControl(join(folder, "nowhere"), NAME)).rejects.toMatchObject({ fault: "access" });
});
