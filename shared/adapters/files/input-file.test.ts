import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  linkSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  closeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { InputError, inWords } from "./file-error.ts";
import { fileIdentity } from "./file-identity.ts";
import type { InputFile } from "./input-file.ts";
import { CHUNK_BYTES, openInput } from "./input-file.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = { signal: new AbortController().signal, buffer: Buffer.alloc(CHUNK_BYTES) };
const content = Buffer.from(Array.from({ length: 900_001 }, (_, n) => (n * n * 2654435761) >>> 24));
let files = 0;

function fileOf(bytes: Buffer): string {
  files += 1;
  const path = join(folder, `file-${files}`);
  writeFileSync(path, bytes);
  return path;
}

/** All that can be read, copied before the next read; and what ended it. */
async function readAll(file: InputFile): Promise<{ bytes: Buffer; error?: unknown }> {
  const chunks: Buffer[] = [];
  try {
    for (let chunk = await file.read(); chunk !== undefined; chunk = await file.read()) chunks.push(Buffer.from(chunk));
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  } finally {
    await file.close();
  }
}

const forms: readonly [string, (bytes: Buffer) => Buffer][] = [
  ["plain", (bytes) => bytes],
  ["gzip", (bytes) => gzipSync(bytes)],
  ["zstd", (bytes) => zstdCompressSync(bytes)],
  [
    "gzip of three members",
    (bytes) =>
      Buffer.concat([0, 300_000, 700_000].map((from, n) => gzipSync(bytes.subarray(from, [300_000, 700_000][n])))),
  ],
  [
    "zstd of three frames",
    (bytes) =>
      Buffer.concat(
        [0, 300_000, 700_000].map((from, n) => zstdCompressSync(bytes.subarray(from, [300_000, 700_000][n]))),
      ),
  ],
];

describe.each(forms)("a %s file", (_name, form) => {
  test.each([0, 1, 3, 262_144, 524_288, content.length])("of %i bytes is read whole", async (size) => {
    const path = fileOf(form(content.subarray(0, size)));
    const file = openInput(path, never);
    const { bytes, error } = await readAll(file);
    expect(error).toBeUndefined();
    expect(bytes.equals(content.subarray(0, size))).toBe(true);
    expect(file.name).toBe(path);
    expect(file.bytesRead()).toBe(file.sizeBytes);
  });

  test("may be closed before its end", async () => {
    const file = openInput(fileOf(form(content)), never);
    expect((await file.read())?.length).toBeGreaterThan(0);
    await file.close();
  });
});

describe("compressed data that is not whole", () => {
  const damagedEnd = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes);
    copy[copy.length - 2] = (copy.at(-2) ?? 0) ^ 0xff;
    return copy;
  };
  const summed = (bytes: Buffer): Buffer => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

  test.each([
    ["gzip without its last bytes", gzipSync(content).subarray(0, -8)],
    ["zstd without its checksum", summed(content).subarray(0, -4)],
  ])("%s: everything up to there is read first", async (_name, bytes) => {
    const path = fileOf(bytes);
    const { bytes: read, error } = await readAll(openInput(path, never));
    expect(read.equals(content)).toBe(true);
    expect(error).toEqual(new InputError(`${path}: the compressed data ends too early (truncated file?)`));
  });

  test.each([
    ["gzip, length wrong", damagedEnd(gzipSync(content))],
    ["zstd, checksum wrong", damagedEnd(summed(content))],
    ["gzip and rubbish behind it", Buffer.concat([gzipSync(content), Buffer.from("rubbish")])],
    ["zstd and rubbish behind it", Buffer.concat([zstdCompressSync(content), Buffer.from("rubbish")])],
  ])("%s: all but what was inflated together with the damage is read first", async (_name, bytes) => {
    const path = fileOf(bytes);
    const { bytes: read, error } = await readAll(openInput(path, never));
    expect(read.length).toBeGreaterThan(content.length - 262_144);
    expect(content.subarray(0, read.length).equals(read)).toBe(true);
    expect(error).toEqual(new InputError(`${path}: the compressed data is damaged`));
  });
});

