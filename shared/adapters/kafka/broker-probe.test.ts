import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { probeBroker } from "./broker-probe.ts";

const TIMEOUT_MS = 5_000;
const SHORT_MS = 100;
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

/** A server that does this with what it is sent first. */
async function brokerThat(answers: (socket: Socket, request: Buffer) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", (request: Buffer) => {
      answers(socket, request);
    });
  });
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

/** Length, then the number of the request, then nothing that is looked at. */
function answerTo(request: Buffer): Buffer {
  const answer = Buffer.alloc(10);
  answer.writeInt32BE(6, 0);
  request.copy(answer, 4, 8, 12);
  return answer;
}

test("a broker that answers, in two pieces", async () => {
  const broker = await brokerThat((socket, request) => {
    const answer = answerTo(request);
    socket.write(answer.subarray(0, 3), () => void socket.write(answer.subarray(3)));
  });
  expect(await probeBroker(broker, undefined, TIMEOUT_MS)).toEqual({
    addresses: ["127.0.0.1"],
    connectedTo: "127.0.0.1",
  });
});

// Length, ApiVersions of version 0, the number of the request, no client.
test("what is sent asks for versions and names nobody", async () => {
  let sent = "";
  const broker = await brokerThat((socket, request) => {
    sent = request.toString("hex");
    socket.write(answerTo(request));
  });
  await probeBroker(broker, undefined, TIMEOUT_MS);
  expect(sent).toBe("0000000a0012000073717561ffff");
});

test.each<[string, (socket: Socket) => void, number, string]>([
  ["hangs up", (socket) => void socket.end(), TIMEOUT_MS, "it hung up without an answer"],
  ["cuts off", (socket) => void socket.resetAndDestroy(), TIMEOUT_MS, "the connection was cut off"],
  ["is silent", () => undefined, SHORT_MS, "no answer in time"],
  [
    "is a web server",
    (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    TIMEOUT_MS,
    "something answers that is no Kafka broker",
  ],
])("one that %s", async (_, answers, timeoutMs, message) => {
  const { fault } = await probeBroker(await brokerThat(answers), undefined, timeoutMs);
  expect(fault).toMatchObject({ stage: "kafka", message });
  expect(fault?.speaks).toBeUndefined();
});

test("one that speaks in the clear where TLS is wanted", async () => {
  const broker = await brokerThat((socket, request) => {
    // A broker takes the hello of TLS for the length of a giant request.
    if (request.readInt32BE(0) > 1_000_000) socket.destroy();
    else socket.write(answerTo(request));
  });
  const { fault } = await probeBroker(broker, {}, TIMEOUT_MS);
  expect([fault?.stage, fault?.speaks]).toEqual(["tls", "clear"]);
});

test("nothing listens; no such name", async () => {
  const refused = await probeBroker("127.0.0.1:1", undefined, TIMEOUT_MS);
  expect(refused.fault).toMatchObject({ stage: "connect", code: "ECONNREFUSED" });
  const nameless = await probeBroker("no-such-broker.invalid:9092", undefined, TIMEOUT_MS);
  expect(nameless.fault?.stage).toBe("lookup");
});
