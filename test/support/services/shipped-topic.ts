// What shippers put into squall.mail-logs, taken apart again into the lines that they were given, by the members that docs/kafka-lines.md names.

import { LogError, type LogRecord, type TopicLog } from "../../../shared/runtime/topic-log.ts";
import { pollUntil } from "../poll.ts";

const WAIT_MS = 90_000;

export interface ShippedTopic {
  /** Of each partition, in order. */
  readonly lines: readonly (readonly string[])[];
  readonly keys: ReadonlySet<string>;
  /** Records beyond one a line. */
  readonly repeats: number;
}

/** When every one of `lines` is there at least as often as it was sent; else throws with how many are not. */
export async function shippedTopic(log: TopicLog, topic: string, lines: readonly string[]): Promise<ShippedTopic> {
  let read: Awaited<ReturnType<typeof readTopic>> = { lines: [], keys: new Set() };
  let missing = lines;
  const isWhole = async (): Promise<boolean> => {
    try {
      const ends = await log.endsOf(topic);
      if (ends.reduce((sum, { end }) => sum + end, 0) < lines.length) return false;
      read = await readTopic(log, topic);
    } catch (error) {
      // A partition has no leader yet, or the broker is away.
      if (error instanceof LogError && error.fault === "unreachable") return false;
      throw error;
    }
    missing = missingOf(lines, read.lines.flat());
    return missing.length === 0;
  };
  try {
    await pollUntil(isWhole, { deadlineMs: WAIT_MS, what: `lines in ${topic}` });
  } catch (error) {
    const what = `${missing.length} of ${lines.length} lines did not arrive, first: ${missing[0] ?? ""}`;
    throw new Error(what, { cause: error });
  }
  return { ...read, repeats: read.lines.flat().length - lines.length };
}

async function readTopic(log: TopicLog, topic: string): Promise<Omit<ShippedTopic, "repeats">> {
  const ends = await log.endsOf(topic);
  const keys = new Set<string>();
  const lines: string[][] = [];
  for (const [partition, { end }] of ends.entries()) {
    const own: string[] = [];
    lines.push(own);
    if (end === 0) continue;
    const take = ({ key, value }: LogRecord): void => {
      if (key !== undefined) keys.add(key.toString());
      own.push(lineOf(value?.toString() ?? ""));
    };
    await log.readBack({ topic, partition }, ({ offset }) => offset >= end - 1, take);
  }
  return { lines, keys };
}

function missingOf(sent: readonly string[], arrived: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of arrived) counts.set(line, (counts.get(line) ?? 0) + 1);
  return sent.filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}

/** rsyslog's jsonf, syslog-ng's format-json, or the line itself. */
function lineOf(value: string): string {
  if (!value.startsWith("{")) return value.trimEnd();
  const members: unknown = JSON.parse(value);
  if (typeof members !== "object" || members === null) return value;
  const texts = new Map(Object.entries(members).map(([name, text]) => [name, String(text)]));
  const of = (name: string): string => texts.get(name) ?? "";
  if (texts.has("timereported"))
    return `${of("timereported")} ${of("hostname")} ${of("syslogtag")}${of("msg")}`.trimEnd();
  return `${of("ISODATE")} ${of("HOST")} ${of("PROGRAM")}[${of("PID")}]: ${of("MESSAGE")}`;
}
