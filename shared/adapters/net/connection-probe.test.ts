import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { realPart } from "../../../test/support/real-part.ts";
import { probeConnection } from "./connection-probe.ts";

const TIMEOUT_MS = 5000;
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  undo.push(() => server.close());
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("nothing is sent over the connection", async () => {
  let received = 0;
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("data", ({ length }) => {
      received += length;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => closed.resolve());
  });
  const port = await portOf(server);
  const probe = await probeConnection(new URL(`http://127.0.0.1:${port}/hunter2`), TIMEOUT_MS);
  expect(probe).toEqual({ addresses: ["127.0.0.1"], connectedTo: "127.0.0.1" });
  await closed.promise;
  expect(received).toBe(0);
});

test("a certificate of nobody known", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "squall-tls-"));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3"];
  const made = spawnSync(realPart("openssl", context), [
    ...request,
    "-subj",
    "/CN=localhost",
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  expect(made.status).toBe(0);
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) });
  server.on("tlsClientError", () => undefined);
  const port = await portOf(server);
  const probe = await probeConnection(new URL(`https://localhost:${port}/`), TIMEOUT_MS);
  expect(probe.fault?.stage).toBe("tls");
  expect(probe.fault?.message).toMatch(/self.signed/u);
});

test.each([
  ["refused", "http://127.0.0.1:1/", "connect", "the connection was refused: nothing listens there"],
  ["an IPv6 literal", "http://[::1]:1/", "connect", /refused|no way to that network|EADDRNOTAVAIL/u],
])("%s", async (_what, url, stage, message) => {
  const { fault } = await probeConnection(new URL(url), TIMEOUT_MS);
  expect(fault?.stage).toBe(stage);
  expect(fault?.message).toMatch(message);
});

test("a server that closes at once, where TLS was to be agreed on", async () => {
  const port = await portOf(createServer((socket) => socket.destroy()));
  const { fault } = await probeConnection(new URL(`https://127.0.0.1:${port}/`), TIMEOUT_MS);
  expect(fault?.stage).toBe("tls");
  expect(fault?.message).not.toBe("");
});
