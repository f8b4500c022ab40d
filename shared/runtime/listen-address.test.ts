import { expect, test } from "vitest";
import { isLoopback, ListenError, listenAddressText, parseListenAddress } from "./listen-address.ts";

test.each([
  ["127.0.0.1:9464", "127.0.0.1", 9464, true],
  ["9464", "127.0.0.1", 9464, true],
  ["127.0.0.1:0", "127.0.0.1", 0, true],
  ["[::1]:9464", "::1", 9464, true],
  ["localhost:9464", "localhost", 9464, true],
  ["*:9464", "0.0.0.0", 9464, false],
  ["0.0.0.0:9464", "0.0.0.0", 9464, false],
  ["[::]:9464", "::", 9464, false],
  ["mail.example.org:514", "mail.example.org", 514, false],
])("%s", (text, host, port, loopback) => {
  const address = parseListenAddress(text);
  expect(address).toEqual({ host, port });
  expect(isLoopback({ host, port })).toBe(loopback);
  expect(parseListenAddress(listenAddressText({ host, port }))).toEqual({ host, port });
});

test.each([
  "",
  "x",
  ":9464",
  "127.0.0.1",
  "127.0.0.1:",
  "127.0.0.1:65536",
  "::1:9464",
  "[x]:1",
  "a b:1",
  "http://x:1",
  "-x:1",
  "127.0.0.1:94 64",
])("%j is none", (text) => {
  expect(parseListenAddress(text)).toBeUndefined();
});

test("what is wrong, and what to do", () => {
  const error = Object.assign(new Error("listen EADDRINUSE: x"), { code: "EADDRINUSE" });
  const told = new ListenError(
    "metrics",
    { host: "::1", port: 9464 },
    { error, mend: "SQUALL_METRICS_ADDRESS sets another" },
  );
  expect(told.message).toBe(
    "metrics: cannot listen on [::1]:9464: another process listens there already; SQUALL_METRICS_ADDRESS sets another",
  );
  expect(told.code).toBe("EADDRINUSE");
  const other = new ListenError("syslog", { host: "x", port: 1 }, { error: new Error("odd"), mend: "mend" });
  expect(other.message).toBe("syslog: cannot listen on x:1: odd; mend");
});
