import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fileSink } from "./byte-sink.ts";
import { InputError } from "./file-error.ts";
import { openLineFile } from "./line-file.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-sinks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const nowhere = join(folder, "nowhere", "file");

describe("bytes to a file", () => {
  test("are written in order; what was there before is gone", async () => {
    const path = join(folder, "bytes");
    for (const words of [["a longer text, ", "in two pieces"], ["short"]]) {
      const sink = fileSink(path);
      for (const word of words) expect(await sink.write(Buffer.from(word))).toBe(true);
      await sink.close();
      expect(readFileSync(path, "utf8")).toBe(words.join(""));
    }
  });

  test("none at all make an empty file", async () => {
    const path = join(folder, "empty");
    await fileSink(path).close();
    expect(readFileSync(path, "utf8")).toBe("");
  });

  test("that cannot be made", async () => {
    await expect(fileSink(nowhere).write(Buffer.from("x"))).rejects.toEqual(
      new InputError(`${nowhere}: no such folder`),
    );
    await expect(fileSink(nowhere).close()).rejects.toEqual(new InputError(`${nowhere}: no such folder`));
  });
});

/** How many descriptors of this process are open on a path. */
function descriptorsOn(path: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;
}

test.runIf(existsSync("/dev/full") && existsSync("/proc/self/fd"))(
  "a file on a full disk is not left open",
  async () => {
    const sink = fileSink("/dev/full");
    await expect(sink.write(Buffer.from("x"))).rejects.toEqual(new InputError("/dev/full: no space left on the disk"));
    expect(descriptorsOn("/dev/full")).toBe(0);
  },
);

describe("lines to a file", () => {
  test("are written whole, however many", () => {
    const path = join(folder, "lines");
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} – with a dash`);
    const file = openLineFile(path);
    for (const line of lines) file.write(line);
    file.close();
    expect(readFileSync(path, "utf8")).toBe(`${lines.join("\n")}\n`);
  });

  test("none at all make an empty file", () => {
    const path = join(folder, "no-lines");
    openLineFile(path).close();
    expect(readFileSync(path, "utf8")).toBe("");
  });

  test("that cannot be made", () => {
    expect(() => openLineFile(nowhere)).toThrow(new InputError(`${nowhere}: no such folder`));
  });
});
