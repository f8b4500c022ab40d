// A real rsyslogd writes the log that is followed, and learns of its rotation as from logrotate: by HUP, some time after the rename.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, type TestContext } from "vitest";
import { defaultFollowSettings } from "../../shared/adapters/files/follow/follow-settings.ts";
import { Follower } from "../../shared/adapters/files/follow/follower.ts";
import { systemFollowDeps } from "../../shared/adapters/files/follow/system-deps.ts";
import { catchesSignal } from "../support/caught-signals.ts";
import { LineReader } from "../support/followed-log.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import { connected } from "../support/real-rsyslog.ts";

const LINES = 4_000;
const ROTATIONS = 8;

interface Rsyslog {
  readonly folder: string;
  readonly process: ChildProcess;
  readonly socket: Socket;
}

async function startRsyslog(context: TestContext): Promise<Rsyslog> {
  const program = realPart("rsyslogd", context);
  const folder = mkdtempSync(join(tmpdir(), "squall-rsyslog-"));
  const portFile = join(folder, "port");
  writeFileSync(
    join(folder, "rsyslog.conf"),
    [
      `global(workDirectory="${folder}")`,
      'module(load="imtcp")',
      `input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${portFile}")`,
      `action(type="omfile" file="${join(folder, "mail.log")}" template="RSYSLOG_FileFormat" fileCreateMode="0644")`,
      "",
    ].join("\n"),
  );
  const child = spawn(program, ["-n", "-f", join(folder, "rsyslog.conf"), "-i", join(folder, "pid")], {
    stdio: "ignore",
  });
  onTestFinished(async () => {
    if (child.exitCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const port = (): number => (existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : 0);
  await pollUntil(() => port() > 0, { deadlineMs: 30_000, what: "rsyslogd to listen" });
  const hears = (): boolean => catchesSignal(child.pid ?? 0, "SIGHUP");
  await pollUntil(hears, { deadlineMs: 30_000, what: "rsyslogd to hear of a HUP" });
  const socket = await connected(port());
  onTestFinished(() => {
    socket.destroy();
  });
  return { folder, process: child, socket };
}

/** Follows with a main loop of its own; what was read is undone by a kill unless it was stored with its position. */
class Reader {
  private follower: Follower | undefined;
  private position: unknown;
  private stored: readonly string[] = [];
  private reader = new LineReader();
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get lines(): readonly string[] {
    return [...this.stored, ...this.reader.lines];
  }

  async start(): Promise<void> {
    this.reader = new LineReader();
    const { reader } = this;
    let started: Promise<void> | undefined;
    this.follower = new Follower(
      {
        paths: [this.path],
        settings: { ...defaultFollowSettings, from: "start" },
        positionOf: () => this.position,
        onInput(input) {
          started = input.start(() => {
            for (let chunk = input.take(); chunk !== undefined; chunk = input.take())
              reader.feed(chunk.bytes, chunk.begins);
          });
        },
      },
      systemFollowDeps(() => undefined),
    );
    this.follower.start();
    await started;
  }

  store(): void {
    const stored: unknown = this.follower?.inputs[0]?.position(this.reader.unusedBytes);
    this.position = JSON.parse(JSON.stringify(stored));
    this.stored = this.lines;
    this.reader.lines.length = 0;
  }

  async kill(): Promise<void> {
    await this.follower?.close();
  }
}

test.for(["by rename and HUP", "by copytruncate"])(
  "rsyslogd's log is read once, rotated %s, through restarts",
  async (how, context) => {
    const { folder, process: rsyslogd, socket } = await startRsyslog(context);
    const path = join(folder, "mail.log");
    const reader = new Reader(path);
    await reader.start();
    onTestFinished(() => reader.kill());
    let sent = 0;
    const send = (until: number): void => {
      let text = "";
      for (; sent < until; sent += 1) {
        text += `<22>Nov 26 17:00:00 mx postfix/qmgr[1]: ${sent}A: from=<a@example.org>, size=1, nrcpt=1 (queue active)\n`;
      }
      socket.write(text);
    };
    const written = (): boolean => sent === 0 || newestQueueId(path) === `${sent - 1}A`;
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      send(sent + LINES / ROTATIONS / 2);
      const rotated = `${path}-${20_261_101 + rotation}`;
      if (how === "by copytruncate") {
        // What is written between the copy and the cut is lost, whoever reads: nothing is.
        await pollUntil(written, { deadlineMs: 30_000, what: "all that was sent to be written" });
        copyFileSync(path, rotated);
        truncateSync(path);
      } else {
        // What was sent may all have gone to the file before: a line that comes later begins the new one.
        // It is made before it is written to: nobody rotates within that moment, and a rotated file that was found empty is passed over.
        const isThere = (): boolean => {
          if (!existsSync(path)) send(sent + 1);
          return existsSync(path) && statSync(path).size > 0;
        };
        await pollUntil(isThere, { deadlineMs: 30_000, what: "the log" });
        renameSync(path, rotated);
        // Goes to the old file still.
        send(sent + LINES / ROTATIONS / 4);
        rsyslogd.kill("SIGHUP");
      }
      if (rotation % 3 === 1) {
        reader.store();
        await reader.kill();
      }
      send(((rotation + 1) * LINES) / ROTATIONS);
      if (rotation % 3 === 1) await reader.start();
    }
    // What is missing is said, and which file has it.
    const unread = (): Unread => unreadOf(reader.lines, folder);
    await expect.poll(unread, { timeout: 60_000, interval: 20 }).toEqual({ numbers: [], files: [] });
    const numbers = reader.lines.map((line) => Number(/ (\d+)A: /u.exec(line)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: LINES }, (_, at) => at));
  },
);

interface Unread {
  readonly numbers: readonly number[];
  /** Of the logs, once some are missing: name and how many lines. */
  readonly files: readonly string[];
}

function unreadOf(lines: readonly string[], folder: string): Unread {
  const read = new Set(lines.map((line) => Number(/ (\d+)A: /u.exec(line)?.[1])));
  const numbers = Array.from({ length: LINES }, (_, at) => at).filter((number) => !read.has(number));
  if (numbers.length === 0) return { numbers, files: [] };
  const logs = readdirSync(folder).filter((name) => name.startsWith("mail.log"));
  return {
    numbers,
    files: logs.map((name) => `${name}: ${readFileSync(join(folder, name), "utf8").split("\n").length - 1} lines`),
  };
}

function newestQueueId(path: string): string | undefined {
  return existsSync(path) ? / (\d+A): [^\n]*\n$/u.exec(readFileSync(path, "utf8"))?.[1] : undefined;
}
