// A follower with its clock in the hand of a test: what it reads as lines, and restarts from what was stored.

import type { FollowedFile } from "../../shared/adapters/files/follow/followed-file.ts";
import type { FollowDeps, FollowNotice, FollowSettings } from "../../shared/adapters/files/follow/follow-settings.ts";
import { defaultFollowSettings } from "../../shared/adapters/files/follow/follow-settings.ts";
import { Follower } from "../../shared/adapters/files/follow/follower.ts";

const NEWLINE = 10;
const DEADLINE_MS = 20_000;
/** Between two polls: what was begun goes on, inflating in another thread too. */
const TURNS = 20;

export function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Chunks -> lines, as a reader of logs makes them. */
export class LineReader {
  readonly lines: string[] = [];
  private tail: Buffer = Buffer.alloc(0);

  get unusedBytes(): number {
    return this.tail.length;
  }

  feed(bytes: Buffer, begins: boolean): void {
    if (begins) this.endLine();
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.tail = Buffer.concat([this.tail, bytes.subarray(start, end)]);
      this.endLine();
      start = end + 1;
    }
    this.tail = Buffer.concat([this.tail, bytes.subarray(start)]);
  }

  private endLine(): void {
    if (this.tail.length > 0) this.lines.push(this.tail.toString());
    this.tail = Buffer.alloc(0);
  }
}

export interface FollowedLogOptions {
  readonly paths: readonly string[];
  readonly settings?: Partial<FollowSettings>;
  readonly chunkBytes?: number;
  readonly watchFolder?: FollowDeps["watchFolder"];
  readonly onReadable?: () => void;
}

/** Stored when it was asked for; a kill undoes all that came later. */
interface Stored {
  readonly positions: ReadonlyMap<string, string>;
  readonly lines: ReadonlyMap<string, number>;
}

export class FollowedLog {
  nowMs = 1_000_000;
  readonly notices: FollowNotice[] = [];
  readonly readers = new Map<string, LineReader>();
  follower: Follower;
  private readonly options: FollowedLogOptions;
  private stored: Stored = { positions: new Map(), lines: new Map() };
  private polls = new Set<() => void>();
  private started: Promise<void>[] = [];

  constructor(options: FollowedLogOptions) {
    this.options = options;
    this.follower = this.create();
  }

  /** Everything that was read, input by input. */
  get lines(): string[] {
    return [...this.readers.values()].flatMap(({ lines }) => lines);
  }

  events(): string[] {
    return this.notices.map(({ event }) => event);
  }

  async start(): Promise<void> {
    this.follower.start();
    await Promise.all(this.started);
  }

  /** One turn of a main loop: all that is there now. */
  drain(): void {
    for (const input of this.follower.inputs) {
      for (let chunk = input.take(); chunk !== undefined; chunk = input.take()) {
        this.readerOf(input.name).feed(chunk.bytes, chunk.begins);
      }
    }
  }

  /** Takes at most so many chunks. */
  takeSome(chunks: number): void {
    for (const input of this.follower.inputs) {
      for (let taken = 0; taken < chunks; taken += 1) {
        const chunk = input.take();
        if (chunk === undefined) break;
        this.readerOf(input.name).feed(chunk.bytes, chunk.begins);
      }
    }
  }

  /** Time passes, and everything is looked at. */
  poll(passedMs = 500): void {
    this.nowMs += passedMs;
    for (const callback of this.polls) callback();
  }

  /** Polls and reads until the condition holds; so much time passes between two polls. */
  async until(condition: () => boolean, what: string, passedMs = 0): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
      this.poll(passedMs);
      for (let turns = 0; turns < TURNS && !condition(); turns += 1) {
        this.drain();
        await turnOfTheLoop();
      }
    }
  }

  async untilLines(count: number, passedMs = 0): Promise<string[]> {
    await this.until(() => this.lines.length >= count, `${count} lines`, passedMs);
    return this.lines;
  }

  store(): void {
    const positions = new Map<string, string>();
    const lines = new Map<string, number>();
    for (const input of this.follower.inputs) {
      const reader = this.readerOf(input.name);
      const position = input.position(reader.unusedBytes);
      if (position === undefined) continue;
      positions.set(input.name, JSON.stringify(position));
      lines.set(input.name, reader.lines.length);
    }
    for (const [name, position] of this.follower.patternPositions()) positions.set(name, JSON.stringify(position));
    this.stored = { positions, lines };
  }

  /** What was read since it was stored is as if it had not been read. */
  async kill(): Promise<void> {
    await this.follower.close();
    for (const [name, { lines }] of this.readers) {
      const reader = new LineReader();
      reader.lines.push(...lines.slice(0, this.stored.lines.get(name) ?? 0));
      this.readers.set(name, reader);
    }
  }

  async restart(): Promise<void> {
    this.polls = new Set();
    this.follower = this.create();
    await this.start();
  }

  /** With a position that another version may have stored. */
  restartWith(position: unknown): void {
    const [path = ""] = this.options.paths;
    this.stored = { ...this.stored, positions: new Map([[path, JSON.stringify(position)]]) };
    this.create().start();
  }

  input(at = 0): FollowedFile {
    const input = this.follower.inputs[at];
    if (input === undefined) throw new Error(`there is no input ${at}`);
    return input;
  }

  private readerOf(name: string): LineReader {
    const reader = this.readers.get(name) ?? new LineReader();
    this.readers.set(name, reader);
    return reader;
  }

  private create(): Follower {
    const { paths, settings, chunkBytes, watchFolder, onReadable } = this.options;
    this.started = [];
    return new Follower(
      {
        paths,
        settings: { ...defaultFollowSettings, ...settings },
        positionOf: (name) => {
          const stored = this.stored.positions.get(name);
          const position: unknown = stored === undefined ? undefined : JSON.parse(stored);
          return position;
        },
        onInput: (input) => {
          this.started.push(input.start(onReadable ?? (() => undefined)));
        },
      },
      {
        onNotice: (notice) => this.notices.push(notice),
        nowMs: () => this.nowMs,
        every: (_intervalMs, callback) => {
          this.polls.add(callback);
          return () => this.polls.delete(callback);
        },
        watchFolder: watchFolder ?? (() => undefined),
      },
      Buffer.alloc(chunkBytes ?? 262_144),
    );
  }
}
