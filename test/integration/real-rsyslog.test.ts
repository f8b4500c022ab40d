// A real rsyslog forwards a mail server's log to a syslog port of ours, in each of the ways it has.

import { describe, expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import { SyslogListener } from "../../shared/adapters/syslog/syslog-listener.ts";
import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { pollUntil } from "../support/poll.ts";
import { assembleLog } from "../support/read-log.ts";
import { realPart } from "../support/real-part.ts";
import { startRealRsyslog, type RealRsyslog } from "../support/real-rsyslog.ts";
import { collect } from "../support/simulated-log.ts";

const DEADLINE = { deadlineMs: 30_000 };
/** Sent at a time: what comes by UDP faster than it is read would be lost. */
const BATCH = 40;

const closers = closersAfterEach();

interface Port {
  readonly listener: SyslogListener;
  readonly lines: () => string[];
}

async function listening(transport: "udp" | "tcp", port = 0): Promise<Port> {
  const listener = new SyslogListener({ address: { transport, host: "127.0.0.1", port } });
  let text = "";
  await listener.start(() => {
    for (let chunk = listener.take(); chunk !== undefined; chunk = listener.take())
      text += chunk.bytes.toString("latin1");
  });
  closers.push(() => listener.close());
  return { listener, lines: () => Buffer.from(text, "latin1").toString().split("\n").slice(0, -1) };
}

async function rsyslog(program: string, settings: Parameters<typeof startRealRsyslog>[1]): Promise<RealRsyslog> {
  const real = await startRealRsyslog(program, settings);
  closers.push(real.stop);
  return real;
}

function forward({ listener }: Port, transport: string, more: string): string {
  return `action(type="omfwd" target="127.0.0.1" port="${listener.port}" protocol="${transport}" action.resumeInterval="1" ${more})`;
}

async function sendAll(real: RealRsyslog, lines: readonly string[], ports: readonly Port[]): Promise<void> {
  const before = ports.map(({ listener }) => listener.counters.messages);
  for (let from = 0; from < lines.length; from += BATCH) {
    const batch = lines.slice(from, from + BATCH);
    await real.send(batch.map((line) => `<22>${line}`));
    const isThere = (): boolean =>
      ports.every(({ listener }, index) => listener.counters.messages >= (before[index] ?? 0) + from + batch.length);
    await pollUntil(isThere, { ...DEADLINE, what: `${from + batch.length} lines` });
  }
}

/** Mails in short, whatever the precision of the stamps. */
function mailsOf(lines: readonly string[]): string[] {
  const { events, ingested } = assembleLog(`${lines.join("\n")}\n`, { year: new Date(STARTS_AT_MS).getUTCFullYear() });
  expect(ingested.rejected).toEqual([]);
  return events.map((event) => encodeMailEvent(event).replaceAll(/(T\d\d:\d\d:\d\d)\.\d{3}Z/g, "$1Z"));
}

/** Half an hour ago: where a stamp names no year rsyslog takes the one that is near. */
const STARTS_AT_MS = Date.now() - 30 * 60_000;
/** Mail of people and lists with a manager: logins, header lines, retries, bounces, several programs, two servers. */
const LOG = collect({
  scenario: "small-company",
  seed: 3,
  scale: 0.3,
  until: 1500,
  setUp: "list-manager",
  stamp: "rfc3164",
  times: { startsAt: STARTS_AT_MS * 1000, speed: 1 },
})
  .log.toString()
  .trimEnd()
  .split("\n");

describe("a real rsyslog", () => {
  test("sends by UDP and TCP, newlines and counts, old headers and new: every line arrives as it was, every mail the same", async (context) => {
    const program = realPart("rsyslogd", context);
    const [udp, newlines, counted, versioned] = [
      await listening("udp"),
      await listening("tcp"),
      await listening("tcp"),
      await listening("tcp"),
    ];
    const real = await rsyslog(program, {
      actions: (path) => `${forward(udp, "udp", 'template="RSYSLOG_TraditionalForwardFormat"')}
${forward(newlines, "tcp", 'template="RSYSLOG_ForwardFormat"')}
${forward(counted, "tcp", 'template="RSYSLOG_ForwardFormat" TCP_Framing="octet-counted"')}
${forward(versioned, "tcp", 'template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted"')}
action(type="omfile" file="${path("traditional.log")}" template="RSYSLOG_TraditionalFileFormat")
action(type="omfile" file="${path("file.log")}" template="RSYSLOG_FileFormat")
action(type="omfile" file="${path("versioned.log")}" template="RSYSLOG_SyslogProtocol23Format")`,
    });
    const ports = [udp, newlines, counted, versioned];
    await sendAll(real, LOG, ports);
    const files = ["traditional.log", "file.log", "versioned.log"];
    await pollUntil(() => files.every((name) => real.lines(name).length === LOG.length), {
      ...DEADLINE,
      what: "the files",
    });
    expect(udp.lines()).toEqual(real.lines("traditional.log"));
    expect(newlines.lines()).toEqual(real.lines("file.log"));
    expect(counted.lines()).toEqual(real.lines("file.log"));
    expect(versioned.lines()).toEqual(real.lines("versioned.log").map((line) => line.replace("<22>", "")));
    // It takes a program's name to end at the slash, and leaves the space that stood before the message.
    expect(versioned.lines()[0]).toMatch(/^1 2\d{3}-\S+ \w+ postfix \d+ - -  /);
    const mails = mailsOf(LOG);
    expect(mails.length).toBeGreaterThan(50);
    for (const { lines, listener } of ports) {
      expect(mailsOf(lines())).toEqual(mails);
      expect(Object.values(listener.counters.lost)).toEqual([0, 0, 0, 0, 0]);
    }
  });

  test("with names whole, and control characters as they came: a newline within a message makes no line", async (context) => {
    const program = realPart("rsyslogd", context);
    const port = await listening("tcp");
    const real = await rsyslog(program, {
      global: 'parser.permitSlashInProgramName="on" parser.escapeControlCharactersOnReceive="off"',
      actions: () => forward(port, "tcp", 'template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted"'),
    });
    await sendAll(real, LOG, [port]);
    expect(port.lines()[0]).toMatch(/^1 2\d{3}-\S+ \w+ postfix\/\S+ \d+ - - /);
    expect(mailsOf(port.lines())).toEqual(mailsOf(LOG));
    const forged = LOG[0] ?? "";
    await sendAll(real, [`${forged.slice(0, 15)} mx web[1]: GET /\n<22>${forged}`], [port]);
    expect(port.lines().at(-1)).toMatch(/^1 \S+ mx web 1 - - +GET \/ <22>[A-Z]/);
    expect(port.lines()).toHaveLength(LOG.length + 1);
  });

  test("with tags too long for its forward formats, which it cuts", async (context) => {
    const program = realPart("rsyslogd", context);
    const [old, isoStamped] = [await listening("udp"), await listening("tcp")];
    const real = await rsyslog(program, {
      actions: () => `${forward(old, "udp", 'template="RSYSLOG_TraditionalForwardFormat"')}
${forward(isoStamped, "tcp", 'template="RSYSLOG_ForwardFormat"')}`,
    });
    // As of a machine that has run for long: process ids of seven digits; and as of an instance with a long name.
    const long = LOG.map((line, n) =>
      line.replace(
        /postfix\/([\w/]+)\[(\d+)\]/,
        n % 2 === 0 ? "postfix/$1[10$2]" : "postfix-to-the-world-outside/$1[$2]",
      ),
    );
    await sendAll(real, long, [old, isoStamped]);
    const cut = old.lines().filter((line) => !/\]: /.test(line.slice(0, 60)));
    expect(cut.length).toBeGreaterThan(LOG.length / 3);
    expect(mailsOf(old.lines())).toEqual(mailsOf(LOG));
    expect(mailsOf(isoStamped.lines())).toEqual(mailsOf(LOG));
  });

  test("goes on where a port was closed and is opened again", async (context) => {
    const program = realPart("rsyslogd", context);
    const first = await listening("tcp");
    const real = await rsyslog(program, { actions: () => forward(first, "tcp", 'template="RSYSLOG_ForwardFormat"') });
    await sendAll(real, LOG.slice(0, 100), [first]);
    await first.listener.close();
    const second = await listening("tcp", first.listener.port);
    let sent = 100;
    const arrives = async (): Promise<boolean> => {
      await real.send(LOG.slice(sent, sent + 1).map((line) => `<22>${line}`));
      sent += 1;
      return second.listener.counters.messages > 10;
    };
    await pollUntil(arrives, { ...DEADLINE, what: "lines at the port that is open again" });
    expect(first.lines()).toHaveLength(100);
    expect(second.lines().length).toBeGreaterThan(10);
  });
});
