import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameReader } from "./frame-reader.ts";
import type { SyslogLoss } from "./syslog-counters.ts";

interface Read {
  readonly messages: string[];
  readonly lost: SyslogLoss[];
  readonly isOpen: boolean;
}

function read(stream: string | Buffer, options: { cuts?: readonly number[]; inOrder?: boolean } = {}): Read {
  const messages: string[] = [];
  const lost: SyslogLoss[] = [];
  const reader = new FrameReader({
    messageBytesMax: 100,
    skipBytesMax: 1000,
    onMessage: (bytes, start, end) => void messages.push(bytes.toString("latin1", start, end)),
    onLoss: (reason) => void lost.push(reason),
  });
  const bytes = Buffer.isBuffer(stream) ? stream : Buffer.from(stream, "latin1");
  const { cuts = [], inOrder = true } = options;
  let isOpen = true;
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (cut <= at || cut > bytes.length) continue;
    // A copy: what was handed in may be overwritten afterwards.
    const chunk = Buffer.from(bytes.subarray(at, cut));
    isOpen = reader.feed(chunk);
    chunk.fill(88);
    if (!isOpen) break;
    at = cut;
  }
  reader.end(inOrder);
  return { messages, lost, isOpen };
}

const everyByte = (stream: string): number[] => Array.from({ length: stream.length }, (_, at) => at);
const counted = (message: string): string => `${message.length} ${message}`;
const A = "<22>Nov 26 17:00:00 mx a[1]: x";
const B = "<22>1 2026-11-26T17:00:00Z mx b 1 - - y";

describe("a stream of messages", () => {
  test.each<[string, string, string[]]>([
    ["ended by newlines", `${A}\n${B}\n`, [A, B]],
    ["ended by NUL", `${A}\0${B}\0`, [A, B]],
    ["ended by CR LF", `${A}\r\n${B}\r\n`, [`${A}\r`, `${B}\r`]],
    ["counted", counted(A) + counted(B), [A, B]],
    ["counted, with a newline behind each that is not counted", `${counted(A)}\n${counted(B)}\n`, [A, B]],
    ["counted, with newlines within", counted(`${A}\n${B}`), [`${A}\n${B}`]],
    ["of both kinds in turn", `${A}\n${counted(B)}${A}\n${counted(A)}`, [A, B, A, A]],
    [
      "lines that begin with a year",
      "2026-11-26T17:00:00Z mx a: x\n2026-11-26T17:00:01Z mx a: y\n",
      ["2026-11-26T17:00:00Z mx a: x", "2026-11-26T17:00:01Z mx a: y"],
    ],
    ["lines of RFC 5424 without a priority", `${B.slice(4)}\n${B.slice(4)}\n`, [B.slice(4), B.slice(4)]],
    ["counted without a priority", counted(A.slice(4)) + counted(A.slice(4)), [A.slice(4), A.slice(4)]],
    ["a number of eleven digits and a space, which is no count", "99999999999 x\n", ["99999999999 x"]],
    ["a number that begins with nought, which is none either", "0030 x\n", ["0030 x"]],
    ["empty lines", `\n\n${A}\n\r\n\0\n${A}\n`, [A, A]],
    ["the last one without its newline", `${A}\n${B}`, [A, B]],
    ["nothing", "", []],
  ])("%s", (_name, stream, messages) => {
    expect(read(stream)).toEqual({ messages, lost: [], isOpen: true });
    expect(read(stream, { cuts: everyByte(stream) })).toEqual({ messages, lost: [], isOpen: true });
  });
});

describe("what is lost is counted", () => {
  const long = "x".repeat(101);
  test.each<[string, string, string[], SyslogLoss[]]>([
    ["a line too long, the next one is read", `${long}\n${A}\n`, [A], ["message-too-long"]],
    ["a line too long without an end", long + long, [], ["message-too-long"]],
    [
      "a counted one too long, whatever lines it holds",
      counted(`${long}\n${A}\n`) + counted(B),
      [B],
      ["message-too-long"],
    ],
    ["a counted one that breaks off", counted(A).slice(0, -1), [], ["message-cut-off"]],
    ["a count and nothing behind it", "30 ", [], ["message-cut-off"]],
    ["half a count", "30", [], ["message-cut-off"]],
  ])("%s", (_name, stream, messages, lost) => {
    expect(read(stream)).toEqual({ messages, lost, isOpen: true });
    expect(read(stream, { cuts: everyByte(stream) })).toEqual({ messages, lost, isOpen: true });
  });

  test("a line that a broken connection leaves half", () => {
    expect(read(`${A}\n${B}`, { inOrder: false })).toEqual({ messages: [A], lost: ["message-cut-off"], isOpen: true });
  });

  test.each(["1001 ", "999999999 "])("an announcement of %sbytes closes the connection", (count) => {
    const stream = `${A}\n${count}${A}\n`;
    expect(read(stream)).toEqual({ messages: [A], lost: ["absurd-length"], isOpen: false });
  });
});

test("however a stream is cut, its messages are the same", () => {
  const message = fc.string({
    unit: fc.constantFrom("<", "2", ">", " ", "a", "1", "\u00ff"),
    minLength: 1,
    maxLength: 120,
  });
  const frame = fc.oneof(
    message.map((text) => `${text.length} ${text}`),
    message.map((text) => `${text}\n`),
    message.map((text) => `${text}\0\n`),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(1000), { maxLength: 12 }), (frames, cuts) => {
      const stream = frames.join("");
      const inOneGo = read(stream);
      expect(read(stream, { cuts: cuts.toSorted((a, b) => a - b) })).toEqual(inOneGo);
      expect(inOneGo.messages.every((text) => text.length <= 100)).toBe(true);
    }),
    { seed: 7, numRuns: 500 },
  );
});
