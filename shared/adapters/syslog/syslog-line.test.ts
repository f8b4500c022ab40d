import { describe, expect, test } from "vitest";
import { LineQueue } from "./line-queue.ts";
import { addSyslogLine } from "./syslog-line.ts";

function lineOf(message: string, peer = "192.0.2.1"): string | undefined {
  const queue = new LineQueue();
  // Within a larger buffer, as a frame within a chunk.
  const bytes = Buffer.from(`<9>${message}<9>`);
  const added = addSyslogLine(queue, { bytes, start: 3, end: bytes.length - 3 }, peer);
  const line = queue.take()?.toString();
  expect(added).toBe(Buffer.byteLength(line ?? ""));
  return line;
}

const STAMP = "2026-11-26T17:00:00.123456+00:00";

describe("a message becomes the line that a file would hold", () => {
  test.each<[string, string, string]>([
    ["of RFC 3164", "<22>Nov 26 17:00:00 mx postfix/qmgr[1]: x", "Nov 26 17:00:00 mx postfix/qmgr[1]: x"],
    ["with a stamp of RFC 3339", `<22>${STAMP} mx postfix/qmgr[1]: x`, `${STAMP} mx postfix/qmgr[1]: x`],
    ["of RFC 5424", `<22>1 ${STAMP} mx postfix/qmgr 1 - - x`, `1 ${STAMP} mx postfix/qmgr 1 - - x`],
    ["without a priority", `${STAMP} mx postfix/qmgr[1]: x`, `${STAMP} mx postfix/qmgr[1]: x`],
    ["with the newline of rsyslog's template", `<22>${STAMP} mx a: x\n`, `${STAMP} mx a: x`],
    ["with another trailer", `<22>${STAMP} mx a: x\r\n\0`, `${STAMP} mx a: x`],
    ["in UTF-8", `<22>${STAMP} mx a: łódź`, `${STAMP} mx a: łódź`],
    ["whose priority is none", "<abc>x", "<abc>x"],
    ["whose priority is too long", "<22222>x", "<22222>x"],
    ["of a digit and nothing", "1 ", "1 "],
    ["that is a word", "x:", "x:"],
  ])("%s", (_name, message, line) => {
    expect(lineOf(message)).toBe(`${line}\n`);
  });

  test.each(["", "\n", "\0", "<22>", "<22>\n"])("but not when there is none: %j", (message) => {
    expect(lineOf(message)).toBeUndefined();
  });
});

describe("a newline within a message makes no line", () => {
  test.each<[string, string]>([
    ["\n", "newline"],
    ["\r\n", "carriage return and newline"],
    ["\0", "NUL, which would spoil the line for its reader"],
  ])("%j: %s", (ending) => {
    const forged = `Nov 26 17:00:01 mx postfix/qmgr[1]: ABCDEF12345: removed`;
    const line = lineOf(`<22>Nov 26 17:00:00 mx web[1]: GET /${ending}${forged}`);
    expect(line).toBe(`Nov 26 17:00:00 mx web[1]: GET /${" ".repeat(ending.length)}${forged}\n`);
  });
});

describe("the sender's address stands for a host that is not named", () => {
  test.each<[string, string, string]>([
    ["in RFC 3164", "<22>Nov 26 17:00:00 postfix/qmgr[1]: x", "Nov 26 17:00:00 192.0.2.1 postfix/qmgr[1]: x"],
    ["with a stamp of RFC 3339", `<22>${STAMP} postfix/qmgr[1]: x`, `${STAMP} 192.0.2.1 postfix/qmgr[1]: x`],
    ["in RFC 5424", `<22>1 ${STAMP} - postfix/qmgr 1 - - x`, `1 ${STAMP} 192.0.2.1 postfix/qmgr 1 - - x`],
    ["with nothing behind the tag", `<22>${STAMP} a:`, `${STAMP} 192.0.2.1 a:`],
  ])("%s", (_name, message, line) => {
    expect(lineOf(message)).toBe(`${line}\n`);
  });

  test.each<[string, string]>([
    ["::ffff:192.0.2.9", "192.0.2.9"],
    ["2001:db8::9", "2001:db8::9"],
  ])("%s is shown as %s", (peer, host) => {
    expect(lineOf(`<22>${STAMP} a: x`, peer)).toBe(`${STAMP} ${host} a: x\n`);
  });

  test("but not for an address of IPv6 that ends with colons, nor where there is no stamp", () => {
    expect(lineOf(`<22>${STAMP} 2001:db8:: a: x`)).toBe(`${STAMP} 2001:db8:: a: x\n`);
    expect(lineOf("<22>postfix/qmgr[1]: x")).toBe("postfix/qmgr[1]: x\n");
  });
});
