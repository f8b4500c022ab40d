// A disk whose writes fail when they are told to, over the real folder: what the operating system does in an hour of need.

import type { Disk, SegmentFile } from "../../shared/adapters/files/state-log/disk.ts";
import { createDisk } from "../../shared/adapters/files/state-log/disk.ts";

/** What goes wrong with a write, after so many more bytes were written. */
export interface ScriptedFault {
  readonly afterBytes: number;
  readonly code: "ENOSPC" | "EIO";
  /** The next try succeeds. */
  readonly once: boolean;
}

export class FaultyDisk implements Disk {
  fault: ScriptedFault | undefined;
  /** Bringing to the disk fails. */
  syncFails = false;
  /** Taking back what was half written fails. */
  truncateFails = false;
  /** One word a call that changes something: `write state-0000000001.log 24 40`. */
  readonly calls: string[] = [];
  readonly folder: string;
  private readonly real: Disk;
  private readonly underWay = new Set<Promise<unknown>>();
  private isDead = false;

  constructor(folder: string) {
    this.folder = folder;
    this.real = createDisk(folder, undefined);
  }

  /** The process is killed: what is under way ends, everything after it never answers. */
  async die(): Promise<void> {
    this.isDead = true;
    await Promise.allSettled(this.underWay);
  }

  pathOf(name: string): string {
    return this.real.pathOf(name);
  }

  names(): Promise<string[]> {
    return this.act(() => this.real.names());
  }

  read(name: string): Promise<Buffer> {
    return this.act(() => this.real.read(name));
  }

  create(name: string): Promise<SegmentFile> {
    return this.act(async () => this.faultyFile(name, await this.real.create(name)), `create ${name}`);
  }

  open(name: string): Promise<SegmentFile> {
    return this.act(async () => this.faultyFile(name, await this.real.open(name)));
  }

  remove(name: string): Promise<void> {
    return this.act(() => this.real.remove(name), `remove ${name}`);
  }

  syncFolder(): Promise<void> {
    return this.act(() => this.real.syncFolder(), "sync folder");
  }

  private faultyFile(name: string, file: SegmentFile): SegmentFile {
    return {
      write: (bytes, offset) => this.act(() => this.write(bytes, (part) => file.write(part, offset)), `write ${name}`),
      datasync: () => this.act(() => (this.syncFails ? Promise.reject(coded("EIO")) : file.datasync()), `sync ${name}`),
      truncate: (bytes) =>
        this.act(
          () => (this.truncateFails ? Promise.reject(coded("EIO")) : file.truncate(bytes)),
          `truncate ${name} ${bytes}`,
        ),
      close: () => this.act(() => file.close()),
    };
  }

  private write(bytes: Buffer, write: (part: Buffer) => Promise<number>): Promise<number> {
    const { fault } = this;
    if (fault === undefined) return write(bytes);
    const part = bytes.subarray(0, fault.afterBytes);
    if (part.length === 0) {
      if (fault.once) this.fault = undefined;
      return Promise.reject(coded(fault.code));
    }
    this.fault = { ...fault, afterBytes: fault.afterBytes - part.length };
    return write(part);
  }

  private act<T>(call: () => Promise<T>, words?: string): Promise<T> {
    if (this.isDead) return new Promise(() => undefined);
    if (words !== undefined) this.calls.push(words);
    const answer = call();
    this.underWay.add(answer);
    return answer.finally(() => this.underWay.delete(answer));
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(`${code}: scripted, write`), { code });
}
