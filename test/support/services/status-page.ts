// What a service says on its port: health, and its metrics as numbers.

import { pollUntil } from "../poll.ts";
import type { ServiceProcess } from "./service-site.ts";

/** For the environment of a service: a port of its own, to be found by `StatusPage`. */
export const ANY_PORT = { SQUALL_METRICS_ADDRESS: "127.0.0.1:0" } as const;
const SAYS = /metrics and health on http:\/\/(127\.0\.0\.1:\d+)/u;
const START_MS = 30_000;

export interface StatusAnswer {
  readonly status: number;
  readonly text: string;
}

export class StatusPage {
  private readonly service: ServiceProcess;

  constructor(service: ServiceProcess) {
    this.service = service;
  }

  async ask(path: string): Promise<StatusAnswer> {
    const answer = await fetch(`http://${await this.address()}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  async ready(deadlineMs = START_MS): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      this.service.process.expectRunning();
      return (await this.ask("/readyz")).status === 200;
    };
    await pollUntil(isReady, { deadlineMs, what: `${this.service.name} to be ready` });
  }

  /** Sum of all series of a name whose labels hold the text; undefined: there is none. */
  async metric(name: string, label = ""): Promise<number | undefined> {
    const { text } = await this.ask("/metrics");
    const values = text
      .split("\n")
      .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(label))
      .map((line) => Number(line.slice(line.lastIndexOf(" "))));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  }

  /** `host:port`. */
  async address(): Promise<string> {
    const said = (): string | undefined => {
      const { process: one, saidBefore } = this.service;
      return SAYS.exec(one.log().slice(saidBefore))?.[1];
    };
    const isSaid = (): boolean => {
      this.service.process.expectRunning();
      return said() !== undefined;
    };
    await pollUntil(isSaid, { deadlineMs: START_MS, what: `${this.service.name} to open its port` });
    return said() ?? "";
  }
}
