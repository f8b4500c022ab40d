// Starts the machine's Postfix in a temporary folder, on a free loopback port, beside whatever mail system is installed.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writePostfixConfig, type PostfixPlaces, type PostfixSettings } from "./real-postfix-config.ts";
import { freePort } from "./free-port.ts";
import { pollUntil } from "./poll.ts";
import { sendMail, type OutgoingMail } from "./smtp-client.ts";

export type RealPostfixOptions = Partial<PostfixSettings>;

export interface RealPostfix {
  readonly port: number;
  readonly logFile: string;
  /** Folder of main.cf, for MAIL_CONFIG. */
  readonly config: string;
  readonly queue: string;
  /** The log so far. */
  readonly log: () => string;
  /** Hands a mail over and returns the server's reply. */
  readonly send: (mail: OutgoingMail) => Promise<string>;
  /** Waits until the log has `count` "removed" lines; throws with the log's end when it takes over 30 s. */
  readonly waitForRemoved: (count: number) => Promise<void>;
  /** Ends every process it started and deletes the folder. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** The master process ends itself after this time, so that even a killed test run leaves nothing behind. */
const LIFETIME_SECONDS = 900;
const WAIT_MS = 30_000;
const GREETING_MS = 2000;

export async function startRealPostfix(options: RealPostfixOptions): Promise<RealPostfix> {
  const folder = mkdtempSync(join(tmpdir(), "squall-postfix-"));
  const port = options.port ?? (await freePort());
  const address = options.address ?? "127.0.0.1";
  const places = writePostfixConfig(folder, { ...USUAL, ...options, address, port });
  const postfix = new PostfixProcess(folder, places);
  try {
    await pollUntil(() => postfix.answers(port, address), { deadlineMs: WAIT_MS, what: "Postfix to answer" });
  } catch (error) {
    await postfix.stop();
    throw error;
  }
  return {
    port,
    logFile: places.logFile,
    config: places.config,
    queue: places.queue,
    log: () => readFileSync(places.logFile, "utf8"),
    send: (mail) => sendMail({ port, host: address }, mail),
    waitForRemoved: (count) => postfix.waitForRemoved(count),
    stop: () => postfix.stop(),
  };
}

const USUAL: Omit<PostfixSettings, "port" | "address"> = {
  hostname: "mx.example",
  longQueueIds: false,
  lists: {},
  holds: false,
  headerChecks: true,
  settings: {},
  files: {},
};

/** The master process and its children: one process group of their own. */
class PostfixProcess {
  private readonly folder: string;
  private readonly places: PostfixPlaces;
  private readonly master: ChildProcess;
  private readonly killOnExit = (): void => {
    this.signalGroup("SIGKILL");
  };

  constructor(folder: string, places: PostfixPlaces) {
    this.folder = folder;
    this.places = places;
    execFileSync("/usr/sbin/postfix", ["-c", places.config, "check"], { stdio: "pipe" });
    this.master = spawn("/usr/lib/postfix/sbin/master", ["-d", "-e", String(LIFETIME_SECONDS), "-c", places.config], {
      detached: true,
      stdio: "ignore",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", MAIL_CONFIG: places.config },
    });
    process.once("exit", this.killOnExit);
  }

  /** Whether an SMTP client gets its greeting; throws when the master process has ended. */
  async answers(port: number, address: string): Promise<boolean> {
    if (this.master.exitCode !== null) throw new Error(`Postfix ended at once\n${this.logEnd()}`);
    const socket = connect({ host: address, port });
    try {
      await once(socket, "data", { signal: AbortSignal.timeout(GREETING_MS) });
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  async waitForRemoved(count: number): Promise<void> {
    const removed = (): boolean => readFileSync(this.places.logFile, "utf8").split(": removed\n").length > count;
    try {
      await pollUntil(removed, { deadlineMs: WAIT_MS, what: `${count} mails to be removed from the queue` });
    } catch (error) {
      throw new Error(`the log ends with\n${this.logEnd()}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    this.signalGroup("SIGTERM");
    try {
      await pollUntil(() => !this.groupLives(), { deadlineMs: 5000, what: "Postfix to stop" });
    } catch {
      this.signalGroup("SIGKILL");
      await pollUntil(() => !this.groupLives(), { deadlineMs: 5000, what: "Postfix to die" });
    }
    process.off("exit", this.killOnExit);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private groupLives(): boolean {
    return this.signalGroup(0);
  }

  /** Whether there was anybody in the group to get the signal. */
  private signalGroup(signal: NodeJS.Signals | 0): boolean {
    if (this.master.pid === undefined) return false;
    try {
      process.kill(-this.master.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  private logEnd(): string {
    try {
      return readFileSync(this.places.logFile, "utf8").slice(-2000);
    } catch {
      return "(no log yet)";
    }
  }
}
