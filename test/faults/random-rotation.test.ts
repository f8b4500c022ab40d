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
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FollowedLog, turnOfTheLoop } from "../support/followed-log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "squall-follow-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
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

const KINDS = ["numbered", "dated", "date in the name"] as const;
type Kind = (typeof KINDS)[number];

/** The log and its siblings, rotated as logrotate does, or named by the day as rsyslog does. */
class Rotation {
  private readonly kind: Kind;
  private dates = 20_261_100;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  get path(): string {
    return join(folder, this.kind === "date in the name" ? `mail-${this.dates}.log` : "mail.log");
  }

  isThere(): boolean {
    return readdirSync(folder).includes(basename(this.path));
  }

  nextDay(): void {
    this.dates += 1;
  }

  /** A free name for the newest past generation. */
  shift(): string {
    if (this.kind === "dated") {
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
    const plain = readdirSync(folder).filter((name) => name !== basename(this.path) && !name.endsWith(".gz"));
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
  async function run(kind: Kind, seed: number): Promise<void> {
    const pick = random(seed);
    const rotation = new Rotation(kind);
    const { path } = rotation;
    const writer = new Writer(() => rotation.path);
    const followed = kind === "date in the name" ? join(folder, "mail-%Y%m%d.log") : path;
    const log = new FollowedLog({ paths: [followed], settings: { from: "start" }, chunkBytes: 64 + pick(200) });
    let isDown = false;
    let late = path;
    if (pick(2) === 0) writer.write(20 + pick(300), 60);
    const rotate = (): void => {
      if (!rotation.isThere()) return;
      if (kind === "date in the name") {
        late = rotation.path;
        rotation.nextDay();
      } else {
        late = rotation.shift();
        renameSync(path, late);
        writer.renamed(late);
      }
      if (pick(2) === 0) writer.write(20 + pick(200), 60);
      if (pick(3) === 0 && !isDown) {
        log.poll(1);
        log.drain();
      }
      if (pick(2) === 0) writer.write(20 + pick(200), 60);
      if (pick(2) === 0) writeFileSync(rotation.path, "");
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
      rotate,
      () => {
        if (kind === "date in the name" || !rotation.isThere()) return;
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
    for (let step = 0; step < 120; step += 1) await actions[pick(actions.length)]?.();
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

  // More of them: SEEDS=100-400.
  const [from = 1, to = 20] = (process.env["SEEDS"] ?? "1-20").split("-").map(Number);
  const seeds = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  test.each(KINDS.flatMap((kind) => seeds.map((seed) => [kind, seed] as const)))("%s, seed %i", run);
});
