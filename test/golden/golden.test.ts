// Each log of test/testdata -> the MailEvents that ingest and assembler make of it, one JSON line each, in order;
// they stand beside the log. After a wanted change: UPDATE_GOLDENS=1 npx vitest run test/golden, then read the difference.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeMailEvent, encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import schema from "../../shared/domain/mail-event.schema.json" with { type: "json" };
import { GOLDEN_LOGS, type GoldenLog } from "../support/golden-logs.ts";
import { schemaFaults } from "../support/json-schema.ts";
import type { AssembledLog } from "../support/read-log.ts";
import { assembleLog } from "../support/read-log.ts";

function assembled({ path }: GoldenLog, chunkBytes?: number): AssembledLog {
  return assembleLog(readFileSync(path), chunkBytes === undefined ? {} : { chunkBytes });
}

const ndjson = ({ events }: AssembledLog): string => events.map((event) => `${encodeMailEvent(event)}\n`).join("");

describe.each(GOLDEN_LOGS)("$name", (log) => {
  const { name, goldenPath: golden } = log;
  const whole = assembled(log);

  test("gives the events of its golden", () => {
    if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(golden, ndjson(whole));
    expect(existsSync(golden), `no golden: read the log, then write it with UPDATE_GOLDENS=1`).toBe(true);
    expect(ndjson(whole)).toBe(readFileSync(golden, "utf8"));
  });

  test("events that every reader takes, and that read the same when they come back", () => {
    expect(whole.events.length).toBeGreaterThan(0);
    for (const event of whole.events) {
      const line = encodeMailEvent(event);
      expect(schemaFaults(schema, JSON.parse(line))).toEqual([]);
      const decoded = decodeMailEvent(line, { site: "elsewhere" });
      expect(decoded.ok ? encodeMailEvent(decoded.event) : decoded).toBe(line);
    }
    const again = assembleLog(ndjson(whole)).events.map(encodeMailEvent);
    expect(again.toSorted()).toEqual(whole.events.map(encodeMailEvent).toSorted());
  });

  test("the same in every cut", () => {
    for (const chunkBytes of [1, 61, 4096]) expect(ndjson(assembled(log, chunkBytes))).toBe(ndjson(whole));
  });

  test("nothing but what an administrator would pass over is rejected", () => {
    const reasons = Object.fromEntries(whole.ingested.counters.rejected);
    expect(reasons).toEqual(REJECTED[name] ?? {});
  });
});

/** Lines of the logs that are not taken, by reason. */
const REJECTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "postfix/mail-events.ndjson": { "bad-mail-event": 3 },
};
