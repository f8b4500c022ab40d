import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../../shared/runtime/status-server.ts";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { freePort } from "../../../test/support/free-port.ts";
import type { Terminal } from "../terminal.ts";
import { healthCommand, type HealthFlags } from "./health-command.ts";

const closers = closersAfterEach();

async function health(flags: HealthFlags, env: Terminal["env"] = {}): Promise<[number, string, string]> {
  let [out, err] = ["", ""];
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    errIsTerminal: false,
    outIsTerminal: false,
    color: false,
    width: 100,
    env,
    nowMs: () => 0,
    onOutputGone: () => undefined,
    signal: new AbortController().signal,
  };
  const code = await healthCommand(flags, terminal);
  return [code, out, err];
}

async function statusServer(host: string, isReady: boolean): Promise<number> {
  const server = await openStatusServer({
    address: { host, port: 0 },
    metrics: createMetrics({ service: "standalone", version: "1", nodeVersion: "24", ofProcess: false }),
    health: {
      alive: () => ({ ok: true, text: "ok" }),
      ready: () => (isReady ? { ok: true, text: "ready" } : { ok: false, text: "not yet: the group" }),
    },
    mend: "",
  });
  closers.push(() => server.close());
  return server.address.port;
}

test.each<[string, string, boolean, HealthFlags, [number, string, string]]>([
  ["ready", "127.0.0.1", true, {}, [0, "ready\n", ""]],
  ["not yet ready", "127.0.0.1", false, {}, [1, "", "not yet: the group\n"]],
  ["alive, though not ready", "127.0.0.1", false, { alive: true }, [0, "ok\n", ""]],
  ["on every address", "0.0.0.0", true, {}, [0, "ready\n", ""]],
])("%s", async (...[, host, isReady, flags, expected]) => {
  const port = await statusServer(host, isReady);
  const metrics = host === "0.0.0.0" ? `*:${port}` : `${host}:${port}`;
  expect(await health({ ...flags, metrics })).toEqual(expected);
  expect(await health(flags, { SQUALL_METRICS_ADDRESS: metrics })).toEqual(expected);
});

test("nobody there", async () => {
  const [code, out, err] = await health({ metrics: String(await freePort()) });
  expect([code, out]).toEqual([69, ""]);
  expect(err).toMatch(/^squall: nobody answers at 127\.0\.0\.1:\d+: .*ECONNREFUSED/u);
});

test("somebody who never answers is not waited for longer than a health check may take", async () => {
  const mute: Server = createServer().listen(0, "127.0.0.1");
  await once(mute, "listening");
  closers.push(() => void mute.close());
  const address = mute.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const [code, , err] = await health({ metrics: String(port) });
  expect(code).toBe(69);
  expect(err).toContain("nobody answers at");
});

test.each(["off", "nowhere", "host:99999"])("%s is no address to ask", async (metrics) => {
  const [code, out, err] = await health({ metrics });
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(`${metrics} is no address to ask`);
});
