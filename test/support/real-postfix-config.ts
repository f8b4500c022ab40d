// main.cf, master.cf and maps of a Postfix that lives in one temporary folder and speaks on loopback only.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface PostfixSettings {
  readonly folder: string;
  readonly port: number;
  readonly hostname: string;
  readonly longQueueIds: boolean;
  /** Each list (a virtual alias) with its members; everybody's mail is discarded after it was logged as sent. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Everything stays in the queue. */
  readonly holds?: boolean;
}

export interface PostfixPlaces {
  readonly config: string;
  readonly queue: string;
  readonly logFile: string;
}

/** The header lines squall asks a Postfix administrator to log. */
const LOGGED_HEADERS =
  "/^(From|To|Cc|Reply-To|Subject|In-Reply-To|References|Thread-Index|Auto-Submitted|List-Id|Precedence|X-Auto-Response-Suppress):/ INFO";

export function writePostfixConfig(settings: PostfixSettings): PostfixPlaces {
  const { folder } = settings;
  const places = {
    config: join(folder, "etc"),
    queue: join(folder, "queue"),
    logFile: join(folder, "log", "mail.log"),
  };
  chmodSync(folder, 0o755);
  for (const name of ["etc", "queue", "log"]) mkdirSync(join(folder, name), { mode: 0o755 });
  writeFileSync(join(places.config, "main.cf"), mainCf(settings, places));
  writeFileSync(join(places.config, "master.cf"), masterCf(settings));
  writeFileSync(join(places.config, "header_checks"), `${LOGGED_HEADERS}\n`);
  const aliases = Object.entries(settings.lists).map(([list, members]) => `${list} ${members.join(",")}\n`);
  writeFileSync(join(places.config, "virtual"), aliases.join(""));
  return places;
}

function mainCf(settings: PostfixSettings, places: PostfixPlaces): string {
  const listDomains = new Set(Object.keys(settings.lists).map((list) => list.slice(list.indexOf("@") + 1)));
  const lines = {
    compatibility_level: "3.6",
    config_directory: places.config,
    queue_directory: places.queue,
    data_directory: join(settings.folder, "data"),
    maillog_file: places.logFile,
    maillog_file_prefixes: settings.folder,
    myhostname: settings.hostname,
    mydestination: "",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    smtpd_relay_restrictions: "permit_mynetworks, reject",
    default_transport: "discard:",
    defer_transports: settings.holds === true ? "discard" : "",
    alias_maps: "",
    enable_long_queue_ids: settings.longQueueIds ? "yes" : "no",
    virtual_alias_domains: [...listDomains].join(" "),
    virtual_alias_maps: `texthash:${places.config}/virtual`,
    virtual_alias_expansion_limit: "100000",
    smtpd_recipient_limit: "100000",
    duplicate_filter_limit: "100000",
    header_checks: `pcre:${places.config}/header_checks`,
    mime_header_checks: "",
    nested_header_checks: "",
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

/** Nothing runs in a chroot; only what accepting, expanding and discarding a mail needs. */
function masterCf(settings: PostfixSettings): string {
  return [
    `127.0.0.1:${settings.port} inet n - n - - smtpd\n`,
    unix("cleanup", "n", "0"),
    "qmgr unix n - n 300 1 qmgr\n",
    unix("rewrite", "-", "-", "trivial-rewrite"),
    unix("bounce", "-", "0"),
    unix("defer", "-", "0", "bounce"),
    unix("trace", "-", "0", "bounce"),
    unix("error", "-", "-"),
    unix("retry", "-", "-", "error"),
    unix("discard", "-", "-"),
    unix("anvil", "-", "1"),
    unix("tlsmgr", "-", "1"),
    unix("proxymap", "-", "-"),
    unix("showq", "n", "-"),
    "postlog unix-dgram n - n - 1 postlogd\n",
  ].join("");
}

function unix(name: string, isPrivate: string, processLimit: string, program = name): string {
  return `${name} unix ${isPrivate} - n - ${processLimit} ${program}\n`;
}
