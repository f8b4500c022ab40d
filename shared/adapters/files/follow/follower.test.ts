import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FollowedLog, turnOfTheLoop } from "../../../../test/support/followed-log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "squall-follow-"));
});
afterEach(() => {
  if (process.env["KEEP"] === undefined) rmSync(folder, { recursive: true, force: true });
});

/** mulberry32: whole numbers below `below`. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** Writes lines in pieces of any size, and keeps what every generation held. */
class Writer {
  readonly written: string[] = [""];
  private readonly path: () => string;
  private target: string;
  private pending = "";
  private count = 0;
  /** No two are the same: what a file begins with tells it from others, as stamps do in a log. */
  private words = 0;

  constructor(path: () => string) {
    this.path = path;
    this.target = path();
  }

  write(bytes: number, longest: number): void {
    while (this.pending.length < bytes) {
      this.count += 1;
      this.pending += `line ${this.count}`;
      for (let words = (this.count * 7919) % Math.ceil(longest / 6); words > 0; words -= 1) {
        this.words += 1;
        this.pending += ` w${this.words}`;
      }
      this.pending += "\n";
    }
    const piece = this.pending.slice(0, bytes);
    this.pending = this.pending.slice(bytes);
    appendFileSync(this.target, piece);
    this.written[this.written.length - 1] += piece;
  }

  endLine(): void {
    const end = this.pending.indexOf("\n") + 1;
    if (end > 0) this.write(end, 10);
  }

  /** The file it writes to has another name now; it has not noticed. */
  renamed(to: string): void {
    this.target = to;
  }

  reopen(): void {
    this.target = this.path();
    this.written.push("");
  }

  lines(): string[] {
    return this.written.flatMap((text) => text.split("\n").filter((line) => line !== ""));
  }
}

/** The log and its siblings, rotated as logrotate does. */
class Rotation {
  readonly path = join(folder, "mail.log");
  private readonly isDated: boolean;
  private dates = 20_261_100;

  constructor(isDated: boolean) {
    this.isDated = isDated;
  }

  /** A free name for the newest past generation. */
  shift(): string {
    if (this.isDated) {
      this.dates += 1;
      return `${this.path}-${this.dates}`;
    }
    const rotated = readdirSync(folder)
      .map((name) => /^mail\.log\.(\d+)(\.gz)?$/u.exec(name))
      .filter((match) => match !== null)
      .toSorted((a, b) => Number(b[1]) - Number(a[1]));
    for (const [name, number = "", gz = ""] of rotated) {
      renameSync(join(folder, name), `${this.path}.${Number(number) + 1}${gz}`);
    }
    return `${this.path}.1`;
  }

  compressOne(pick: (below: number) => number, spared: string): void {
    const plain = readdirSync(folder).filter((name) => name !== "mail.log" && !name.endsWith(".gz"));
    const name = plain[pick(plain.length)];
    if (name === undefined || join(folder, name) === spared) return;
    const path = join(folder, name);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    rmSync(path);
  }
}

async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 12; turns += 1) await turnOfTheLoop();
}

