import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { ROOT } from "../../../test/e2e/squall-process.ts";
import { InputError } from "../../../shared/adapters/files/file-error.ts";
import type { InputFile, OpenOptions } from "../../../shared/adapters/files/input-file.ts";
import { openInput } from "../../../shared/adapters/files/input-file.ts";
import { encodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import { loadConfiguration } from "../configuration.ts";
import { openInputs } from "./inputs.ts";
import type { ReplayResult } from "./replay.ts";
import { replay } from "./replay.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-side-by-side-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SMALL_STORM = join(ROOT, "test/testdata/postfix/small-storm.log");
const LINES = readFileSync(SMALL_STORM, "utf8").trimEnd().split("\n");

/** Opens files as the command does and keeps count of them. */
class Opener {
  now = 0;
  most = 0;
  readonly opened: string[] = [];

  readonly openFile = (path: string, options: OpenOptions): InputFile => {
    const file = openInput(path, options);
    this.opened.push(path);
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    return {
      ...file,
      close: () => {
        this.now -= 1;
        return file.close();
      },
    };
  };
}

async function run(paths: readonly string[], opener: Opener): Promise<ReplayResult & { readonly alerts: string[] }> {
  const signal = new AbortController().signal;
  const { inputs } = await openInputs({
    paths,
    year: undefined,
    nowMs: Date.UTC(2016, 10, 20),
    signal,
    openFile: opener.openFile,
  });
  const alerts: string[] = [];
  const result = await replay({
    inputs,
    format: "auto",
    config: await loadConfiguration({ emitWindows: false }, {}),
    signal,
    nowMs: () => Number.NaN,
    onAlert: (alert) => void alerts.push(encodeStormAlert(alert)),
    onWindow: () => undefined,
    onRejected: () => undefined,
    onProgress: () => undefined,
  });
  return { ...result, alerts };
}

/** The log in so many files, one after the other in time. */
function pieces(count: number, form: (lines: Buffer) => Buffer = (lines) => lines): string[] {
  return Array.from({ length: count }, (_, n) => {
    const [from, to] = [n, n + 1].map((at) => Math.round((at * LINES.length) / count));
    const path = join(folder, `${count}-${n}.log`);
    writeFileSync(path, form(Buffer.from(`${LINES.slice(from, to).join("\n")}\n`)));
    return path;
  });
}

describe("a row of files is open a few at a time", () => {
  test.each([
    ["300 small ones", (): string[] => pieces(300)],
    ["300 small ones, the last first", (): string[] => pieces(300).toReversed()],
    ["40 gzip ones", (): string[] => pieces(40, (lines) => gzipSync(lines))],
  ])("%s: the same alerts as of one file", async (_name, make) => {
    const whole = await run([SMALL_STORM], new Opener());
    const opener = new Opener();
    const paths = make();
    const cut = await run(paths, opener);
    expect(cut.alerts).toEqual(whole.alerts);
    expect(whole.alerts.length).toBeGreaterThan(4);
    expect({ ...cut.counters, from: cut.from, until: cut.until }).toEqual({
      ...whole.counters,
      from: whole.from,
      until: whole.until,
    });
    // Looked into first, and then read.
    expect(opener.opened).toHaveLength(2 * paths.length);
    expect(opener.most).toBeLessThanOrEqual(4);
    expect(opener.now).toBe(0);
  });

  test("files of one time are open together, and one that names no time from the beginning", async () => {
    const hosts = pieces(3);
    // Copies of one file would be one: their ends tell.
    for (const [n, path] of hosts.entries()) writeFileSync(path, `${LINES.join("\n")}\nend ${n}\n`);
    const opener = new Opener();
    const rubbish = join(folder, "rubbish.log");
    writeFileSync(rubbish, "Lorem ipsum\n".repeat(40_000));
    await run([...hosts, rubbish], opener);
    expect(opener.most).toBe(3);
    expect(opener.opened.slice(4)[0]).toBe(rubbish);
  });
});

test("a file that has gone when its turn comes: a failure, and all others are read", async () => {
  const paths = pieces(3);
  const [first = "", gone = "", last = ""] = paths;
  const opener = new Opener();
  const vanishing = Object.assign(opener, {
    openFile: ((open) => (path: string, options: OpenOptions) => {
      if (path === gone && opener.opened.includes(gone)) unlinkSync(gone);
      return open(path, options);
    })(opener.openFile),
  });
  const { failures, alerts } = await run(paths, vanishing);
  expect(failures).toEqual([new InputError(`${gone}: no such file`)]);
  expect(alerts.length).toBeGreaterThan(0);
  expect(opener.opened).toEqual([first, gone, last, first, last]);
  expect(opener.now).toBe(0);
});
