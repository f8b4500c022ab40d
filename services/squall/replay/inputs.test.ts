import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../../shared/adapters/files/file-error.ts";
import { firstMonthDay } from "./first-stamp.ts";
import { openInputs } from "./inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-inputs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOW_AT = Date.UTC(2016, 10, 20, 12);
const LINE = "08:29:00 mx1 postfix/qmgr[1]: 4ABCDEF012: removed\n";

/** Files whose first lines are stamped as told ("Nov 14"), opened. */
async function yearsOf(stamps: readonly string[], year?: number): Promise<number[]> {
  const paths = stamps.map((stamp, n) => {
    const path = join(folder, `${stamps.join("-")}-${n}.log`);
    writeFileSync(path, `${stamp} ${LINE}`);
    return path;
  });
  const { inputs } = await openInputs({ paths, year, nowMs: NOW_AT, signal: new AbortController().signal });
  return inputs.map((input) => input.year);
}

describe("the year that stamps do not name", () => {
  test.each([
    ["is the present one", ["Nov 14"], undefined, [2016]],
    ["is the one before, when the day is still to come", ["Nov 25"], undefined, [2015]],
    ["may be one of tomorrow: clocks differ", ["Nov 21"], undefined, [2016]],
    ["grows from December to January", ["Dec 30", "Jan  2"], undefined, [2015, 2016]],
    ["in any order of the files", ["Jan  2", "Nov 25", "Dec 30"], undefined, [2016, 2015, 2015]],
    ["is what the operator says of the earliest", ["Jan  2", "Dec 30"], 2011, [2012, 2011]],
    ["does not matter where stamps name it", ["2014-11-14T08:29:00Z"], undefined, [2016]],
  ])("%s", async (_name, stamps, year, expected) => {
    expect(await yearsOf(stamps, year)).toEqual(expected);
  });

  test("is looked for behind lines that have no stamp, and in compressed files", async () => {
    const path = join(folder, "late-stamp.gz");
    writeFileSync(path, gzipSync(`-- Logs begin --\n\nDec 30 ${LINE}`));
    const { inputs } = await openInputs({
      paths: [path],
      year: undefined,
      nowMs: NOW_AT,
      signal: new AbortController().signal,
    });
    expect(inputs.map(({ year }) => year)).toEqual([2015]);
  });
});

describe("month and day of the first stamp", () => {
  test.each([
    ["Nov 14 08:29:00 mx1 x", { month: 10, day: 14 }],
    ["Feb  3 08:29:00 mx1 x", { month: 1, day: 3 }],
    ["<22>Nov 14 08:29:00 mx1 x", { month: 10, day: 14 }],
    ["rubbish\nFeb  3 08:29:00 mx1 x", { month: 1, day: 3 }],
    ["2016-11-14T08:29:00Z mx1 x", undefined],
    ["", undefined],
    ["rubbish without an end", undefined],
    [`${"rubbish\n".repeat(300)}Feb  3 08:29:00 mx1 x`, undefined],
  ])("%j", (text, expected) => {
    expect(firstMonthDay(Buffer.from(text))).toEqual(expected);
  });
});

describe("the same input named twice", () => {
  test("is taken once, standard input too", async () => {
    const path = join(folder, "once.log");
    writeFileSync(path, `Nov 14 ${LINE}`);
    const signal = new AbortController().signal;
    const { inputs, duplicates } = await openInputs({ paths: [path, path], year: undefined, nowMs: NOW_AT, signal });
    expect(inputs.map(({ name }) => name)).toEqual([path]);
    expect(duplicates).toEqual([{ name: path, sameAs: path }]);
  });

  test("one that cannot be opened: none is", async () => {
    const good = join(folder, "once.log");
    const missing = join(folder, "missing.log");
    const signal = new AbortController().signal;
    await expect(openInputs({ paths: [good, missing], year: undefined, nowMs: NOW_AT, signal })).rejects.toEqual(
      new InputError(`${missing}: no such file`),
    );
  });
});
