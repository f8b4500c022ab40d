// A log, a configuration and a state directory of a `squall standalone` that is tried as a process, and mail for the log.

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertSchema, type HeardAlert } from "./alert-receiver.ts";
import { LiveSquall } from "./live-squall.ts";

export interface HomeOptions {
  /** Folder of the state, where it is not to be within that of the home. */
  readonly state?: string;
}

export class StandaloneHome {
  readonly folder = mkdtempSync(join(tmpdir(), "squall-home-"));
  readonly log = join(this.folder, "mail.log");
  readonly config = join(this.folder, "squall.yaml");
  readonly state: string;
  private readonly running: LiveSquall[] = [];

  constructor({ state = join(this.folder, "state") }: HomeOptions = {}) {
    this.state = state;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The configuration that the next start or SIGHUP reads. */
  configure(yaml: string): void {
    writeFileSync(this.config, yaml);
  }

  write(text: string, name = "mail.log"): void {
    appendFileSync(join(this.folder, name), text);
  }

  makeFolder(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    return path;
  }

  /** `squall standalone` with the home's configuration, if it was given one, and state. No port unless `args` has one. */
  start(...args: string[]): LiveSquall {
    const metrics = args.includes("--metrics") ? [] : ["--metrics", "off"];
    const squall = new LiveSquall(["standalone", "--state", this.state, "--output", "ndjson", ...metrics, ...args]);
    this.running.push(squall);
    return squall;
  }

  /** The same, once it reads. */
  async reading(...args: string[]): Promise<LiveSquall> {
    const squall = this.start(...args);
    await squall.says("reading ");
    return squall;
  }

  /** Another command on the same state directory. */
  async command(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const squall = new LiveSquall([...args, "--state", this.state]);
    const { code } = await squall.end();
    return { code, out: squall.out, err: squall.err };
  }

  async close(): Promise<void> {
    await Promise.all(this.running.map((squall) => squall.signal("SIGKILL")));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One that is closed behind the test. */
export function newHome(closers: (() => Promise<void> | void)[]): StandaloneHome {
  const home = new StandaloneHome();
  closers.push(() => home.close());
  return home;
}

/** Alerts on standard output, as far as they are whole. */
export function shown({ out }: Pick<LiveSquall, "out">): HeardAlert[] {
  return out
    .split("\n")
    .slice(0, -1)
    .map((line) => alertSchema.parse(JSON.parse(line)));
}

/** `type revision` of each. */
export function inShort(alerts: readonly Pick<HeardAlert, "type" | "revision">[]): string[] {
  return alerts.map(({ type, revision }) => `${type} ${revision}`);
}

const MINUTE_MS = 60_000;

export interface TalkOptions {
  readonly list: string;
  /** When the first mail was accepted, ms. */
  readonly atMs: number;
  /** Mails, the first one included; a minute between them, each by another person. */
  readonly mails: number;
  /** Number of the first; unlike those of other talks. */
  readonly from?: number;
  readonly recipients?: number;
}

/** One conversation as MailEvents, a line each. Four mails of a list of 2,500 are a storm. */
export function talk({ list, atMs, mails, from = 1, recipients = 2500 }: TalkOptions): string {
  const lines = Array.from({ length: mails }, (_, index) => {
    const number = from + index;
    return JSON.stringify({
      v: 1,
      at: new Date(atMs + index * MINUTE_MS).toISOString(),
      messageId: `${number}.${list}`,
      from: `writer${number}@example.org`,
      recipients,
      lists: [list],
      ...(index === 0 ? {} : { hints: { references: [`${from}.${list}`] } }),
    });
  });
  return `${lines.join("\n")}\n`;
}

/** A mail to one person: lets the log's time pass. `references`: ids of mails that it says it answers. */
export function mailAt(atMs: number, references: readonly string[] = []): string {
  const at = new Date(atMs).toISOString();
  const mail = { v: 1, at, messageId: `${atMs}@example.org`, from: "anna@example.org", recipients: 1, lists: [] };
  return `${JSON.stringify(references.length === 0 ? mail : { ...mail, hints: { references } })}\n`;
}
