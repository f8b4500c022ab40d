// What goes over the control socket: one JSON object a line, a request and its answer.
//
//   request   {"v":1,"request":…}
//   answer    {"v":1,"answer":…}   or {"v":1,"refused":"why, for a person"}   or {"v":1,"busy":"starting"}: ask again soon

import type { Socket } from "node:net";

/** The longest request, with its line break. */
export const REQUEST_BYTES_MAX = 65_536;
/** The longest answer. */
export const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

export type ControlAnswer = { readonly answer: unknown } | { readonly refused: string } | { readonly busy: string };

export function encodeRequest(request: unknown): string {
  return `${JSON.stringify({ v: 1, request })}\n`;
}

export function encodeAnswer(answer: ControlAnswer): string {
  return `${JSON.stringify({ v: 1, ...answer })}\n`;
}

/** Undefined: no request of this version. */
export function decodeRequest(line: string): { readonly request: unknown } | undefined {
  const value = parsed(line);
  return value !== undefined && "request" in value ? { request: value["request"] } : undefined;
}

/** Undefined: no answer of this version. */
export function decodeAnswer(line: string): ControlAnswer | undefined {
  const value = parsed(line);
  if (value === undefined) return undefined;
  if (typeof value["refused"] === "string") return { refused: value["refused"] };
  if (typeof value["busy"] === "string") return { busy: value["busy"] };
  return "answer" in value ? { answer: value["answer"] } : undefined;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && value["v"] === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Calls `onLine` for each line that comes, `onTooLong` once when one is longer than `most` bytes. */
export function readLines(
  socket: Socket,
  most: number,
  on: { line: (line: string) => void; tooLong: () => void },
): void {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...pieces, chunk.subarray(from, end)]).toString();
      pieces = [];
      bytes = 0;
      from = end + 1;
      on.line(line);
    }
    pieces.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes < most) return;
    socket.off("data", take);
    on.tooLong();
  };
  socket.on("data", take);
}
