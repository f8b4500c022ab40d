import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FollowedLogOptions } from "../../../../test/support/followed-log.ts";
import { FollowedLog, turnOfTheLoop } from "../../../../test/support/followed-log.ts";
import { pollUntil } from "../../../../test/support/poll.ts";
import { InputError } from "../file-error.ts";
import { systemWatchFolder } from "./folder-watch.ts";
import { FollowPositionError } from "./generation-mark.ts";

let folder = "";
let path = "";
let log: FollowedLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "squall-follow-"));
  path = join(folder, "mail.log");
});
afterEach(async () => {
  await log.follower.close();
  rmSync(folder, { recursive: true, force: true });
});

const follow = async (options: Partial<FollowedLogOptions> = {}): Promise<FollowedLog> => {
  log = new FollowedLog({ paths: [path], ...options });
  await log.start();
  log.drain();
  return log;
};

const fromStart = { settings: { from: "start" } } as const;
const at = (name: string): string => join(folder, name);
/** Down, and up again later. */
async function whileDown(act: () => void): Promise<void> {
  log.store();
  await log.kill();
  act();
  await log.restart();
}
/** As another user than root where the test runs as root: root may read everything. */
async function withoutRights(act: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe("where a file is begun", () => {
  test("what was there at the first start is not read; a line that is half written is read whole", async () => {
    writeFileSync(path, "old 1\nold 2\nhalf");
    await follow();
    expect(log.lines).toEqual([]);
    appendFileSync(path, " and half\nnew\n");
    expect(await log.untilLines(2)).toEqual(["half and half", "new"]);
  });

  test("it is, when that is wanted", async () => {
    writeFileSync(path, "old 1\nold 2\n");
    await follow(fromStart);
    expect(await log.untilLines(2)).toEqual(["old 1", "old 2"]);
  });

  test("the directives that a file begins with are read in any case: its rows mean nothing without them", async () => {
    writeFileSync(path, "\u{FEFF}#Software: x\r\n#Fields: a,b\r\n1,2\r\n3,4\r\n");
    await follow();
    appendFileSync(path, "5,6\r\n");
    expect(await log.untilLines(3)).toEqual(["\u{FEFF}#Software: x\r", "#Fields: a,b\r", "5,6\r"]);
  });

  test("directives alone, and a file that is empty, are read from the start", async () => {
    writeFileSync(path, "#Fields: a,b\n");
    writeFileSync(at("other.log"), "");
    await follow({ paths: [path, at("other.log")] });
    appendFileSync(path, "1\n");
    appendFileSync(at("other.log"), "2\n");
    expect(await log.untilLines(3)).toEqual(["#Fields: a,b", "1", "2"]);
  });

  test("a file that appears later is new", async () => {
    await follow();
    expect(log.notices.map(({ message }) => message)).toEqual([`${path}: is not there; waiting for it`]);
    log.poll();
    log.poll();
    expect(log.notices).toHaveLength(1);
    writeFileSync(path, "1\n2\n");
    expect(await log.untilLines(2)).toEqual(["1", "2"]);
    expect(log.events()).toEqual(["missing", "mended"]);
  });

  test("so is one in a folder that appears later, or while squall is down", async () => {
    path = at("later/mail.log");
    await follow();
    await whileDown(() => {
      mkdirSync(at("later"));
      writeFileSync(`${path}.1`, "1\n");
      writeFileSync(path, "2\n");
    });
    expect(await log.untilLines(2)).toEqual(["1", "2"]);
  });

  test("older generations are none of a first start's business, even from the start", async () => {
    writeFileSync(`${path}.1`, "older\n");
    writeFileSync(path, "1\n");
    await follow(fromStart);
    appendFileSync(path, "2\n");
    expect(await log.untilLines(2)).toEqual(["1", "2"]);
  });
});

describe("rotation while it is followed", () => {
  test("by rename: the old file is read to its end, and what a writer that has not noticed still writes there", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    const writer = openSync(path, "a");
    renameSync(path, `${path}.1`);
    writeSync(writer, "2\n");
    writeFileSync(path, "4\n");
    expect(await log.untilLines(3)).toEqual(["1", "2", "4"]);
    writeSync(writer, "3\nunfinished");
    closeSync(writer);
    expect(await log.untilLines(4)).toEqual(["1", "2", "4", "3"]);
    appendFileSync(path, "5\n");
    await log.untilLines(5);
    // It was quiet for a minute: nobody will end that line.
    log.poll(61_000);
    expect(await log.untilLines(6)).toEqual(["1", "2", "4", "3", "5", "unfinished"]);
    log.drain();
    expect(log.input().counters).toMatchObject({ rotations: 1, openFiles: 1, bytesRead: 21 });
    expect(log.events()).toEqual(["rotated"]);
  });

  test("a rotation that leaves no file for a moment is not told, one that leaves none for long is, once", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    await log.untilLines(1);
    renameSync(path, `${path}.1`);
    log.poll(1_000);
    await log.until(() => !existsSync(path), "nothing");
    expect(log.events()).toEqual([]);
    log.poll(10_000);
    await log.until(() => log.events().includes("missing"), "the news", 1_000);
    log.poll(10_000);
    writeFileSync(path, "2\n");
    expect(await log.untilLines(2)).toEqual(["1", "2"]);
    expect(log.events().filter((event) => event !== "rotated")).toEqual(["missing", "mended"]);
  });

  test("a writer that is never told of the rotation is read where it writes", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    await log.untilLines(1);
    const writer = openSync(path, "a");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "");
    log.poll();
    await log.until(() => log.events().includes("rotated"), "the rotation");
    for (const line of ["2", "3"]) {
      // Nights are quiet.
      log.poll(3_600_000);
      log.drain();
      writeSync(writer, `${line}\n`);
      await log.untilLines(Number(line));
    }
    log.poll(3_600_000);
    appendFileSync(path, "4\n");
    await log.untilLines(4);
    writeSync(writer, "5\n");
    closeSync(writer);
    expect(await log.untilLines(5)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("several times between two looks", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    await log.untilLines(1);
    appendFileSync(path, "2\n");
    renameSync(path, `${path}.2.renamed`);
    renameSync(`${path}.2.renamed`, `${path}.3`);
    writeFileSync(`${path}.2.gz`, gzipSync("3\n4"));
    writeFileSync(`${path}.1`, "5\n");
    writeFileSync(path, "6\n");
    expect(await log.untilLines(6)).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  test("by copytruncate: what was not read yet is read from the copy", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    await log.untilLines(1);
    appendFileSync(path, "2\n3\n");
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, "4\n");
    expect(await log.untilLines(4)).toEqual(["1", "2", "3", "4"]);
    expect(log.input().counters).toMatchObject({ truncations: 1, lostGenerations: 0 });
  });

  test("emptied without a copy: its last line is one though it was not ended", async () => {
    writeFileSync(path, "1\nunfinished");
    await follow(fromStart);
    await log.untilLines(1);
    writeFileSync(path, "2\n");
    expect(await log.untilLines(3)).toEqual(["1", "unfinished", "2"]);
    expect(log.events()).toEqual(["truncated"]);
  });

  test("emptied, and as long as before or longer when it is looked at again", async () => {
    writeFileSync(path, "1 a\n2 a\n");
    await follow(fromStart);
    await log.untilLines(2);
    writeFileSync(path, "1 b\n2 b\n");
    expect(await log.untilLines(4)).toEqual(["1 a", "2 a", "1 b", "2 b"]);
    writeFileSync(path, "1 c\n2 c\n3 c\n");
    expect(await log.untilLines(7)).toEqual(["1 a", "2 a", "1 b", "2 b", "1 c", "2 c", "3 c"]);
    expect(log.input().counters.truncations).toBe(2);
  });

  test("emptied, and written again with what it began with", async () => {
    writeFileSync(path, "1\n2\n3\n");
    await follow(fromStart);
    await log.untilLines(3);
    writeFileSync(path, "1\n");
    expect(await log.untilLines(4)).toEqual(["1", "2", "3", "1"]);
    appendFileSync(path, "2\n");
    expect(await log.untilLines(5)).toEqual(["1", "2", "3", "1", "2"]);
  });

  test("removed, while its writer goes on, and there again", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    await log.untilLines(1);
    const writer = openSync(path, "a");
    unlinkSync(path);
    log.poll(10_000);
    writeSync(writer, "2\n");
    closeSync(writer);
    await log.untilLines(2);
    writeFileSync(path, "3\n");
    expect(await log.untilLines(3)).toEqual(["1", "2", "3"]);
    expect(log.input().counters.lostGenerations).toBe(0);
  });

  test("a copy of it with the same content in its place is no other log", async () => {
    writeFileSync(path, "1\n2\n");
    await follow(fromStart);
    await log.untilLines(2);
    copyFileSync(path, at("edited"));
    renameSync(at("edited"), path);
    appendFileSync(path, "3\n");
    expect(await log.untilLines(3)).toEqual(["1", "2", "3"]);
  });

  test("a line longer than a chunk is no line of the next file", async () => {
    const long = "x".repeat(1000);
    writeFileSync(path, `1\n${long}`);
    await follow({ ...fromStart, chunkBytes: 100 });
    await log.untilLines(1);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "2\n");
    log.poll(1_000);
    log.drain();
    appendFileSync(`${path}.1`, "y\n");
    expect(await log.untilLines(3)).toEqual(["1", `${long}y`, "2"]);
    appendFileSync(path, long);
    await log.until(() => log.input().counters.bytesRead > 1_900, "the beginning of a long line");
    renameSync(path, `${path}.2`);
    writeFileSync(path, "3\n");
    await log.until(() => log.lines.length === 5, "the line to be given up", 1_000);
    expect(log.lines.slice(3)).toEqual([long, "3"]);
  });

  test("few files stay open, however often it is rotated", async () => {
    writeFileSync(path, "0\n");
    await follow(fromStart);
    for (let times = 1; times <= 30; times += 1) {
      renameSync(path, `${path}-${20_261_100 + times}`);
      writeFileSync(path, `${times}\n`);
      await log.untilLines(times + 1);
      expect(log.input().counters.openFiles).toBeLessThanOrEqual(10);
    }
    expect(log.lines).toEqual(Array.from({ length: 31 }, (_, line) => `${line}`));
  });
});

