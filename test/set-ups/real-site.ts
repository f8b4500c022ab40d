// A set-up -> its machines running for real, a conversation played over them, and the log they wrote together.

import { execFileSync } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

import { pollUntil } from "../support/poll.ts";
import { freePort } from "../support/free-port.ts";
import { type RealPostfix, startRealPostfix } from "../support/real-postfix.ts";
import type { OutgoingMail } from "../support/smtp-client.ts";
import type { Step } from "./step.ts";
import { type Conversation, LIST, MODERATED } from "./conversation.ts";
import { type ListManager, startListManager } from "./list-manager.ts";
import { joinedLog, type LogPiece } from "./joined-log.ts";
import type { Machine, SetUp } from "./set-up.ts";

const DRAIN_MS = 60_000;

export interface PlayOptions {
  readonly headerChecks: boolean;
  readonly members: readonly string[];
}

/** Plays the conversation and returns the log: the clock of the conversation, the addresses of machines apart. */
export async function playConversation(
  setUp: SetUp,
  conversation: Conversation,
  options: PlayOptions,
): Promise<string> {
  const site = await startSite(setUp, options);
  try {
    const pieces: LogPiece[] = [];
    for (const step of conversation.steps) {
      await site.play(step);
      pieces.push(...site.newPieces(step.at));
    }
    return joinedLog(pieces, site.shown);
  } finally {
    await site.stop();
  }
}

interface Running {
  readonly machine: Machine;
  readonly postfix: RealPostfix;
  /** Bytes of its log that were taken. */
  taken: number;
}

async function startSite(setUp: SetUp, { headerChecks, members }: PlayOptions): Promise<RealSite> {
  const ports = new Map<string, number>();
  const names = ["mx", "lists", "out1", "out2", "hub", "list manager"];
  for (const name of names) ports.set(name, await freePort());
  const port = (name: string): number => ports.get(name) ?? 0;
  const facts = { members, port };
  const manager = setUp.listManager === undefined ? undefined : await startListManager(setUp.listManager(facts));
  const running: Running[] = [];
  const site = new RealSite(running, manager, port("list manager"));
  try {
    for (const machine of setUp.machines(facts)) {
      const postfix = await startRealPostfix({ ...machine.postfix, port: port(machine.name), headerChecks });
      // Our own question whether it answers is no part of the log.
      const one = { machine, postfix, taken: 0 };
      running.push(one);
      const isOver = (): boolean => existsSync(postfix.logFile) && newLog(one).includes("]: disconnect from ");
      await pollUntil(isOver, { deadlineMs: DRAIN_MS, what: "the log to begin" });
      one.taken = newLog(one).length;
    }
  } catch (error) {
    await site.stop();
    throw error;
  }
  return site;
}

class RealSite {
  private readonly running: readonly Running[];
  private readonly manager: ListManager | undefined;
  private readonly managerPort: number;
  private heldId: string | undefined;

  constructor(running: readonly Running[], manager: ListManager | undefined, managerPort: number) {
    this.running = running;
    this.manager = manager;
    this.managerPort = managerPort;
  }

  /** What stands in the log -> what is to stand there. */
  get shown(): ReadonlyMap<string, string> {
    const shown = new Map<string, string>([[`127.0.0.1[127.0.0.1]:${this.managerPort}`, "127.0.0.1[127.0.0.1]:8024"]]);
    for (const { machine, postfix } of this.running) {
      const address = machine.postfix.address;
      if (machine.shownAs === undefined || address === undefined) continue;
      const { name, address: own } = machine.shownAs;
      shown.set(`${address}[${address}]:${postfix.port}`, `${name}[${own}]:25`);
      for (const peer of ["unknown", address]) shown.set(`${peer}[${address}]`, `${name}[${own}]`);
    }
    shown.set("unknown[127.0.0.1]", "localhost[127.0.0.1]");
    return shown;
  }

  async play({ mails, releases }: Step): Promise<void> {
    const [front] = this.running;
    if (front === undefined) throw new Error("a set-up has one machine at least");
    const queued = await Promise.all(mails.map((mail) => this.send(front.postfix, mail)));
    if (releases === true) this.release(front.postfix);
    try {
      await pollUntil(() => this.isDrained(queued), { deadlineMs: DRAIN_MS, what: "the queues to be empty" });
    } catch (error) {
      const ends = this.running.map((one) => newLog(one).slice(-2000));
      throw new Error(`waited for ${queued.join(" ")}; the logs end with\n${ends.join("\n\n")}`, { cause: error });
    }
  }

  newPieces(at: number): LogPiece[] {
    return this.running.map((one) => {
      const log = newLog(one);
      const lines = log.split("\n").slice(0, -1);
      one.taken += log.length;
      return { at, lines };
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(({ postfix }) => postfix.stop()));
    await this.manager?.stop();
  }

  /** Returns the queue id that is to be removed; none for a mail that is held. */
  private async send(front: RealPostfix, mail: OutgoingMail): Promise<string | undefined> {
    const id = /queued as (\w+)/.exec(await front.send(mail))?.[1];
    if (id === undefined) throw new Error("the server did not say under which id the mail is queued");
    const isHeld = mail.sender === MODERATED.address && mail.recipients.includes(LIST) && this.manager === undefined;
    if (isHeld) this.heldId = id;
    return isHeld ? undefined : id;
  }

  private release(front: RealPostfix): void {
    if (this.manager !== undefined) this.manager.release();
    else if (this.heldId !== undefined)
      execFileSync("/usr/sbin/postsuper", ["-c", front.config, "-H", this.heldId], { stdio: "ignore" });
  }

  private sizes = "";

  /** Nothing is queued, handed over or still to be logged. */
  private isDrained(queued: readonly (string | undefined)[]): boolean {
    const before = this.sizes;
    this.sizes = this.running.map(({ postfix }) => statSync(postfix.logFile).size).join(" ");
    if (this.sizes !== before || this.manager?.isIdle() === false) return false;
    if (this.running.some(({ postfix }) => !isEmpty(postfix.queue))) return false;
    const [log = "", ...others] = this.running.map(newLog);
    if (queued.some((id) => id !== undefined && !log.includes(`: ${id}: removed\n`))) return false;
    return [log, ...others].every(allRemoved);
  }
}

/** What it logged since it was last asked; Postfix logs nothing but ASCII. */
function newLog({ postfix, taken }: Running): string {
  const file = openSync(postfix.logFile, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - taken));
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, bytes.length, taken));
  } finally {
    closeSync(file);
  }
}

function allRemoved(log: string): boolean {
  return log.split(" (queue active)\n").length === log.split(": removed\n").length;
}

/** Are there no files in the queues whose mail is on its way? */
function isEmpty(queue: string): boolean {
  return ["maildrop", "incoming", "active", "deferred"].every((name) =>
    readdirSync(join(queue, name), { recursive: true, withFileTypes: true }).every((entry) => !entry.isFile()),
  );
}
