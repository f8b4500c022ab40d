// What squall writes that outlives a process, fixed byte by byte, a file a format in test/testdata/wire: topics, dead letters, every kind of
// entry of every stage's state. A change of one is seen here, and must be one that the release before reads (docs/upgrade.md). After a wanted
// one: UPDATE_GOLDENS=1 npx vitest run test/golden/wire-formats.test.ts, then read the difference. Files of releases stay in folders of
// their own, and are read for as long as that release may be upgraded from.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KeptAlerts } from "../../services/console/kept-alerts.ts";
import { KeptWindows } from "../../services/console/kept-windows.ts";
import { START_AT } from "../../services/detector/testing/conversation.ts";
import { PatternEntries } from "../../services/squall/standalone/pattern-entries.ts";
import { LiveRun } from "../support/live-run.ts";
import { STAGE_PARTS } from "../support/stage-parts.ts";
import { StateEntries } from "../support/state-entries.ts";
import { entryOf, STAGE_FOLDS, wireSamples } from "../support/wire-samples.ts";

const FOLDER = join(import.meta.dirname, "../testdata/wire");
/** Of what is written now. */
const CURRENT = "0.1.0";
const samples = wireSamples();
const parts = STAGE_PARTS;

function goldenOf(release: string, format: string): string[] {
  return readFileSync(join(FOLDER, release, `${format}.ndjson`), "utf8")
    .trimEnd()
    .split("\n");
}

describe.each([...samples.keys()])("%s", (format) => {
  test("is written as it stands in its file", () => {
    const written = samples.get(format) ?? [];
    expect(written.length).toBeGreaterThan(0);
    if (process.env["UPDATE_GOLDENS"] === "1") {
      mkdirSync(join(FOLDER, CURRENT), { recursive: true });
      writeFileSync(join(FOLDER, CURRENT, `${format}.ndjson`), `${written.join("\n")}\n`);
    }
    expect(written).toEqual(goldenOf(CURRENT, format));
  });
});

test("there is a file for each format, and no other", () => {
  expect(readdirSync(join(FOLDER, CURRENT)).toSorted()).toEqual(
    [...samples.keys()].map((name) => `${name}.ndjson`).toSorted(),
  );
});

/** What a codec makes of a line, as it would write it. */
const REWRITTEN: Readonly<Record<string, (line: string) => string>> = {
  "mail-fragments": (line) => {
    const read = parts.decodeMailFragment(line);
    return read.ok ? parts.encodeMailFragment(read.fragment) : read.reason;
  },
  "mail-events": (line) => {
    const read = parts.decodeOwnMailEvent(line, { site: "" });
    return read.ok ? parts.encodeMailEvent(read.event) : read.reason;
  },
  "thread-windows": (line) => {
    const read = parts.decodeThreadWindow(line);
    return read.ok ? parts.encodeThreadWindow(read.window) : read.reason;
  },
  "storm-alerts": (line) => {
    const read = parts.decodeStormAlert(line);
    return read.ok ? parts.encodeStormAlert(read.alert) : read.reason;
  },
  "stream-progress": (line) => {
    const read = parts.decodeStreamProgress(line);
    return read.ok ? parts.encodeStreamProgress(read.progress) : read.reason;
  },
  "silence-lines": (line) => {
    const word = parts.decodeSilenceLine(line);
    return word === undefined ? "refused" : parts.encodeSilenceLine(word);
  },
  position: (line) => parts.positionValue(parts.readPosition(Buffer.from(line))).toString(),
};