describe("rotation while squall was down", () => {
  const begin = async (): Promise<void> => {
    writeFileSync(path, "1\n2\n");
    await follow(fromStart);
    await log.untilLines(2);
    appendFileSync(path, "3\n");
  };

  test.each<[string, () => void]>([
    [
      "renamed",
      () => {
        renameSync(path, `${path}.1`);
      },
    ],
    [
      "renamed with a date",
      () => {
        renameSync(path, `${path}-20261126`);
      },
    ],
    [
      "renamed with a date before its extension",
      () => {
        renameSync(path, at("mail-20261126.log"));
      },
    ],
    [
      "renamed to what has no age",
      () => {
        writeFileSync(`${path}.1`, "much older\n");
        renameSync(path, `${path}.old`);
      },
    ],
    [
      "compressed by gzip",
      () => {
        writeFileSync(`${path}.1.gz`, gzipSync("1\n2\n3\n"));
        unlinkSync(path);
      },
    ],
    [
      "compressed by zstd",
      () => {
        writeFileSync(`${path}.1.zst`, zstdCompressSync("1\n2\n3\n"));
        unlinkSync(path);
      },
    ],
    [
      "being compressed",
      () => {
        renameSync(path, `${path}.1`);
        writeFileSync(`${path}.1.gz`, gzipSync("1\n2\n3\n").subarray(0, 12));
      },
    ],
    [
      "copied and emptied",
      () => {
        copyFileSync(path, `${path}.1`);
        truncateSync(path);
      },
    ],
    [
      "copied elsewhere and back",
      () => {
        copyFileSync(path, at("backup"));
        unlinkSync(path);
        renameSync(at("backup"), `${path}.1`);
      },
    ],
  ])("%s: the rest of it is found", async (_name, rotate) => {
    await begin();
    await whileDown(() => {
      rotate();
      writeFileSync(path, "4\n");
    });
    expect(await log.untilLines(4)).toEqual(["1", "2", "3", "4"]);
    expect(log.input().counters.lostGenerations).toBe(0);
  });

  test("several times: all that came between is read, eldest first", async () => {
    await begin();
    writeFileSync(`${path}.9`, "much older\n");
    await whileDown(() => {
      writeFileSync(`${path}.4.gz`, gzipSync("1\n2\n3\n"));
      writeFileSync(`${path}.3.gz`, gzipSync("4\n5"));
      writeFileSync(`${path}.2`, "");
      writeFileSync(`${path}.1`, "6\n7\n");
      writeFileSync(path, "8\n");
    });
    expect(await log.untilLines(8)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  });

  test("and again before all of it was read", async () => {
    await begin();
    log.store();
    await log.kill();
    writeFileSync(`${path}.2.gz`, gzipSync(`1\n2\n3\n${"between\n".repeat(50)}`));
    writeFileSync(`${path}.1`, "4\n");
    writeFileSync(path, "5\n");
    await log.restart();
    await log.until(() => log.lines.length > 2, "the first of the rest");
    await whileDown(() => {
      renameSync(`${path}.2.gz`, `${path}.3.gz`);
      renameSync(`${path}.1`, `${path}.2`);
      renameSync(path, `${path}.1`);
      writeFileSync(path, "6\n");
    });
    const lines = await log.untilLines(56);
    expect(lines.filter((line) => line !== "between")).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  test("what cannot be found again is told, and the new file read from its start", async () => {
    await begin();
    await whileDown(() => {
      writeFileSync(`${path}.1`, "another's\n");
      unlinkSync(path);
      writeFileSync(path, "4\n");
    });
    expect(await log.untilLines(3)).toEqual(["1", "2", "4"]);
    expect(log.input().counters.lostGenerations).toBe(1);
    expect(log.notices.map(({ message }) => message)).toEqual([
      `${path}: what was written behind byte 4 before it was rotated was not found again`,
    ]);
  });

  test("an inode used again by another file does not take it in", async () => {
    await begin();
    await whileDown(() => {
      // The same inode, and longer than what was read.
      writeFileSync(path, "other 1\nother 2\nother 3\n");
    });
    expect(await log.untilLines(5)).toEqual(["1", "2", "other 1", "other 2", "other 3"]);
    expect(log.input().counters.lostGenerations).toBe(1);
  });

  test("nor does one that begins the same and goes on otherwise", async () => {
    await begin();
    await whileDown(() => {
      writeFileSync(path, "1\n9\n3\n");
    });
    expect(await log.untilLines(5)).toEqual(["1", "2", "1", "9", "3"]);
  });

  test("a log that lost its end with the machine's power is gone on with at its end", async () => {
    const long = ["a", "b", "c"].map((word) => word.repeat(700));
    writeFileSync(path, `${long.join("\n")}\n`);
    await follow(fromStart);
    await log.untilLines(3);
    await whileDown(() => {
      truncateSync(path, 1_500);
    });
    appendFileSync(path, "\n4\n");
    expect(await log.untilLines(4)).toEqual([...long, "4"]);
    expect(log.input().counters.lostGenerations).toBe(0);
  });

  test("a compressed file that is damaged is told, and does not hold up what comes behind it", async () => {
    await begin();
    await whileDown(() => {
      renameSync(path, `${path}.3`);
      writeFileSync(`${path}.2.gz`, "no gzip at all, but called so".repeat(40));
      const whole = gzipSync(Array.from({ length: 5_000 }, (_, line) => `line ${line * 7919}\n`).join(""));
      writeFileSync(`${path}.1.gz`, whole.subarray(0, whole.length - 100));
      writeFileSync(path, "last\n");
    });
    await log.until(() => log.lines.includes("last"), "the last line");
    expect(log.lines.slice(0, 3)).toEqual(["1", "2", "3"]);
    expect(log.lines).toContain("line 7919");
    expect(log.input().counters.lostGenerations).toBe(1);
    expect(log.notices.find(({ event }) => event === "generation-lost")?.message).toBe(
      `${path}.1.gz: the compressed data ends too early (truncated file?); the rest of it is not read`,
    );
  });

  test("a position of another version is refused", async () => {
    await begin();
    const position = { ...(log.input().position(0) as object), v: 2 };
    expect(() => {
      log.restartWith(position);
    }).toThrow(new FollowPositionError(`${path}: the stored position has version 2, known is 1`));
    expect(() => {
      log.restartWith({ v: 1, generations: [{ path, offset: -1 }] });
    }).toThrow(new FollowPositionError(`${path}: the stored position is damaged`));
  });
});

describe("what cannot be read for a while", () => {
  beforeEach(() => {
    chmodSync(folder, 0o755);
  });

  test("a file without the right to: told once, and read when it is mended, from where it was then", async () => {
    writeFileSync(path, "old\n");
    chmodSync(path, 0o000);
    log = new FollowedLog({ paths: [path] });
    await withoutRights(async () => {
      await log.start();
      await log.until(() => log.events().includes("unreadable"), "the news");
      log.poll();
      await turnOfTheLoop();
    });
    expect(log.notices.map(({ message }) => message)).toEqual([`${path}: permission denied`]);
    // A restart now is a first start still.
    expect(log.input().position(0)).toBeUndefined();
    appendFileSync(path, "new\n");
    chmodSync(path, 0o644);
    expect(await log.untilLines(1)).toEqual(["new"]);
    expect(log.events()).toEqual(["unreadable", "mended"]);
    expect(log.input().counters.faults).toBe(1);
  });

  test("a new generation without the right to: the old one is read on meanwhile", async () => {
    writeFileSync(path, "1\n");
    await follow(fromStart);
    await log.untilLines(1);
    const writer = openSync(path, "a");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "3\n");
    chmodSync(path, 0o000);
    await withoutRights(async () => {
      await log.until(() => log.events().length > 0, "the news");
      log.poll();
      await turnOfTheLoop();
      writeSync(writer, "2\n");
      closeSync(writer);
      log.drain();
    });
    expect(log.lines).toEqual(["1", "2"]);
    chmodSync(path, 0o644);
    expect(await log.untilLines(3)).toEqual(["1", "2", "3"]);
    expect(log.events()).toEqual(["unreadable", "mended", "rotated"]);
  });

  test("rotated files that may not be read do not hold up what is written now", async () => {
    for (const name of [`${path}.2.gz`, `${path}.1`]) {
      writeFileSync(name, "older\n");
      chmodSync(name, 0o000);
    }
    writeFileSync(path, "1\n");
    log = new FollowedLog({ paths: [path], ...fromStart });
    await withoutRights(async () => {
      await log.start();
      await log.untilLines(1);
    });
    expect(log.notices).toEqual([]);
    log.store();
    await log.kill();
    appendFileSync(path, "2\n");
    chmodSync(path, 0o000);
    renameSync(path, `${path}.4`);
    writeFileSync(`${path}.3`, "3\n");
    chmodSync(`${path}.3`, 0o000);
    unlinkSync(`${path}.2.gz`);
    unlinkSync(`${path}.1`);
    writeFileSync(path, "4\n");
    await withoutRights(async () => {
      await log.restart();
      await log.untilLines(2);
    });
    expect(log.lines).toEqual(["1", "4"]);
    expect(log.notices.map(({ message }) => message)).toEqual([
      `${path}: what was written behind byte 2 before it was rotated is not read: ${path}.4: permission denied`,
      `${path}.3: permission denied; it is not read`,
    ]);
    expect(log.follower.counters()).toMatchObject({ lostGenerations: 2 });
  });

  test.skipIf(process.platform !== "linux")(
    "a disk that fails while it is read: told once, read on when it is mended",
    async () => {
      writeFileSync(path, "1\n");
      await follow(fromStart);
      await log.untilLines(1);
      renameSync(path, at("away"));
      symlinkSync("/proc/self/mem", path);
      log.poll();
      await log.until(() => log.events().includes("unreadable"), "the news");
      log.poll();
      await turnOfTheLoop();
      unlinkSync(path);
      renameSync(at("away"), path);
      appendFileSync(path, "2\n");
      expect(await log.untilLines(2)).toEqual(["1", "2"]);
      log.poll();
      await log.until(() => log.events().includes("mended"), "the good news");
      expect(log.events()).toEqual(["unreadable", "mended"]);
    },
  );

  test.skipIf(process.platform !== "linux")("a disk that fails", async () => {
    // Reading it fails with EIO: nothing is mapped at its beginning.
    symlinkSync("/proc/self/mem", path);
    await follow(fromStart);
    log.poll();
    log.poll();
    await log.until(() => log.events().includes("unreadable"), "the news");
    expect(log.notices.map(({ message }) => message)).toEqual([`${path}: i/o error (EIO)`]);
    unlinkSync(path);
    writeFileSync(path, "1\n");
    expect(await log.untilLines(1)).toEqual(["1"]);
    expect(log.events()).toContain("mended");
  });

  test.each([
    ["a folder", () => folder, "is a folder; name the files in it, as in FOLDER/mail*.log"],
    ["no file", () => "/dev/null", "is no file; a pipe is read as standard input: squall standalone -"],
  ])("%s", async (_name, what, words) => {
    await follow({ paths: [what()] });
    log.poll();
    expect(log.notices.map(({ message }) => message)).toEqual([`${what()}: ${words.replace("FOLDER", folder)}`]);
  });
});

describe("several files", () => {
  const hour = (name: string, row: string): void => {
    writeFileSync(at(name), `#Software: Microsoft Exchange Server\r\n#Fields: a,b\r\n${row}\r\n`);
  };
  const rows = (): string[] => log.lines.filter((line) => !line.startsWith("#"));

  test("Exchange's hourly files: each kind of them is a log of its own, and each file follows the one before", async () => {
    hour("MSGTRK2026112608-1.LOG", "old");
    hour("MSGTRKMS2026112608-1.LOG", "old ms");
    await follow({ paths: [at("MSGTRK*.LOG")] });
    expect(log.follower.inputs.map(({ name }) => name)).toEqual([at("MSGTRK*.LOG"), at("MSGTRKMS*.LOG")]);
    appendFileSync(at("MSGTRK2026112608-1.LOG"), "1\r\n");
    appendFileSync(at("MSGTRKMS2026112608-1.LOG"), "1 ms\r\n");
    hour("MSGTRK2026112608-2.LOG", "2");
    hour("MSGTRK2026112608-10.LOG", "3");
    hour("MSGTRK2026112609-1.LOG", "4");
    hour("MSGTRKMD2026112609-1.LOG", "1 md");
    await log.until(() => rows().length === 6, "6 rows");
    expect(rows()).toEqual(["1\r", "2\r", "3\r", "4\r", "1 ms\r", "1 md\r"]);
    await whileDown(() => {
      appendFileSync(at("MSGTRK2026112609-1.LOG"), "5\r\n");
      hour("MSGTRK2026112610-1.LOG", "6");
      hour("MSGTRK2026112611-1.LOG", "7");
    });
    await log.until(() => rows().length === 9, "9 rows");
    expect(rows().slice(0, 7)).toEqual(["1\r", "2\r", "3\r", "4\r", "5\r", "6\r", "7\r"]);
  });

  test("a date in the name, in an order that is not that of the names", async () => {
    writeFileSync(at("mail.30.11.2026.log"), "old\n");
    await follow({ paths: [at("mail.%d.%m.%Y.log")] });
    writeFileSync(at("mail.02.12.2026.log"), "2\n");
    writeFileSync(at("mail.01.12.2026.log"), "1\n");
    expect(await log.untilLines(2)).toEqual(["1", "2"]);
  });

  test("from the start: the elder are finished first", async () => {
    for (const day of ["26", "24", "25"]) writeFileSync(at(`mail-202611${day}.log`), `${day}\n`);
    await follow({ paths: [at("mail-%Y%m%d.log")], ...fromStart });
    expect(await log.untilLines(3)).toEqual(["24", "25", "26"]);
  });

  test("a late line that is written to the file of its own day", async () => {
    writeFileSync(at("mail-20261125.log"), "1\nunfinished");
    await follow({ paths: [at("mail-%Y%m%d.log")], ...fromStart });
    writeFileSync(at("mail-20261126.log"), "2\n");
    await log.untilLines(2);
    log.poll(61_000);
    expect(await log.untilLines(3)).toEqual(["1", "2", "unfinished"]);
    log.poll(3_600_000);
    log.drain();
    appendFileSync(at("mail-20261125.log"), "late\n");
    expect(await log.untilLines(4)).toEqual(["1", "2", "unfinished", "late"]);
    expect(log.input().counters.openFiles).toBe(2);
    log.poll(7_200_001);
    log.drain();
    expect(log.input().counters.openFiles).toBe(1);
  });

  test("hosts of a central log, one of which appears while squall is down", async () => {
    mkdirSync(at("mx1"));
    writeFileSync(at("mx1/mail.log"), "old\n");
    await follow({ paths: [at("*/mail.log")] });
    await whileDown(() => {
      mkdirSync(at("mx2"));
      writeFileSync(at("mx2/mail.log"), "2\n");
    });
    expect(await log.untilLines(1)).toEqual(["2"]);
    appendFileSync(at("mx1/mail.log"), "1\n");
    mkdirSync(at("mx3"));
    writeFileSync(at("mx3/mail.log"), "3\n");
    await log.untilLines(3);
    expect(log.follower.inputs.map(({ name }) => name)).toEqual(
      ["mx1", "mx2", "mx3"].map((mx) => at(`${mx}/mail.log`)),
    );
  });

  test("the rotated past of a log that a pattern matches is no log of its own", async () => {
    for (const name of ["mail.log", "mail.log.1", "mail.log.2.gz", "mail.log-20261125", "mail.log.old", "mail.err"]) {
      writeFileSync(at(name), "old\n");
    }
    await follow({ paths: [at("mail.*")] });
    renameSync(path, `${path}.0`);
    writeFileSync(path, "new\n");
    await log.untilLines(1);
    expect(log.follower.inputs.map(({ name }) => name)).toEqual([at("mail.err"), path]);
    expect(log.lines).toEqual(["new"]);
  });

  test("one that is named twice is read once", async () => {
    writeFileSync(path, "");
    symlinkSync(path, at("link.log"));
    await follow({ paths: [path, at("link.log"), at("m*.log"), path] });
    expect(log.follower.inputs.map(({ name }) => name)).toEqual([path]);
  });

  test("a pattern that matches nothing yet is told once, one that is none is refused", async () => {
    await follow({ paths: [at("later/m*.log")] });
    log.poll();
    expect(log.notices.map(({ message }) => message)).toEqual([
      `${at("later/m*.log")}: no file matches; waiting for one`,
    ]);
    for (const wrong of ["mail-%Q.log", "mail-[z-a].log"]) {
      expect(() => new FollowedLog({ paths: [at(wrong)] })).toThrow(InputError);
    }
  });

  test("more logs than a follower has room for are told", async () => {
    for (let host = 0; host < 258; host += 1) writeFileSync(at(`h${host}.log`), "");
    await follow({ paths: [at("h*.log")] });
    expect(log.follower.inputs).toHaveLength(256);
    expect(log.events()).toEqual(["too-many", "too-many"]);
  });
});

describe("where the system tells of changes", () => {
  test("a line wakes the reader without a poll, through rotation too", async () => {
    writeFileSync(path, "");
    let woken = 0;
    log = new FollowedLog({ paths: [path], watchFolder: systemWatchFolder, onReadable: () => (woken += 1) });
    await log.start();
    const untilRead = async (lines: number): Promise<void> => {
      let seen = -1;
      const isRead = (): boolean => {
        // Taken only when it was said that there may be something.
        if (woken !== seen) log.drain();
        seen = woken;
        return log.lines.length === lines;
      };
      await pollUntil(isRead, { deadlineMs: 20_000, what: `${lines} lines without a poll` });
    };
    appendFileSync(path, "1\n");
    await untilRead(1);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "2\n");
    await untilRead(2);
    copyFileSync(path, `${path}.0`);
    truncateSync(path);
    appendFileSync(path, "3\n");
    await untilRead(3);
    expect(log.lines).toEqual(["1", "2", "3"]);
  });
});
