import { describe, expect, test } from "vitest";
import { socketErrorInWords } from "./socket-error.ts";
import { parseSyslogAddress, syslogAddressText, type SyslogAddress } from "./syslog-address.ts";

describe("an address of a syslog port", () => {
  test.each<[string, SyslogAddress]>([
    ["udp://127.0.0.1:5514", { transport: "udp", host: "127.0.0.1", port: 5514 }],
    ["tcp://0.0.0.0:514", { transport: "tcp", host: "0.0.0.0", port: 514 }],
    ["TCP://logs.example.org:6514/", { transport: "tcp", host: "logs.example.org", port: 6514 }],
    ["udp://[::1]:5514", { transport: "udp", host: "::1", port: 5514 }],
    ["udp://[fe80::1%eth0]:5514", { transport: "udp", host: "fe80::1%eth0", port: 5514 }],
    ["tcp://:5514", { transport: "tcp", host: "127.0.0.1", port: 5514 }],
  ])("%s", (text, address) => {
    expect(parseSyslogAddress(text)).toEqual(address);
    expect(parseSyslogAddress(syslogAddressText(address))).toEqual(address);
  });

  test.each([
    "udp://127.0.0.1",
    "udp://127.0.0.1:70000",
    "http://127.0.0.1:80",
    "mail.log",
    "udp:127.0.0.1:5514",
    "udp://a b:1",
    "udp://user@host:1",
    "tcp://host:1/path",
    "",
  ])("is not %j", (text) => {
    expect(parseSyslogAddress(text)).toBeUndefined();
  });
});

test.each<[string, number, string]>([
  ["EADDRINUSE", 5514, "udp://127.0.0.1:5514: another program listens on this port already"],
  ["EACCES", 514, "ports below 1024 need the right to bind them (CAP_NET_BIND_SERVICE)"],
  ["EACCES", 5514, "udp://127.0.0.1:5514: permission denied"],
  ["EADDRNOTAVAIL", 5514, "this machine has no such address"],
  ["ENOTFOUND", 5514, "no such host"],
  ["ESTRANGE", 5514, "udp://127.0.0.1:5514: strange"],
])("%s on port %i is told in words", (code, port, words) => {
  const error = Object.assign(new Error("strange"), { code });
  expect(socketErrorInWords({ transport: "udp", host: "127.0.0.1", port }, error).message).toContain(words);
});
