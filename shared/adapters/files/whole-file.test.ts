import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
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

describe("who may read it", () => {
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  test.each([0o022, 0o000])("a new file is its owner's alone: umask %i", (umask) => {
    const path = join(folder, `new-${umask}.md`);
    const before = process.umask(umask);
    onTestFinished(() => void process.umask(before));
    writeWholeFile(path, "new");
    expect(modeOf(path)).toBe("600");
  });

  test.each(["640", "600", "664"])("one that is replaced stays as it was: %s", (mode) => {
    const path = join(folder, `mode-${mode}.md`);
    writeFileSync(path, "old");
    chmodSync(path, mode);
    writeWholeFile(path, "new");
    expect([modeOf(path), readFileSync(path, "utf8")]).toEqual([mode, "new"]);
  });

  // Only root can give a file away; others have their own.
  test("with its owner and group", () => {
    const path = join(folder, "owned.md");
    writeFileSync(path, "old");
    const { uid, gid } = process.getuid?.() === 0 ? { uid: 4242, gid: 4343 } : statSync(path);
    chownSync(path, uid, gid);
    chmodSync(path, 0o640);
    writeWholeFile(path, "new");
    expect([statSync(path).uid, statSync(path).gid, modeOf(path)]).toEqual([uid, gid, "640"]);
  });

  test("where these cannot be kept, the owner alone", () => {
    const path = join(folder, "another's.md");
    writeFileSync(path, "old", { mode: 0o644 });
    const chown = (): never => {
      throw new Error("EPERM");
    };
    writeWholeFile(path, "new", { chown });
    expect([modeOf(path), readFileSync(path, "utf8")]).toEqual(["600", "new"]);
  });
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
