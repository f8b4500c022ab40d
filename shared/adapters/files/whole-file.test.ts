import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tryFile, writeWholeFile } from "./whole-file.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-whole-file-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a file is written whole, replaces what was there, and leaves nothing beside it", () => {
  const path = join(folder, "report.md");
  writeWholeFile(path, "old and longer");
  tryFile(path);
  expect(readFileSync(path, "utf8")).toBe("old and longer");
  writeWholeFile(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder).filter((name) => name.startsWith("report"))).toEqual(["report.md"]);
});

test("a link stays one: what it leads to is replaced", () => {
  const [target, link] = [join(folder, "target.md"), join(folder, "link.md")];
  writeFileSync(target, "old");
  symlinkSync(target, link);
  writeWholeFile(link, "new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, "utf8")).toBe("new");
});

describe("what cannot be written is said before, and nothing is made", () => {
  const inside = join(folder, "folder.md");
  mkdirSync(inside);
  test.each([
    ["a folder that is not there", join(folder, "none", "report.md"), /none.report\.md: no such folder$/u],
    ["a folder in its place", inside, /folder\.md: is a directory$/u],
    ["a device in its place", "/dev/null", /^\/dev\/null: is no regular file$/u],
  ])("%s", (_name, path, message) => {
    expect(() => {
      tryFile(path);
    }).toThrow(message);
  });

  test("a write that fails leaves what was there", () => {
    const path = join(folder, "kept.md");
    writeFileSync(path, "old");
    expect(() => {
      writeWholeFile(join(path, "below.md"), "new");
    }).toThrow(/not? (?:such file|a directory)|part of the path is not a directory/u);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});
