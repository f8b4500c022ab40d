// Containers of an unpacked image, run by runc, closed as docker-compose.yml has them: another user than root, a root that cannot be written
// to, no capabilities, a filter of system calls, limits. They share the image's root, which a read-only one may be, and the machine's
// network, for Kafka and InfluxDB are on its loopback.

import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Command } from "../running-command.ts";
import { containerFolders, removeContainer } from "./image-folders.ts";
import { call } from "./image-store.ts";
import { defaultSeccomp } from "./seccomp.ts";
import type { UnpackedImage } from "./unpacked-image.ts";

const CPU_PERIOD_US = 100_000;

export interface Limits {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cpus: number;
}

export interface Mount {
  readonly source: string;
  readonly destination: string;
  readonly isReadOnly: boolean;
}

export interface ContainerPlan {
  /** All words of it. */
  readonly words: readonly string[];
  /** Beside the image's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly mounts?: readonly Mount[];
}

/** What an engine gives to each: names of machines. */
const NAMES: readonly Mount[] = ["/etc/hosts", "/etc/resolv.conf"].map((path) => {
  return { source: path, destination: path, isReadOnly: true };
});

const stateSchema = z.object({ pid: z.number() });
const statsSchema = z.object({
  data: z.object({
    memory: z.object({ usage: z.object({ limit: z.number() }) }),
    pids: z.object({ limit: z.number() }),
  }),
});

export class Containers {
  private readonly image: UnpackedImage;
  private readonly program: string;
  private readonly bundles: string;
  private readonly state: string;
  private readonly ids: string[] = [];

  /** `program`: runc, run by root. */
  constructor(image: UnpackedImage, program: string) {
    this.image = image;
    this.program = program;
    const { bundles, state } = containerFolders(image.folder);
    [this.bundles, this.state] = [bundles, state];
    mkdirSync(bundles, { recursive: true });
  }

  /** Its name for the other calls, and what starts it in the foreground: signals go through, its exit code is the command's. */
  prepare({ words, env = {}, limits, mounts = [] }: ContainerPlan): { readonly id: string; readonly command: Command } {
    const id = `squall-test-${randomUUID()}`;
    const bundle = join(this.bundles, id);
    mkdirSync(bundle);
    const config = JSON.stringify(this.config({ words, env, limits, mounts }, id));
    writeFileSync(join(bundle, "config.json"), config);
    this.ids.push(id);
    return { id, command: this.command("run", "--bundle", bundle, id) };
  }

  /** What runs words beside the process of a container, as the same user. */
  beside(id: string, words: readonly string[], env: Readonly<Record<string, string>>): Command {
    const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
    return this.command("exec", ...variables, id, ...words);
  }

  /** The process of a container that runs, as the machine sees it. */
  async pid(id: string): Promise<number> {
    return stateSchema.parse(JSON.parse(await this.run("state", id))).pid;
  }

  /** The limits of a container that runs, as the kernel has them. */
  async limits(id: string): Promise<Omit<Limits, "cpus">> {
    const { data } = statsSchema.parse(JSON.parse(await this.run("events", "--stats", id)));
    return { memoryBytes: data.memory.usage.limit, processes: data.pids.limit };
  }

  /** Kills and deletes all that there are; those that ended have gone by themselves. */
  remove(): void {
    for (const id of this.ids.splice(0)) removeContainer(this.program, this.state, id);
  }

  private run(...args: readonly string[]): Promise<string> {
    const [program = "", ...rest] = this.command(...args).words;
    return call(program, rest);
  }

  private command(...args: readonly string[]): Command {
    return { words: [this.program, "--root", this.state, ...args], env: {} };
  }

  private config({ words, env = {}, limits, mounts = [] }: ContainerPlan, id: string): object {
    const { runtime, root } = this.image;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return {
      ...runtime,
      process: {
        ...runtime.process,
        args: words,
        env: [...runtime.process.env, ...variables],
        terminal: false,
        capabilities: {},
        noNewPrivileges: true,
      },
      root: { path: root, readonly: true },
      mounts: [
        ...runtime.mounts,
        ...[...NAMES, ...mounts].map(({ source, destination, isReadOnly }) => {
          return { type: "bind", source, destination, options: ["bind", isReadOnly ? "ro" : "rw"] };
        }),
      ],
      linux: {
        ...runtime.linux,
        namespaces: runtime.linux.namespaces.filter(({ type }) => type !== "network"),
        cgroupsPath: `/${id}`,
        resources: {
          devices: [{ allow: false, access: "rwm" }],
          memory: { limit: limits.memoryBytes },
          pids: { limit: limits.processes },
          cpu: { period: CPU_PERIOD_US, quota: Math.round(limits.cpus * CPU_PERIOD_US) },
        },
        seccomp: defaultSeccomp(),
      },
    };
  }
}
