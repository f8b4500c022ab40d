// The logs of test/testdata as every shipper would put them into JSON, and with a shipper's header before their own: the same
// fragments, and so the same mails and alerts, as of the log as it is.

import { describe, expect, test } from "vitest";
import { GOLDEN_LOGS, linesOfGolden } from "../support/golden-logs.ts";
import { ingestLog } from "../support/read-log.ts";
import { type Shipper, SHIPPERS } from "../support/shippers.ts";

/** Of a mail server's own lines: what is JSON, or was shipped already, is shipped by nobody again. */
const LOGS = GOLDEN_LOGS.filter(({ name }) => !name.startsWith("shippers/") && name.endsWith(".log"));

/** Exchange's rows are no lines of syslog: rsyslog's imfile, which makes them such, hides them. */
function shippersOf({ name }: (typeof LOGS)[number]): [string, Shipper][] {
  const all = Object.entries(SHIPPERS);
  return name.startsWith("exchange/") ? all.filter(([shipper]) => !shipper.startsWith("rsyslog")) : all;
}

function textLines(log: (typeof LOGS)[number]): string[] {
  return linesOfGolden(log).map((line) => Buffer.from(line, "latin1").toString());
}

describe.each(LOGS)("$name", (log) => {
  const lines = textLines(log);

  test.each(shippersOf(log))("by %s", (_name, shipper) => {
    const [plain, shipped]: [string[], string[]] = [[], []];
    for (const line of lines) {
      const record = shipper(line.replace(/^\u{FEFF}/u, ""));
      if (record === undefined) continue;
      plain.push(line);
      shipped.push(record);
    }
    const expected = ingestLog(plain.join("\n"));
    const { fragments, counters, rejected } = ingestLog(shipped.join("\n"));
    expect(fragments).toEqual(expected.fragments);
    expect(counters).toEqual(expected.counters);
    expect(rejected.map(({ reason }) => reason)).toEqual(expected.rejected.map(({ reason }) => reason));
    expect(ingestLog("", { records: shipped }).fragments).toEqual(expected.fragments);
  });

  test("in turns with all the others and with its own lines", () => {
    const shippers = shippersOf(log).map(([, shipper]) => shipper);
    const mixed = lines.map((line, n) => shippers[n % (shippers.length + 1)]?.(line) ?? line);
    expect(ingestLog(mixed.join("\n")).fragments).toEqual(ingestLog(lines.join("\n")).fragments);
  });
});
