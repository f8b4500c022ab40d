// Log lines as shippers put them into JSON, to the shapes that they document or that were recorded from them (test/testdata/shippers).

/** A line of a log in JSON, without a newline; undefined where the shipper could not have had it: its header is of no known shape. */
export type Shipper = (line: string) => string | undefined;

interface SyslogLine {
  readonly stamp: string;
  readonly host: string;
  readonly program: string;
  readonly pid: string;
  readonly message: string;
}

const HEADER =
  /^(?<stamp>[A-Z]\w\w [ \d]\d [\d:]{8}|\d{4}-\S+) (?<host>\S+) (?<program>[^\s[\]:]+)\[(?<pid>\d+)\]: (?<message>.*)$/s;

function syslogLine(line: string): SyslogLine | undefined {
  const { stamp = "", host = "", program = "", pid = "", message = "" } = HEADER.exec(line)?.groups ?? {};
  return stamp === "" ? undefined : { stamp, host, program, pid, message };
}

const ofHeader =
  (write: (line: SyslogLine) => object): Shipper =>
  (line) => {
    const parts = syslogLine(line);
    return parts === undefined ? undefined : JSON.stringify(write(parts));
  };

const READ_AT = "2026-11-26T21:17:58.494980+00:00";

/** rsyslog's jsonf writes "\/", and a space behind each comma between members. */
function jsonf(members: readonly (readonly [string, string])[]): string {
  const texts = members.map(([name, value]) => `"${name}":${JSON.stringify(value).replaceAll("/", "\\/")}`);
  return `{${texts.join(", ")}}`;
}

export const SHIPPERS: Readonly<Record<string, Shipper>> = {
  "rsyslog, jsonf": (line) => {
    const parts = syslogLine(line);
    if (parts === undefined) return undefined;
    const { stamp, host, program, pid, message } = parts;
    return jsonf([
      ["timereported", stamp],
      ["hostname", host],
      ["syslogtag", `${program}[${pid}]:`],
      ["msg", ` ${message}`],
    ]);
  },
  "rsyslog, jsonf, read by imfile": (line) =>
    jsonf([
      ["timereported", READ_AT],
      ["hostname", "shipper"],
      ["syslogtag", "mail:"],
      ["msg", line],
    ]),
  "syslog-ng": ofHeader(({ stamp, host, program, pid, message }) => ({
    PROGRAM: program,
    PRIORITY: "info",
    PID: pid,
    MESSAGE: message,
    ISODATE: stamp,
    HOST: host,
    FACILITY: "mail",
  })),
  "syslog-ng, flags(no-parse)": (line) =>
    JSON.stringify({ PRIORITY: "notice", MESSAGE: line, ISODATE: READ_AT, HOST: "shipper", FACILITY: "user" }),
  Filebeat: (line) =>
    JSON.stringify({
      "@timestamp": "2026-11-26T21:17:58.494Z",
      "@metadata": { beat: "filebeat", type: "_doc", version: "8.15.0" },
      log: { offset: 1422, file: { path: "/var/log/mail.log" } },
      message: line,
      input: { type: "filestream" },
      ecs: { version: "8.0.0" },
      host: { name: "shipper" },
      agent: { name: "shipper", type: "filebeat", version: "8.15.0" },
    }),
  "Fluent Bit": (line) => JSON.stringify({ "@timestamp": 1_764_191_878.494_98, log: line }),
  "Vector, file": (line) =>
    JSON.stringify({
      file: "/var/log/mail.log",
      host: "shipper",
      message: line,
      source_type: "file",
      timestamp: "2026-11-26T21:17:58.494980Z",
    }),
  "Vector, syslog": ofHeader(({ stamp, host, program, pid, message }) => ({
    appname: program,
    facility: "mail",
    host: "192.0.2.9",
    hostname: host,
    message,
    procid: Number(pid),
    severity: "info",
    source_type: "syslog",
    timestamp: stamp,
  })),
};
