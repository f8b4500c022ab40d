import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { appendFile } from "./append-file.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-append-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
let path = "";
let files = 0;
beforeEach(() => {
  files += 1;
  path = join(folder, `${files}.log`);
});
const head = (): string => "#head\n";

test("what is there stays", async () => {
  writeFileSync(path, "before\n");
  const file = appendFile(path, head);
  await file.write(Buffer.from("a\n"));
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("before\na\n");
});

test("a file is there after an empty write, without a head of ours", async () => {
  const file = appendFile(path, head);
  await file.write(Buffer.alloc(0));
  expect(readFileSync(path, "utf8")).toBe("");
  await file.close();
});

test("after a rename it goes on in the old file until it is told, then in a new one with its head", async () => {
  const file = appendFile(path, head);
  await file.write(Buffer.from("a\n"));
  renameSync(path, `${path}.1`);
  await file.write(Buffer.from("b\n"));
  file.reopen();
  await file.write(Buffer.from("c\n"));
  await file.close();
  expect(readFileSync(`${path}.1`, "utf8")).toBe("a\nb\n");
  expect(readFileSync(path, "utf8")).toBe("#head\nc\n");
});

test("told for nothing, it goes on where it was", async () => {
  const file = appendFile(path, head);
  await file.write(Buffer.from("a\n"));
  file.reopen();
  await file.write(Buffer.from("b\n"));
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("a\nb\n");
});

test("a file that is cut to nothing is written from its beginning", async () => {
  const file = appendFile(path, head);
  await file.write(Buffer.from("aaaaaaaa\n"));
  truncateSync(path, 0);
  await file.write(Buffer.from("b\n"));
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("b\n");
});

test("a folder that is not there is told in words", async () => {
  const file = appendFile(join(folder, "none/x.log"), head);
  await expect(file.write(Buffer.from("a\n"))).rejects.toThrow("none/x.log: no such folder");
  await file.close();
});