describe("nothing is lost and nothing read twice, whatever becomes of the file", () => {
  let last = (): string => "";
  async function run(seed: number): Promise<void> {
    const steps: string[] = [];
    const pick = random(seed);
    const rotation = new Rotation(seed % 2 === 0);
    const { path } = rotation;
    const writer = new Writer(() => path);
    const log = new FollowedLog({ paths: [path], settings: { from: "start" }, chunkBytes: 64 + pick(200) });
    last = () => {
      const got = log.lines;
      const want = writer.lines();
      const missing = want.filter((line) => !got.includes(line));
      const extra = got.filter((line) => !want.includes(line));
      const twice = got.filter((line, at) => got.indexOf(line) !== at);
      return `missing ${JSON.stringify(missing.map((l) => l.slice(0, 12)))}, extra ${JSON.stringify(extra.map((l) => l.slice(0, 12)))}, twice ${JSON.stringify(twice.map((l) => l.slice(0, 12)))}\n${process.env["STEPS"] === undefined ? "" : steps.join("\n")}\n${log.notices
        .slice(-40)
        .map((n) => `${n.event} ${n.message.slice(30)}`)
        .join(
          "\n",
        )}\n${JSON.stringify(log.follower.counters())} ${readdirSync(folder).join(" ")}\n${JSON.stringify(log.input().position(0), undefined, 1)}`;
    };
    let isDown = false;
    let late = path;
    if (pick(2) === 0) writer.write(20 + pick(300), 60);
    const noteRename = (to: string): void => {
      renameSync(path, to);
      writer.renamed(to);
      late = to;
      if (pick(2) === 0) writer.write(20 + pick(200), 60);
      if (pick(3) === 0 && !isDown) {
        log.poll(1);
        log.drain();
      }
      if (pick(2) === 0) writer.write(20 + pick(200), 60);
      if (pick(2) === 0) writeFileSync(path, "");
      writer.reopen();
    };
    const actions: (() => void | Promise<void>)[] = [
      () => {
        writer.write(20 + pick(400), pick(8) === 0 ? 500 : 60);
      },
      () => {
        writer.write(20 + pick(40), 60);
      },
      () => {
        if (!isDown) log.poll(pick(30));
      },
      () => {
        if (!isDown) log.drain();
      },
      () => {
        if (!isDown) log.takeSome(pick(4));
      },
      someTurns,
      turnOfTheLoop,
      () => {
        if (!isDown) log.store();
      },
      () => {
        if (readdirSync(folder).includes("mail.log")) noteRename(rotation.shift());
      },
      () => {
        if (!readdirSync(folder).includes("mail.log")) return;
        copyFileSync(path, rotation.shift());
        truncateSync(path);
        writer.written.push("");
      },
      () => {
        rotation.compressOne(pick, late);
      },
      async () => {
        if (isDown) await log.restart();
        else if (pick(3) === 0) await log.kill();
        else return;
        isDown = !isDown;
      },
    ];
    await log.start();
    log.store();
    for (let step = 0; step < 120; step += 1) {
      const at = pick(actions.length);
      await actions[at]?.();
      for (const n of log.notices.splice(0)) steps.push(`   ## ${n.event} ${n.message.slice(30)}`);
      if (process.env["STEPS"] !== undefined)
        steps.push(
          "   ## pos " +
            JSON.stringify(
              (log.input().position(0) as any)?.generations?.map((g: any) => [g.path.slice(35), g.inode, g.offset]),
            ) +
            " prev " +
            JSON.stringify(
              [(log.input().position(0) as any)?.previous].map((g: any) => g && [g.path.slice(35), g.inode, g.offset]),
            ),
        );
      steps.push(
        `${step} ${at} down ${isDown} lines ${writer.lines().length} read ${log.lines.length} ${readdirSync(folder).join(" ")}`,
      );
    }
    if (isDown) await log.restart();
    writer.endLine();
    writer.write(30, 10);
    writer.endLine();
    const expected = writer.lines();
    await log.untilLines(expected.length, 5_000);
    log.poll(70_000);
    log.drain();
    const sort = (lines: readonly string[]): string[] => lines.toSorted((a, b) => (a < b ? -1 : 1));
    expect(sort(log.lines)).toEqual(sort(expected));
    expect(log.follower.counters().lostGenerations).toBe(0);
    await log.follower.close();
  }

  test("seeded", async () => {
    const seeds = (process.env["SEEDS"] ?? "1-60").split("-").map(Number);
    for (let seed = seeds[0] ?? 1; seed <= (seeds[1] ?? seeds[0] ?? 1); seed += 1) {
      rmSync(folder, { recursive: true, force: true });
      folder = mkdtempSync(join(tmpdir(), "squall-follow-"));
      try {
        await run(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${last()}`, { cause: error });
      }
    }
  });
});