describe("a named pipe", () => {
  const fifo = join(folder, "fifo");
  execFileSync("mkfifo", [fifo]);

  test.each(forms)("of %s data is read whole; its size is not known", async (_name, form) => {
    const file = openInput(fifo, never);
    execFileSync("sh", ["-c", `cat '${fileOf(form(content.subarray(0, 50_000)))}' > '${fifo}' &`]);
    const { bytes } = await readAll(file);
    expect(bytes.equals(content.subarray(0, 50_000))).toBe(true);
    expect(file.sizeBytes).toBeUndefined();
  });

  test("that keeps its reader waiting ends when the signal is aborted", async () => {
    const stop = new AbortController();
    const file = openInput(fifo, { ...never, signal: stop.signal });
    const writer = openSync(fifo, "w");
    writeSync(writer, "four");
    expect(String(await file.read())).toBe("four");
    const waiting = file.read();
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(await file.read()).toBeUndefined();
    closeSync(writer);
    await file.close();
  });

  test("that nobody ever writes to ends when the signal is aborted", async () => {
    const stop = new AbortController();
    const file = openInput(fifo, { ...never, signal: stop.signal });
    const waiting = file.read();
    stop.abort();
    expect(await waiting).toBeUndefined();
    await file.close();
  });

  test("is not opened to tell it from others: its writer would find its reader gone", async () => {
    expect(await fileIdentity(fifo)).toEqual([]);
  });
});

describe("which files are the same", () => {
  const path = fileOf(content);
  const isSame = async (one: string, other: string): Promise<boolean> => {
    const known = await fileIdentity(one);
    return (await fileIdentity(other)).some((identity) => known.includes(identity));
  };

  test.each([
    ["itself", (): string => path, true],
    ["a symbolic link", (name: string): string => (symlinkSync(path, name), name), true],
    ["a hard link", (name: string): string => (linkSync(path, name), name), true],
    ["a copy", (name: string): string => (copyFileSync(path, name), name), true],
    ["one with another end", (): string => fileOf(Buffer.concat([content.subarray(0, -1), Buffer.from("x")])), false],
    ["one that goes on", (): string => fileOf(Buffer.concat([content, Buffer.from("x")])), false],
  ])("%s", async (name, make, expected) => {
    expect(await isSame(path, make(join(folder, name.replaceAll(" ", "-"))))).toBe(expected);
  });

  test("two empty files are two", async () => {
    expect(await isSame(fileOf(Buffer.alloc(0)), fileOf(Buffer.alloc(0)))).toBe(false);
  });

  test("a pipe is only itself: nothing is read of it", async () => {
    expect(await fileIdentity("/dev/null")).toEqual([]);
  });
});

describe("what goes wrong is said in one line", () => {
  test.each([
    ["ENOENT", "reading", "no such file"],
    ["ENOENT", "writing", "no such folder"],
    ["EACCES", "reading", "permission denied"],
    ["EACCES", "writing", "permission denied"],
    ["ENOSPC", "writing", "no space left on the disk"],
    ["EIO", "reading", "i/o error (EIO)"],
  ] as const)("%s while %s", (code, doing, words) => {
    const error = Object.assign(new Error(`${code}: i/o error, read`), { code });
    expect(inWords("mail.log", error, doing)).toEqual(new InputError(`mail.log: ${words}`));
  });

  test("anything else by its own message", () => {
    expect(inWords("mail.log", new Error("premature close")).message).toBe("mail.log: premature close");
    expect(inWords("mail.log", "odd").message).toBe("mail.log: odd");
  });

  test.each([
    ["no such file", join(folder, "missing")],
    ["is a directory", folder],
  ])("%s", (words, path) => {
    expect(() => openInput(path, never)).toThrow(new InputError(`${path}: ${words}`));
  });
});
