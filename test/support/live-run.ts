// A log fed to live running turn by turn, as a process would that is killed now and then: what its detector is handed is kept, and
// after a cut another process goes on from the entries alone.

import { vi } from "vitest";
import { defaultAssemblerSettings, type AssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import { Ingest } from "../../services/ingest/ingest.ts";
import { InputEntry } from "../../services/ingest/state/input-entry.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { LivePipeline } from "../../services/squall/pipeline/live-pipeline.ts";
import type { LiveState } from "../../services/squall/pipeline/live-state.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import type { StateEntries } from "./state-entries.ts";

export interface LiveRunOptions {
  /** Of the secret by which hosts and queue ids are hashed: another in every process. */
  readonly hashSeed?: number;
  readonly assembler?: Partial<AssemblerSettings>;
}

export class LiveRun {
  readonly pipeline: LivePipeline;
  readonly ingest: Ingest;
  /** What the detector was handed: events and ticks, in order. */
  readonly handed: string[] = [];
  private readonly state: LiveState;
  private readonly entry: InputEntry;
  private fedBytes = 0;

  constructor({ hashSeed = 17, assembler = {} }: LiveRunOptions = {}) {
    const hosts = new HostTable({ hostsMax: 1000, hashSeed });
    this.pipeline = new LivePipeline({
      site: "test",
      hosts,
      assembler: { ...defaultAssemblerSettings, ...assembler },
      detector: defaultDetectorSettings,
      people: { name: (address) => address, allowSubject: true },
      onAlert: () => undefined,
      onWindow: () => undefined,
    });
    const { stages } = this.pipeline;
    vi.spyOn(stages, "detect").mockImplementation((event) => void this.handed.push(encodeMailEvent(event)));
    vi.spyOn(stages, "tick").mockImplementation((watermark) => void this.handed.push(`tick ${watermark}`));
    vi.spyOn(stages, "setBack").mockImplementation((watermark) => {
      stages.assembler.setBack(watermark);
      this.handed.push(`set back ${watermark}`);
    });
    this.state = this.pipeline.keepState();
    this.ingest = new Ingest({
      site: "test",
      format: "auto",
      lineBytesMax: 65_536,
      year: undefined,
      toUtc: zoneToUtc("UTC"),
      allowedLatenessMs: defaultDetectorSettings.allowedLatenessMs,
      hashSeed,
      listServers: new Set(),
      table: stages.table,
      hosts,
      onEvent: (event) => {
        stages.table.addEvent(event);
      },
      onRejected: () => undefined,
    });
    this.entry = new InputEntry("log", this.ingest);
  }

  /** Another process, from what one before has put into the entries. Returns the position to feed it from. */
  static from(entries: StateEntries, options: LiveRunOptions): { run: LiveRun; position: number } {
    const run = new LiveRun(options);
    let position = 0;
    // In no particular order.
    for (const [key, value] of [...entries].toReversed()) {
      if (key === run.entry.key) position = Number(run.entry.restore(value));
      else if (run.state.owns(key)) run.state.restore(key, value);
      else throw new Error(`nobody knows ${key}`);
    }
    run.state.restored();
    run.fedBytes = position;
    return { run, position };
  }

  /** One turn. */
  turn(chunk: Buffer, nowMs: number, isCaughtUp: boolean): void {
    if (chunk.length > 0) this.ingest.feed(chunk, nowMs);
    this.fedBytes += chunk.length;
    this.pipeline.advance(nowMs, [{ ingest: this.ingest, isCaughtUp }]);
  }

  flush(entries: StateEntries): void {
    entries.take((put) => {
      this.state.changes(put);
      this.entry.changes(put, this.fedBytes - this.ingest.unusedBytes);
    });
  }
}
