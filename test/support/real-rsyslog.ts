// Starts the machine's rsyslogd in a temporary folder with a configuration of the test's, and sends it log lines as a mail server would.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pollUntil } from "./poll.ts";

const WAIT_MS = 20_000;

export interface RealRsyslog {
  /** Where relative paths of the configuration are meant: `file("x.log")`. */
  readonly path: (name: string) => string;
  /** Lines of a file that it writes, as far as they are whole. */
  readonly lines: (name: string) => string[];
  /** Hands over messages, each with its priority; a count stands before each, so that one may hold newlines. */
  readonly send: (messages: readonly string[]) => Promise<void>;
  /** Tells it to open its files anew, as logrotate does. */
  readonly reopen: () => void;
  /** Ends it and deletes the folder. */
  readonly stop: () => Promise<void>;
}

/** `actions`: what it does with every message; `path` makes names of files within its folder. */
export async function startRealRsyslog(
  program: string,
  settings: { readonly global?: string; readonly actions: (path: (name: string) => string) => string },
): Promise<RealRsyslog> {
  const folder = mkdtempSync(join(tmpdir(), "squall-rsyslog-"));
  const path = (name: string): string => join(folder, name);
  const { global = "", actions } = settings;
  const config = `global(workDirectory="${folder}" ${global})
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${path("port")}")
${actions(path)}
`;
  writeFileSync(path("rsyslog.conf"), config);
  const child = spawn(program, ["-n", "-f", path("rsyslog.conf"), "-i", path("pid")], {
    stdio: ["ignore", "pipe", "pipe"],
    // Stamps without a zone are of its own.
    env: { PATH: process.env["PATH"], TZ: "UTC" },
  });
  const killOnExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killOnExit);
  let socket: Socket | undefined;
  const stop = async (): Promise<void> => {
    socket?.destroy();
    await ended(child);
    process.off("exit", killOnExit);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    socket = await connected(await portOf(child, path("port")));
  } catch (error) {
    await stop();
    throw error;
  }
  const stream = socket;
  return {
    path,
    lines: (name) => (existsSync(path(name)) ? readFileSync(path(name), "utf8").split("\n").slice(0, -1) : []),
    async send(messages) {
      const frames = messages.map((message) => `${Buffer.byteLength(message)} ${message}`).join("");
      await new Promise<void>((resolve, reject) => {
        stream.write(frames, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(error);
        });
      });
    },
    reopen: () => void child.kill("SIGHUP"),
    stop,
  };
}

/** The port that it found free, which it writes into a file. */
async function portOf(child: ChildProcess, file: string): Promise<number> {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  const port = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const hasPort = (): boolean => {
    if (child.exitCode !== null) throw new Error(`rsyslogd ended at once\n${said}`);
    return /^\d+/.test(port());
  };
  await pollUntil(hasPort, { deadlineMs: WAIT_MS, what: "rsyslogd to listen" });
  return Number.parseInt(port(), 10);
}

/** rsyslogd tells its port before it listens there. */
export async function connected(port: number): Promise<Socket> {
  let socket: Socket | undefined;
  const isConnected = async (): Promise<boolean> => {
    const one = connect({ host: "127.0.0.1", port });
    try {
      await once(one, "connect");
      socket = one;
    } catch {
      one.destroy();
    }
    return socket !== undefined;
  };
  await pollUntil(isConnected, { deadlineMs: WAIT_MS, what: "rsyslogd to take connections" });
  if (socket === undefined) throw new Error("rsyslogd takes no connections");
  return socket;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => void child.kill("SIGKILL"), WAIT_MS);
  await closed;
  clearTimeout(timer);
}
