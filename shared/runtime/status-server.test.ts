import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Health } from "./health.ts";
import { createMetrics } from "./metrics.ts";
import type { HttpPort } from "./http-port.ts";
import { openStatusServer } from "./status-server.ts";

const open: HttpPort[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

interface Served {
  readonly url: string;
  readonly server: HttpPort;
  readonly health: Health;
}

async function serve(
  metrics = createMetrics({ service: "standalone", version: "1", nodeVersion: "v24", ofProcess: false }),
): Promise<Served> {
  const health = new Health({ stuckAfterMs: 1000, conditions: ["inputs open"], nowMs: () => 0 });
  const address = { host: "127.0.0.1", port: 0 };
  const server = await openStatusServer({ address, metrics, health, mend: "SQUALL_METRICS_ADDRESS sets another" });
  open.push(server);
  return { url: `http://127.0.0.1:${server.address.port}`, server, health };
}

async function said(url: string, init?: RequestInit): Promise<string> {
  const answer = await fetch(url, init);
  return `${answer.status} ${answer.headers.get("content-type") ?? ""}: ${await answer.text()}`;
}

describe("what it answers", () => {
  test("metrics, in the format that is asked for", async () => {
    const { url } = await serve();
    const body = (await fetch(`${url}/metrics`)).text();
    expect(await body).toContain("# TYPE squall_build_info gauge");
    expect(await said(`${url}/metrics?x=y`)).toMatch(/^200 text\/plain; version=0\.0\.4; charset=utf-8: # HELP/u);
    const accept = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5";
    expect(await said(`${url}/metrics`, { headers: { accept } })).toMatch(
      /^200 application\/openmetrics-text; version=1\.0\.0; charset=utf-8: .*# EOF\n$/su,
    );
  });

  test("health", async () => {
    const { url, health } = await serve();
    const plain = "text/plain; charset=utf-8";
    expect(await said(`${url}/healthz`)).toBe(`200 ${plain}: ok\n`);
    expect(await said(`${url}/readyz`)).toBe(`503 ${plain}: not yet: inputs open\n`);
    health.met("inputs open");
    expect(await said(`${url}/readyz`)).toBe(`200 ${plain}: ready\n`);
  });

  test("nothing else", async () => {
    const { url } = await serve();
    expect(await said(`${url}/metrics/../secret`)).toMatch(/^404 /u);
    expect(await said(`${url}/metrics`, { method: "POST", body: "x" })).toMatch(/^405 /u);
    expect(await said(`${url}/metrics`, { method: "HEAD" })).toMatch(/: $/u);
    expect(await said(url)).toContain("/readyz");
  });

  test("a metric that cannot be read is told, and the server lives on", async () => {
    const metrics = createMetrics({ service: "standalone", version: "1", nodeVersion: "v24", ofProcess: false });
    metrics.gauge({ name: "squall_broken", help: "Broken." }, () => {
      throw new Error("out of order");
    });
    const { url } = await serve(metrics);
    expect(await said(`${url}/metrics`)).toBe("500 text/plain; charset=utf-8: metrics cannot be read: out of order\n");
    expect(await said(`${url}/healthz`)).toMatch(/^200 /u);
  });
});

test("a port in use is told in one line", async () => {
  const { server, health } = await serve();
  const metrics = createMetrics({ service: "standalone", version: "1", nodeVersion: "v24", ofProcess: false });
  const second = openStatusServer({
    address: server.address,
    metrics,
    health,
    mend: "SQUALL_METRICS_ADDRESS sets another",
  });
  await expect(second).rejects.toThrow(
    `metrics: cannot listen on 127.0.0.1:${server.address.port}: another process listens there already; SQUALL_METRICS_ADDRESS sets another`,
  );
});

test("closing cuts off who says nothing, and frees the port", async () => {
  const { server } = await serve();
  const { port } = server.address;
  const idle = connect(port, "127.0.0.1");
  const cut = new Promise((resolve) => {
    idle.on("close", resolve);
    idle.on("error", () => undefined);
  });
  await new Promise((resolve) => idle.once("connect", resolve));
  await server.close();
  await cut;
  expect(await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => "gone")).toBe("gone");
});
