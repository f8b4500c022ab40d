import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { onlyWhere } from "../../../test/support/only-where.ts";
import { openStateFolder } from "./state-folder.ts";

const base = mkdtempSync(join(tmpdir(), "squall-state-folder-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test("is made for its owner alone, with what is missing above it", async () => {
  const folder = join(base, "a", "b");
  await openStateFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await openStateFolder(folder);
});

test("one that is there stays as it is, unless everybody may write to it", async () => {
  const folder = join(base, "there");
  mkdirSync(folder);
  chmodSync(folder, 0o775);
  await openStateFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o775);
  chmodSync(folder, 0o777);
  await expect(openStateFolder(folder)).rejects.toMatchObject({
    fault: "access",
    message: `${folder}: every user of this machine may write here: take the right away (chmod o-w), or name a folder within it`,
  });
});

test("a file, and a folder in one", async () => {
  const file = join(base, "file");
  writeFileSync(file, "");
  await expect(openStateFolder(file)).rejects.toMatchObject({ fault: "access", message: `${file}: is no folder` });
  await expect(openStateFolder(join(file, "x"))).rejects.toMatchObject({ fault: "access" });
});

const inProc = "a folder that is there and takes none is said: it is not tried for ever";
test.each(onlyWhere(existsSync("/proc/self"), inProc))("%s", async () => {
  await expect(openStateFolder("/proc/squall/state")).rejects.toMatchObject({ fault: "access" });
});

test("a link to what is not there", async () => {
  const link = join(base, "link");
  symlinkSync(join(base, "nowhere"), link);
  await expect(openStateFolder(link)).rejects.toMatchObject({ fault: "access", message: `${link}: no such folder` });
  await expect(openStateFolder(join(link, "x"))).rejects.toMatchObject({ fault: "access" });
});

const byRoot = "files that root makes in another user's folder are given to that user";
test.each(onlyWhere(process.getuid?.() === 0, byRoot))("%s", async () => {
  const folder = join(base, "theirs");
  mkdirSync(folder);
  expect(await openStateFolder(folder)).toBeUndefined();
  chownSync(folder, 12_345, 23_456);
  expect(await openStateFolder(folder)).toEqual({ uid: 12_345, gid: 23_456 });
});
