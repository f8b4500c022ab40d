// A word of an operator to the alerter, as a line among the alerts: so it holds from that alert on, whichever process tells.

export type SilenceWord =
  | {
      readonly do: "silence";
      readonly target: string;
      readonly durationMs: number;
      readonly why: string;
      readonly who: string;
    }
  | { readonly do: "end-silence"; readonly id: number };

/** How every line of it begins. */
const HEAD = '{"v":1,"kind":"silence",';

export function isSilenceLine(line: string): boolean {
  return line.startsWith(HEAD);
}

export function encodeSilenceLine(word: SilenceWord): string {
  return JSON.stringify({ v: 1, kind: "silence", ...word });
}

/** Undefined for what is none. */
export function decodeSilenceLine(line: string): SilenceWord | undefined {
  return silenceWordOf(parsed(line));
}

/** Undefined for what is none. The bounds of its fields are the alerter's matter. */
export function silenceWordOf(read: unknown): SilenceWord | undefined {
  if (typeof read !== "object" || read === null || !("do" in read)) return undefined;
  if (read.do === "end-silence") {
    return "id" in read && typeof read.id === "number" ? { do: "end-silence", id: read.id } : undefined;
  }
  if (read.do !== "silence" || !("target" in read && "durationMs" in read && "why" in read && "who" in read)) {
    return undefined;
  }
  const { target, durationMs, why, who } = read;
  if (typeof target !== "string" || typeof durationMs !== "number") return undefined;
  if (typeof why !== "string" || typeof who !== "string") return undefined;
  return { do: "silence", target, durationMs, why, who };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
