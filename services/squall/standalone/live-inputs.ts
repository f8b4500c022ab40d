// Inputs of the configuration -> readers: files and patterns are followed, ports listened on, standard input read.

import { isAbsolute, join } from "node:path";
import { defaultFollowSettings } from "../../../shared/adapters/files/follow/follow-settings.ts";
import { Follower } from "../../../shared/adapters/files/follow/follower.ts";
import { systemFollowDeps } from "../../../shared/adapters/files/follow/system-deps.ts";
import type { LiveInput } from "../../../shared/adapters/files/live-input.ts";
import { StandardInput } from "../../../shared/adapters/files/standard-input.ts";
import type { SyslogAddress } from "../../../shared/adapters/syslog/syslog-address.ts";
import { SyslogListener } from "../../../shared/adapters/syslog/syslog-listener.ts";
import type { PutEntry } from "../../../shared/domain/state-value.ts";
import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import type { Ingest } from "../../ingest/ingest.ts";
import { INPUT_PREFIX } from "../../ingest/state/input-entry.ts";
import { InputHealth } from "./input-health.ts";
import { LiveReader } from "./live-reader.ts";
import { PatternEntries } from "./pattern-entries.ts";
import type { FileInput, FilesInput, InputSettings } from "./standalone-settings.ts";

export interface LiveInputsOptions {
  readonly inputs: readonly InputSettings[];
  readonly createIngest: (input: InputSettings, name: string) => Ingest;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

/** What counts of one configured input. */
export interface InputReport {
  readonly source: string;
  readonly readers: readonly LiveReader[];
  /** Files or connections that are open now. */
  readonly open: () => number;
  readonly reader: () => Readonly<Record<string, number>>;
  readonly lost: () => Readonly<Record<string, number>>;
}

export class LiveInputs {
  readonly readers: LiveReader[] = [];
  readonly reports: InputReport[] = [];
  private readonly options: LiveInputsOptions;
  /** What is stored of patterns: which logs were there before. */
  readonly patterns = new PatternEntries(() => this.followers.flatMap((one) => [...one.patternPositions()]));
  readonly health: InputHealth;
  private readonly followers: Follower[] = [];
  private readonly names = new Set<string>();
  /** What was stored of readers, by name, until they are made. */
  private readonly stored = new Map<string, Buffer>();
  private standardInput: StandardInput | undefined;
  private onReadable: () => void = () => undefined;

  constructor(options: LiveInputsOptions) {
    this.options = options;
    this.health = new InputHealth(options.say);
  }

  /** Nothing more can come of any input. */
  get haveEnded(): boolean {
    const isAlone = this.standardInput !== undefined && this.readers.length === 1 && this.followers.length === 0;
    return isAlone && this.standardInput?.ended === true;
  }

  /** Opens them all; resolves when what is there now can be read. Throws InputError, and what a port or a stored position throws. */
  async start(onReadable: () => void): Promise<void> {
    this.onReadable = onReadable;
    for (const input of this.options.inputs) {
      if (input.kind === "file" || input.kind === "files") await this.follow(input);
      else if (input.kind === "stdin") await this.readStandardInput(input);
      else {
        if (input.udp !== undefined) await this.listen(input, "udp", input.udp);
        if (input.tcp !== undefined) await this.listen(input, "tcp", input.tcp);
      }
    }
  }

  /** Looks at what each input has read, and says of one that nothing of it is understood. */
  look(): void {
    for (const { name, ingest } of this.readers) this.health.look({ name, ...ingest.counters });
  }

  /** Tells the entries of readers that changed since the last call, each once. */
  changes(put: PutEntry): void {
    for (const reader of this.readers) reader.changes(put);
  }

  owns(key: string): boolean {
    return key.startsWith(INPUT_PREFIX);
  }

  /** Before `start`. What is wrong with an entry is thrown there: only its reader can read it. */
  restore(key: string, value: Buffer): void {
    this.stored.set(key.slice(INPUT_PREFIX.length), value);
  }

  restored(): void {
    // Nothing leads from one input to another.
  }

  async close(): Promise<void> {
    await Promise.all([
      ...this.followers.map((follower) => follower.close()),
      ...this.readers.map((one) => one.close()),
    ]);
  }