/** Keys of the state without names and numbers. A kind that is new is a line here, and is in the fixed run. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  ingest: ["input/lines"],
  assembler: ["SITE/mail/rows/N", "SITE/mail/table", "SITE/progress/mail-logs/N"],
  detector: [
    "detector/SITE/client/N",
    "detector/SITE/clients",
    "detector/SITE/fan-out/N",
    "detector/SITE/fan-out/N/N",
    "detector/SITE/group/N",
    "detector/SITE/list-now/N",
    "detector/SITE/list-posts/N",
    "detector/SITE/list/N",
    "detector/SITE/list/N/N",
    "detector/SITE/login/N",
    "detector/SITE/minute/N",
    "detector/SITE/row/N",
    "detector/SITE/site",
    "detector/SITE/small/N/N",
    "detector/SITE/storm/N",
    "detector/SITE/thread-replies/N",
    "detector/SITE/thread/N",
    "detector/SITE/thread/N/N",
    "detector/counters",
    "order/SITE",
    "progress/SITE/mail-fragments/N",
  ],
  alerter: [
    "outbox/alert/STORM/N",
    "outbox/failing/pager",
    "outbox/storm/STORM",
    "outbox/to/pager/STORM/N",
    "pulse",
    "silence/last-id",
    "silence/set/N",
    "silence/waiting/STORM",
  ],
  standalone: [
    "console/alert/N",
    "hour/N",
    "input/log",
    "mail/rows/N",
    "mail/table",
    "pattern/pattern /var/log/mail*.log",
    "time/live",
  ],
};

function kindOf(key: string): string {
  const words = key.split("/").map((part) => {
    if (part === "nhs" || part === "corp") return "SITE";
    if (/^(?:[0-9a-f]{16,}|loud|quiet)$/u.test(part)) return "STORM";
    return /^\d+$/u.test(part) ? "N" : part;
  });
  return words.join("/");
}

const RELEASES = readdirSync(FOLDER);

describe.each(RELEASES)("what %s wrote", (release) => {
  test.each(Object.keys(REWRITTEN))("%s: is read, and written again as it was", (format) => {
    const lines = goldenOf(release, format);
    expect(lines.map((line) => REWRITTEN[format]?.(line))).toEqual(lines);
  });

  test.each(["ingest", "assembler", "detector", "alerter"] as const)(
    "state of %s: is taken up, and nothing of it has changed",
    (stage) => {
      const fold = STAGE_FOLDS[stage]();
      const entries = goldenOf(release, `state-${stage}`).map(entryOf);
      for (const { key, value } of entries) fold.restore(key, value);
      fold.restored();
      const told = new Map<string, string | undefined>();
      fold.drain({ output: () => undefined, entry: (key, value) => void told.set(key, value?.toString("latin1")) });
      const kept = new Map(entries.map(({ key, value }) => [key, value.toString("latin1")]));
      expect([...told].filter(([key, value]) => kept.get(key) !== value)).toEqual([]);
    },
  );

  test("state of a standalone: is taken up, and nothing of it has changed", () => {
    const entries = new StateEntries(
      goldenOf(release, "state-standalone")
        .map(entryOf)
        .map(({ key, value }) => [key, value]),
    );
    const shown: string[] = [];
    const alerts = new KeptAlerts(10, ({ stormId }) => void shown.push(stormId));
    const windows = new KeptWindows({
      nowMs: () => START_AT,
      onRestored: ({ key }) => void shown.push(key),
      windowsMax: 1_000,
    });
    const patterns = new PatternEntries(() => []);
    const own = [
      ["console/alert/", alerts],
      ["hour/", windows],
      ["pattern/", patterns],
    ] as const;
    const others = new StateEntries();
    for (const [key, value] of entries) {
      const part = own.find(([prefix]) => key.startsWith(prefix));
      if (part === undefined) others.set(key, value);
      else part[1].restore(key, value);
    }
    for (const [, part] of own) part.restored();
    expect(shown.length).toBeGreaterThan(2);
    const { run } = LiveRun.from(others, {});
    const told: string[] = [];
    for (const [, part] of own) part.changes((key) => void told.push(key));
    const before = new Map(others);
    run.flush(others);
    expect(told).toEqual([]);
    expect(new Map(others)).toEqual(before);
  });

  test.each(Object.keys(KINDS))("state of %s: every kind of entry is among them", (stage) => {
    const kinds = new Set(goldenOf(release, `state-${stage}`).map((line) => kindOf(entryOf(line).key)));
    expect([...kinds].toSorted()).toEqual(KINDS[stage]);
  });
});
