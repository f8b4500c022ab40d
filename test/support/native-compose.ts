// The services of docker-compose.yml without containers: their own commands, variables, health checks and order, with the places of
// this machine in place of those within the network of compose.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { imageEntrypoint, type ComposeFile, type ComposeService, type StartCondition } from "./compose-file.ts";
import { pollUntil } from "./poll.ts";

const HEALTHY_WITHIN_MS = 60_000;
const HEALTH_PAUSE_MS = 300;
const SAYS_WITHIN_MS = 60_000;
const TAIL_CHARACTERS = 1500;

class NativeService {
  out = "";
  err = "";
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(words: readonly string[], env: Readonly<Record<string, string>>) {
    const [program = "", ...args] = words;
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    this.ended = once(this.child, "close").then(() => this.child.exitCode);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

export interface NativeComposeOptions {
  readonly file: ComposeFile;
  /** Services that stand already. */
  readonly outside: ReadonlySet<string>;
  /** A word or a variable of a service as it is on this machine. */
  readonly place: (service: string, text: string) => string;
}

export class NativeCompose {
  /** Names in the order in which they were started. */
  readonly started: string[] = [];
  private readonly options: NativeComposeOptions;
  private readonly services = new Map<string, NativeService>();
  private readonly starting = new Map<string, Promise<void>>();

  constructor(options: NativeComposeOptions) {
    this.options = options;
  }

  /** Starts it when all that it depends on has come to its condition. */
  up(name: string): Promise<void> {
    const starting = this.starting.get(name) ?? this.start(name);
    this.starting.set(name, starting);
    return starting;
  }

  /** Waits until it has said a text on standard output or standard error. */
  async says(name: string, text: string): Promise<void> {
    const isSaid = (): boolean => {
      if (this.said(name).includes(text)) return true;
      if (this.services.get(name)?.hasEnded !== false) throw new Error(`${name} ended before it said ${text}`);
      return false;
    };
    try {
      await pollUntil(isSaid, { deadlineMs: SAYS_WITHIN_MS, what: `${name} to say ${text}` });
    } catch (error) {
      // What it waits for is what others did not do.
      throw new Error(this.started.map((one) => this.tail(one)).join("\n"), { cause: error });
    }
  }

  /** Both, the one behind the other. */
  said(name: string): string {
    const { out = "", err = "" } = this.services.get(name) ?? {};
    return `${out}${err}`;
  }

  /** Exit code of its health check. */
  async health(name: string): Promise<number | null> {
    const { healthcheck } = this.service(name);
    const [kind, ...words] = healthcheck?.test ?? [];
    if (kind !== "CMD") throw new Error(`${name}: a health check by a shell cannot be run here`);
    return new NativeService(this.words(name, words), this.env(name)).ended;
  }

  /** SIGTERM; exit code of each, and how long the slowest took, ms. */
  async stop(names: readonly string[]): Promise<{ codes: Record<string, number | null>; tookMs: number }> {
    const sinceMs = performance.now();
    const codes: Record<string, number | null> = {};
    await Promise.all(
      names.map(async (name) => {
        const service = this.services.get(name);
        service?.child.kill("SIGTERM");
        codes[name] = (await service?.ended) ?? null;
      }),
    );
    return { codes, tookMs: performance.now() - sinceMs };
  }

  async kill(): Promise<void> {
    for (const { child } of this.services.values()) child.kill("SIGKILL");
    await Promise.all([...this.services.values()].map(({ ended }) => ended));
  }

  private async start(name: string): Promise<void> {
    if (this.options.outside.has(name)) return;
    const { depends_on: needs } = this.service(name);
    await Promise.all(Object.entries(needs).map(([need, { condition }]) => this.until(need, condition)));
    const { entrypoint, command } = this.service(name);
    const words = [...(entrypoint ?? imageEntrypoint(this.service(name))), ...(command ?? [])];
    this.services.set(name, new NativeService(this.words(name, words), this.env(name)));
    this.started.push(name);
  }

  private async until(name: string, condition: StartCondition): Promise<void> {
    await this.up(name);
    const service = this.services.get(name);
    if (service === undefined || condition === "service_started") return;
    if (condition === "service_healthy") return this.healthy(name);
    const code = await service.ended;
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${this.tail(name)}`);
  }

  private async healthy(name: string): Promise<void> {
    const service = this.services.get(name);
    const isHealthy = async (): Promise<boolean> => {
      if (service?.hasEnded !== false) throw new Error(`${name} ended: ${this.tail(name)}`);
      return (await this.health(name)) === 0;
    };
    await pollUntil(isHealthy, {
      deadlineMs: HEALTHY_WITHIN_MS,
      pauseMs: HEALTH_PAUSE_MS,
      what: `${name} to be healthy`,
    });
  }

  private service(name: string): ComposeService {
    const service = this.options.file.services[name];
    if (service === undefined) throw new Error(`no such service: ${name}`);
    return service;
  }

  private words(name: string, words: readonly string[]): string[] {
    return words.map((word) => this.options.place(name, word));
  }

  /** What the file sets, and nothing of this process'. */
  private env(name: string): Record<string, string> {
    const { environment } = this.service(name);
    return Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [key, this.options.place(name, value)]),
    );
  }

  private tail(name: string): string {
    return `--- ${name}:\n${this.said(name).slice(-TAIL_CHARACTERS)}`;
  }
}