  private async follow(settings: FileInput | FilesInput): Promise<void> {
    const { say } = this.options;
    const readers: LiveReader[] = [];
    const prepared = new Map<string, LiveReader>();
    const starting: Promise<void>[] = [];
    const positionOf = (name: string): unknown => {
      // Logs are named by their path, a pattern by a word before its own.
      if (!isAbsolute(name)) return this.patterns.stored(name);
      const reader = this.reader(settings, name);
      prepared.set(name, reader);
      const value = this.stored.get(name);
      return value === undefined ? undefined : reader.restore(value);
    };
    const onInput = (input: LiveInput): void => {
      if (this.names.has(input.name)) {
        say(`${input.name}: is read by another input already, and not a second time for ${settings.name}`);
        return;
      }
      this.names.add(input.name);
      const reader = prepared.get(input.name) ?? this.reader(settings, input.name);
      reader.readFrom(input);
      readers.push(reader);
      this.readers.push(reader);
      starting.push(input.start(this.onReadable));
      // One that a pattern matched later: its start is nobody's to wait for.
      void starting.at(-1)?.then(this.onReadable);
    };
    const path = settings.kind === "file" ? settings.path : join(settings.folder, settings.pattern);
    const follower = new Follower(
      { paths: [path], settings: { ...defaultFollowSettings, from: settings.from }, positionOf, onInput },
      systemFollowDeps(({ event, input, message }) => {
        if (event !== "rotated" && event !== "truncated") say(message);
        const isWrong = event === "missing" || event === "unreadable";
        if (isWrong || event === "mended") this.health.note(input, isWrong, performance.now());
      }),
    );
    this.followers.push(follower);
    this.reports.push({
      source: settings.name,
      readers,
      open: () => follower.counters().openFiles,
      reader: () => {
        const { openFiles: _open, ...counters } = follower.counters();
        return counters;
      },
      lost: () => ({ "generation-lost": follower.counters().lostGenerations }),
    });
    follower.start();
    await Promise.all(starting);
  }

  private async readStandardInput(settings: InputSettings): Promise<void> {
    const { say } = this.options;
    const input = new StandardInput({ onFault: say });
    this.standardInput = input;
    const open = (): number => (input.ended ? 0 : 1);
    await this.open(settings, input, { open, reader: () => ({ ...input.counters }), lost: () => ({}) });
  }

  private async listen(
    settings: InputSettings,
    transport: SyslogAddress["transport"],
    at: ListenAddress,
  ): Promise<void> {
    const input = new SyslogListener({ address: { transport, host: at.host, port: at.port } });
    const reader = (): Record<string, number> => {
      const { lost: _lost, connectionsOpen: _open, ...counters } = input.counters;
      return counters;
    };
    const lost = (): Record<string, number> => {
      const dropped = input.kernelDrops();
      return { ...input.counters.lost, ...(dropped === undefined ? {} : { "dropped-by-kernel": dropped }) };
    };
    await this.open(settings, input, { open: () => input.counters.connectionsOpen, reader, lost });
    this.options.say(`listening for syslog on ${transport}://${at.host}:${input.port}`);
  }

  private async open(
    settings: InputSettings,
    input: LiveInput,
    counters: Pick<InputReport, "open" | "reader" | "lost">,
  ): Promise<void> {
    const reader = this.reader(settings, input.name);
    reader.readFrom(input);
    this.readers.push(reader);
    this.report({ source: settings.name, readers: [reader], ...counters });
    await input.start(this.onReadable);
  }

  /** Two ports of one input are one. */
  private report(report: InputReport): void {
    const index = this.reports.findIndex(({ source }) => source === report.source);
    const before = this.reports[index];
    if (before === undefined) {
      this.reports.push(report);
      return;
    }
    this.reports[index] = {
      source: report.source,
      readers: [...before.readers, ...report.readers],
      open: () => before.open() + report.open(),
      reader: () => summed(before.reader(), report.reader()),
      lost: () => summed(before.lost(), report.lost()),
    };
  }

  private reader(settings: InputSettings, name: string): LiveReader {
    return new LiveReader({ name, ingest: this.options.createIngest(settings, name) });
  }
}

function summed(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}
