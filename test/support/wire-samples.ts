// One fixed run of every stage -> all that it writes which outlives a process, a list of lines a format: topics as they stand there, entries
// of state as `{key, text}` or, where the value is no text, `{key, base64}`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isUtf8 } from "node:buffer";
import { failingKey, failingValue } from "../../services/alerter/outbox-entries.ts";
import { webhook, wordOf } from "../../services/alerter/testing/storm-alerts.ts";
import { KeptAlerts } from "../../services/console/kept-alerts.ts";
import { KeptWindows } from "../../services/console/kept-windows.ts";
import { conversation, mail, START_AT } from "../../services/detector/testing/conversation.ts";
import { PatternEntries } from "../../services/squall/standalone/pattern-entries.ts";
import mailEvent from "../../shared/domain/mail-event.schema.json" with { type: "json" };
import mailFragment from "../../shared/domain/mail-fragment.schema.json" with { type: "json" };
import stormAlert from "../../shared/domain/storm-alert.schema.json" with { type: "json" };
import { decodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import threadWindow from "../../shared/domain/thread-window.schema.json" with { type: "json" };
import type { PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { NewRecord } from "../../shared/runtime/topic-log.ts";
import { FoldRun, linesOf } from "./fold-run.ts";
import { LiveRun } from "./live-run.ts";
import { ManualClock } from "./manual-clock.ts";
import { STAGE_PARTS } from "./stage-parts.ts";
import { StateEntries } from "./state-entries.ts";

const LOG = join(import.meta.dirname, "../testdata/postfix/small-storm.log");
/** The log's last minutes are some hours old then. */
const NOW = Date.UTC(2016, 10, 14, 12);
/** Of a topic: enough to see every shape. */
const LINES_MAX = 40;
const parts = STAGE_PARTS;

export type WireSamples = ReadonlyMap<string, readonly string[]>;

/** Partition 0 of each topic is all there is. */
const at = (topic: string) => ({ topic, partition: 0 });
const common = { partitions: 1, deadLetters: "dead-letters", version: "0.1.0" };
const { allowedLatenessMs } = parts.defaultDetectorSettings;

export const STAGE_FOLDS = {
  ingest: () =>
    new parts.IngestPartition({
      ...common,
      at: at("mail-logs"),
      reading: {
        site: "nhs",
        format: "auto",
        lineBytesMax: 65_536,
        toUtc: parts.zoneToUtc("UTC"),
        allowedLatenessMs,
        hashSeed: 17,
        listServers: new Set(),
      },
      hostsMax: 1_000,
      fragments: { topic: "mail-fragments", partitions: 1 },
    }),
  assembler: () =>
    new parts.AssemblerPartition({
      ...common,
      at: at("mail-fragments"),
      settings: parts.defaultAssemblerSettings,
      allowedLatenessMs,
      people: { name: (address) => address, allowSubject: true },
      events: { topic: "mail-events", partitions: 1 },
      nowMs: () => NOW,
    }),
  detector: () =>
    new parts.DetectorPartition({
      ...common,
      at: at("mail-events"),
      site: "nhs",
      settings: { ...parts.defaultDetectorSettings, emitWindows: true },
      advise: parts.stormAdvice,
      windows: { topic: "thread-windows", partitions: 1 },
      alerts: { topic: "storm-alerts", partitions: 1 },
    }),
  alerter: () =>
    new parts.AlerterPartition({
      at: at("storm-alerts"),
      deadLetters: common.deadLetters,
      version: common.version,
      createTelling: (links) =>
        parts.createTelling({
          receivers: [webhook("pager")],
          // It never answers: what is to be told stays.
          http: { send: () => new Promise(() => undefined), close: () => Promise.resolve() },
          clock: new ManualClock(NOW),
          random: () => 0.5,
          text: { timeZone: "UTC" },
          userAgent: "squall/0.1.0",
          env: {},
          say: () => undefined,
          ...links,
        }),
    }),
} satisfies Record<string, () => PartitionFold>;

export function wireSamples(): WireSamples {
  const samples = new Map<string, readonly string[]>();
  const records: NewRecord[] = [];
  const log = readFileSync(LOG, "latin1").trimEnd().split("\n");
  const ingest = told(STAGE_FOLDS.ingest, [...log.slice(0, 400), '{"v":1,"at":"never"}'], records);
  samples.set("state-ingest", entryLines(ingest.state));
  const assembler = told(STAGE_FOLDS.assembler, [...linesOf(records, "mail-fragments"), '{"v":1}'], records);
  samples.set("state-assembler", entryLines(assembler.state));
  const events = linesOf(records, "mail-events");
  const detector = told(STAGE_FOLDS.detector, [...events, ...manyKinds(), '{"v":1}'], records);
  samples.set("state-detector", entryLines(detector.state));
  const silences = [
    parts.encodeSilenceLine({ do: "silence", target: "quiet", durationMs: 3_600_000, why: "town hall", who: "anna" }),
    parts.encodeSilenceLine({ do: "end-silence", id: 7 }),
  ];
  const words = ["quiet", "loud"].map((storm) => parts.encodeStormAlert(wordOf(storm, "storm.opened", 1)));
  const opened = linesOf(records, "storm-alerts").filter((line) => line.includes('"type":"storm.opened"'));
  const progress = linesOf(records, "storm-alerts").filter(isProgress);
  const alerter = told(STAGE_FOLDS.alerter, [...silences, ...words, ...opened, ...progress], records);
  // Its tries would fail in their own time, which no sample waits for.
  const failing = [failingKey("pager"), failingValue({ sinceMs: NOW, failures: 3 })] as const;
  samples.set("state-alerter", entryLines(new Map([...alerter.state, failing])));
  samples.set("state-standalone", entryLines(standaloneState(records, log)));
  samples.set("silence-lines", silences);
  for (const topic of ["mail-fragments", "mail-events", "thread-windows", "storm-alerts"]) {
    const lines = linesOf(records, topic);
    const own = lines.filter((line) => !isProgress(line));
    samples.set(topic, [...exampleOf(topic), ...own.slice(0, LINES_MAX)]);
    samples.set("stream-progress", [...(samples.get("stream-progress") ?? []), ...lines.filter(isProgress)]);
  }
  const dead = records.filter(({ topic }) => topic === common.deadLetters);
  samples.set(
    "dead-letters",
    dead.map(({ headers, value }) => JSON.stringify({ headers, text: value?.toString() })),
  );
  samples.set("position", [parts.positionValue({ offset: 7, readTo: 9, of: 6 }).toString()]);
  return samples;
}

/** Of the schema of what a topic holds: it has every field. */
function exampleOf(topic: string): string[] {
  const schema = {
    "mail-fragments": mailFragment,
    "mail-events": mailEvent,
    "thread-windows": threadWindow,
    "storm-alerts": stormAlert,
  }[topic];
  return schema?.examples.slice(-1).map((example) => JSON.stringify(example)) ?? [];
}

function isProgress(line: string): boolean {
  return line.startsWith('{"v":1,"kind":"progress",');
}

/** Takes the lines in some records, a flush behind each; what is said goes to `records`. */
function told(
  create: () => PartitionFold,
  lines: readonly string[],
  records: NewRecord[],
): { readonly state: ReadonlyMap<string, Buffer> } {
  const run = new FoldRun(create);
  const step = Math.ceil(lines.length / 5);
  run.fold.advance(NOW, NOW);
  for (let from = 0; from < lines.length; from += step) {
    run.take(lines.slice(from, from + step), NOW + from);
    run.fold.advance(NOW + from, NOW + from);
    run.flush();
  }
  // What waited is told.
  for (const laterMs of [2_000, 20_000, 40_000]) {
    run.fold.advance(NOW + laterMs, NOW + laterMs);
    run.flush();
  }
  records.push(...run.records);
  return { state: run.stored };
}

/** Mails that leave an entry of every kind in a detector: a large thread, small mails, a message of many queue ids. */
function manyKinds(): string[] {
  const talk = conversation({
    audience: 3000,
    gaps: Array.from({ length: 12 }, () => 10),
    person: (one) => `person${one}`,
  });
  const small = [1, 2, 3].map((one) =>
    mail({ seconds: one, queueId: `S${one}`, id: `small${one}`, hop: "203.0.113.7", authenticated: false }),
  );
  const again = mail({ seconds: 4, queueId: "S4", id: "small1", hop: "203.0.113.7", authenticated: false });
  const copies = Array.from({ length: 40 }, (_, one) =>
    mail({ seconds: 200, queueId: `C${one}`, id: "copies", hop: "lists", recipients: 50 }),
  );
  const shared = Array.from({ length: 6 }, (_, one) =>
    mail({
      seconds: 300 + one,
      queueId: `L${one}`,
      login: "desk@corp.example",
      from: `desk${one}@corp.example`,
      recipients: 100,
    }),
  );
  const numbered = talk.map((event, one) => ({ ...event, queueId: `T${one}`, eventId: `mx1/T${one}` }));
  return [...numbered, ...small, again, ...copies, ...shared].map((event) => parts.encodeMailEvent(event));
}

/** What a standalone keeps beside what it has in common with the services. */
function standaloneState(records: readonly NewRecord[], log: readonly string[]): ReadonlyMap<string, Buffer> {
  const entries = new StateEntries();
  const live = new LiveRun();
  live.turn(Buffer.from(`${log.slice(0, 60).join("\n")}\n`, "latin1"), NOW, true);
  live.flush(entries);
  const alerts = new KeptAlerts(10, () => undefined);
  alerts.add(wordOf("loud", "storm.opened", 1));
  const windows = new KeptWindows({ nowMs: () => START_AT, onRestored: () => undefined, windowsMax: 1_000 });
  for (const line of linesOf(records, "thread-windows")) {
    const decoded = decodeThreadWindow(line);
    if (decoded.ok) windows.add(decoded.window);
  }
  const pattern = { seen: ["/var/log/mail.log"] };
  const patterns = new PatternEntries(() => [["pattern /var/log/mail*.log", pattern]]);
  entries.take((put) => {
    alerts.changes(put);
    windows.changes(put);
    patterns.changes(put);
  });
  return entries;
}

function entryLines(entries: ReadonlyMap<string, Buffer>): string[] {
  return Array.from(entries, ([key, value]) =>
    JSON.stringify(isUtf8(value) ? { key, text: value.toString() } : { key, base64: value.toString("base64") }),
  );
}

/** One line of a sample of state. */
export function entryOf(line: string): { readonly key: string; readonly value: Buffer } {
  const entry: unknown = JSON.parse(line);
  if (typeof entry === "object" && entry !== null && "key" in entry && typeof entry.key === "string") {
    if ("text" in entry && typeof entry.text === "string") return { key: entry.key, value: Buffer.from(entry.text) };
    if ("base64" in entry && typeof entry.base64 === "string") {
      return { key: entry.key, value: Buffer.from(entry.base64, "base64") };
    }
  }
  throw new Error(`no entry: ${line}`);
}
