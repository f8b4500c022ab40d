// Starts a real Exim in a temporary folder, on a free loopback port: it was unpacked, not installed, and finds the user that it was built for
// in a namespace of its own, where /etc/passwd is another. It delivers to nobody: whatever it takes in stays in the queue.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.ts";
import { pollUntil } from "./poll.ts";
import { RealProcess } from "./real-process.ts";
import { type OutgoingMail, sendMail } from "./smtp-client.ts";

const WAIT_MS = 30_000;

export interface RealExim {
  /** Its alias file. */
  readonly aliases: string;
  readonly send: (mail: OutgoingMail) => Promise<string>;
  /** Runs a script in which `exim` and `exiqgrep` are those of this one. */
  readonly shell: (script: string) => string;
  readonly stop: () => Promise<void>;
}

/** `program`: as .ci/install-real-parts unpacked it. `lists`: their names without the domain, and who is on them. */
export async function startRealExim(
  program: string,
  { domain, lists }: { readonly domain: string; readonly lists: Readonly<Record<string, readonly string[]>> },
): Promise<RealExim> {
  const folder = mkdtempSync(join(tmpdir(), "squall-exim-"));
  const path = (name: string): string => join(folder, name);
  for (const name of ["bin", "spool", "log"]) mkdirSync(path(name));
  const port = await freePort();
  writeFileSync(path("exim.conf"), configuration(path, port, domain));
  const aliases = Object.entries(lists).map(([list, members]) => `${list}: ${members.join(", ")}\n`);
  writeFileSync(path("aliases"), aliases.join(""));
  for (const file of ["passwd", "group"] as const) {
    const entry = { passwd: "Debian-exim:x:65533:65533::/nonexistent:/bin/false\n", group: "Debian-exim:x:65533:\n" };
    writeFileSync(path(file), readFileSync(`/etc/${file}`, "utf8") + entry[file]);
  }
  const inside = `mount --bind ${path("passwd")} /etc/passwd && mount --bind ${path("group")} /etc/group`;
  write(
    path("bin/exim"),
    `exec unshare -m -- sh -c '${inside} && exec ${program} -C ${path("exim.conf")} "$@"' exim "$@"`,
  );
  const exiqgrep = join(dirname(program), "exiqgrep");
  write(path("bin/exiqgrep"), `exec perl ${exiqgrep} -E ${path("bin/exim")} "$@"`);
  const server = new RealProcess({ program: path("bin/exim"), args: ["-bdf", "-q1h"], logFile: path("said.log") });
  const stop = async (): Promise<void> => {
    server.signal("SIGTERM");
    await server.ended();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const answers = (): boolean => {
      server.expectRunning();
      return logOf(path).includes("daemon started");
    };
    await pollUntil(answers, { deadlineMs: WAIT_MS, what: "Exim to start" });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    aliases: path("aliases"),
    send: (mail) => sendMail({ port, host: "127.0.0.1" }, mail),
    shell: (script) =>
      execFileSync("bash", ["-c", script], {
        env: { PATH: `${path("bin")}:/usr/sbin:/usr/bin:/bin` },
        stdio: ["ignore", "pipe", "ignore"],
        encoding: "utf8",
      }),
    stop,
  };
}

function logOf(path: (name: string) => string): string {
  try {
    return readFileSync(path("log/mainlog"), "utf8");
  } catch {
    return "";
  }
}

function write(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

function configuration(path: (name: string) => string, port: number, domain: string): string {
  return `
primary_hostname = mx.example
spool_directory = ${path("spool")}
log_file_path = ${path("log/%slog")}
pid_file_path =
exim_user = root
exim_group = root
never_users =
tls_advertise_hosts =
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
domainlist local_domains = ${domain}
acl_smtp_rcpt = acl_rcpt
rfc1413_query_timeout = 0s
keep_environment =
queue_only
begin acl
acl_rcpt:
  accept verify = recipient
begin routers
lists:
  driver = redirect
  domains = +local_domains
  data = \${lookup{$local_part}lsearch{${path("aliases")}}}
  allow_fail
  allow_defer
elsewhere:
  driver = manualroute
  domains = ! +local_domains
  transport = smtp
  route_list = * 127.0.0.1::9
  self = send
begin transports
smtp:
  driver = smtp
  allow_localhost
begin retry
* * F,2h,15m
`;
}
