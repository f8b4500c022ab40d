// main.cf, master.cf and maps of a Postfix that lives in one temporary folder and speaks on loopback only.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What may differ from one Postfix of the tests to another. */
export interface PostfixSettings {
  readonly hostname: string;
  /** Loopback address it listens on and speaks from. */
  readonly address: string;
  readonly port: number;
  readonly longQueueIds: boolean;
  /** Each list (a virtual alias) with its members; everybody's mail is discarded after it was logged as sent. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Everything stays in the queue. */
  readonly holds: boolean;
  /** Header lines are logged, as the README has it. */
  readonly headerChecks: boolean;
  /** Further lines of main.cf, or others for those below; "$config_directory/NAME" is a file of `files`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Further files of the configuration folder, by name; "$config_directory" in them is that folder. */
  readonly files: Readonly<Record<string, string>>;
}

export interface PostfixPlaces {
  readonly config: string;
  readonly queue: string;
  readonly logFile: string;
}

/** The header lines squall asks a Postfix administrator to log. */
export const LOGGED_HEADERS =
  "/^(From|Reply-To|Subject|In-Reply-To|References|Thread-Index|Auto-Submitted|List-Id|Precedence|X-Autoreply|X-Autorespond):/ INFO";

export function writePostfixConfig(folder: string, settings: PostfixSettings): PostfixPlaces {
  const places = {
    config: join(folder, "etc"),
    queue: join(folder, "queue"),
    logFile: join(folder, "log", "mail.log"),
  };
  chmodSync(folder, 0o755);
  for (const name of ["etc", "queue", "log"]) mkdirSync(join(folder, name), { mode: 0o755 });
  writeFileSync(join(places.config, "main.cf"), mainCf(folder, settings, places));
  writeFileSync(join(places.config, "master.cf"), masterCf(settings));
  writeFileSync(join(places.config, "header_checks"), `${LOGGED_HEADERS}\n`);
  const aliases = Object.entries(settings.lists).map(([list, members]) => `${list} ${members.join(",")}\n`);
  writeFileSync(join(places.config, "virtual"), aliases.join(""));
  for (const [name, text] of Object.entries(settings.files)) {
    writeFileSync(join(places.config, name), text.replaceAll("$config_directory", places.config));
  }
  return places;
}

function mainCf(folder: string, settings: PostfixSettings, places: PostfixPlaces): string {
  const listDomains = new Set(Object.keys(settings.lists).map((list) => list.slice(list.indexOf("@") + 1)));
  const lines = {
    compatibility_level: "3.6",
    config_directory: places.config,
    queue_directory: places.queue,
    data_directory: join(folder, "data"),
    maillog_file: places.logFile,
    maillog_file_prefixes: folder,
    myhostname: settings.hostname,
    mydestination: "",
    inet_interfaces: "127.0.0.1",
    smtp_bind_address: settings.address,
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    smtpd_relay_restrictions: "permit_mynetworks, reject",
    smtpd_authorized_xclient_hosts: "127.0.0.0/8",
    smtp_dns_support_level: "disabled",
    default_transport: "discard:",
    defer_transports: settings.holds ? "discard" : "",
    alias_maps: "",
    enable_long_queue_ids: settings.longQueueIds ? "yes" : "no",
    virtual_alias_domains: [...listDomains].join(" "),
    virtual_alias_maps: `texthash:${places.config}/virtual`,
    virtual_alias_expansion_limit: "100000",
    smtpd_recipient_limit: "100000",
    duplicate_filter_limit: "100000",
    ...(settings.headerChecks ? { header_checks: `pcre:${places.config}/header_checks` } : {}),
    mime_header_checks: "",
    nested_header_checks: "",
    ...settings.settings,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

/** Nothing runs in a chroot; only what accepting, expanding, handing on and discarding a mail needs. */
function masterCf(settings: PostfixSettings): string {
  return [
    `${settings.address}:${settings.port} inet n - n - - smtpd\n`,
    unix("cleanup", "n", "0"),
    "qmgr unix n - n 300 1 qmgr\n",
    unix("rewrite", "-", "-", "trivial-rewrite"),
    unix("bounce", "-", "0"),
    unix("defer", "-", "0", "bounce"),
    unix("trace", "-", "0", "bounce"),
    unix("error", "-", "-"),
    unix("retry", "-", "-", "error"),
    unix("discard", "-", "-"),
    "local unix - n n - - local\n",
    unix("smtp", "-", "-"),
    unix("lmtp", "-", "-"),
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
