// The services of docker-compose.yml without a container engine: their own commands, variables, health checks and order, with the places
// of this machine in place of those within the network of compose; as processes of the machine, or as whatever a test makes of them.

import { imageEntrypoint, type ComposeFile, type ComposeService, type StartCondition } from "./compose-file.ts";
import { pollUntil } from "./poll.ts";
import { RunningCommand, type Command } from "./running-command.ts";

const HEALTHY_WITHIN_MS = 60_000;
const HEALTH_PAUSE_MS = 300;
const SAYS_WITHIN_MS = 60_000;
const TAIL_CHARACTERS = 1500;

/** What becomes of the command of a service, and of its health check beside it. */
export interface Launcher {
  readonly start: (service: string, command: Command) => Command;
  readonly beside: (service: string, command: Command) => Command;
}

const AS_IT_IS: Launcher = { start: (_service, command) => command, beside: (_service, command) => command };

export interface NativeComposeOptions {
  readonly file: ComposeFile;
  /** Services that stand already. */
  readonly outside: ReadonlySet<string>;
  /** A word or a variable of a service as it is on this machine. */
  readonly place: (service: string, text: string) => string;
  /** Default: they are processes of this machine. */
  readonly launcher?: Launcher;
}

export class NativeCompose {
  /** Names in the order in which they were started. */
  readonly started: string[] = [];
  private readonly options: NativeComposeOptions;
  private readonly services = new Map<string, RunningCommand>();
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

  /** What it has said on both so far, the one behind the other. */
  said(name: string): string {
    return this.services.get(name)?.said ?? "";
  }

  /** Exit code of its health check. */
  async health(name: string): Promise<number | null> {
    const { healthcheck } = this.service(name);
    const [kind, ...words] = healthcheck?.test ?? [];
    if (kind !== "CMD") throw new Error(`${name}: a health check by a shell cannot be run here`);
    return new RunningCommand(this.launcher.beside(name, this.command(name, words))).ended;
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
    this.services.set(name, new RunningCommand(this.launcher.start(name, this.command(name, words))));
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

  private get launcher(): Launcher {
    return this.options.launcher ?? AS_IT_IS;
  }

  /** The variables are those that the file sets, and nothing of this process'. */
  private command(name: string, words: readonly string[]): Command {
    const place = (text: string): string => this.options.place(name, text);
    const { environment } = this.service(name);
    const variables = Object.entries(environment).map(([key, value]): [string, string] => [key, place(value)]);
    return { words: words.map(place), env: Object.fromEntries(variables) };
  }

  private tail(name: string): string {
    return `--- ${name}:\n${this.said(name).slice(-TAIL_CHARACTERS)}`;
  }
}
