// `squall demo`: the NHS storm of 14 November 2016 at full size, simulated line by line and read as a live log would be.

import { randomInt } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { AlertTextOptions } from "../../../shared/domain/storm-alert-text.ts";
import { stormAlertText } from "../../../shared/domain/storm-alert-text.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import { HostTable } from "../../ingest/host-table.ts";
import { Ingest } from "../../ingest/ingest.ts";
import { loadConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { hasTerminalInput } from "../piped-input.ts";
import { LivePipeline } from "../pipeline/live-pipeline.ts";
import { simulate } from "../simulate/simulation.ts";
import type { Terminal } from "../terminal.ts";
import { type DemoPage, openDemoPage } from "./demo-page.ts";
import { openBrowser } from "./open-browser.ts";
import { sayFarewell } from "./page-farewell.ts";
import { DemoScreen } from "./demo-screen.ts";
import type { SquallConfig } from "../squall-defaults.ts";
import { Pace } from "./pace.ts";

const SEED = 1;
/** The log's half hour of ordinary traffic before the first mail is read without a pause, up to here. */
const SHOWN_FROM = Date.UTC(2016, 10, 14, 8, 28, 30);
/** Event time shown a second of ours. */
const SPEED = 10;
const READING_PAUSE_MS = 4_000;
/** Event time after the alert until the curtain falls. */
const SHOWN_AFTER_ALERT_MS = 5 * 60_000;
const ENDS_AFTER_MS = 100_000;

const INTRODUCTION = `squall plays 14 November 2016: one test mail to 840,000 people of the NHS, and what the answers did.
The log of the mail servers is simulated at full size and read line by line, ${SPEED} times as fast
as it happened. Times are London time. Ctrl-C ends it.
A row every ten seconds: what this list has had so far, and its deliveries a second since the row
before. Rates in an alert are of the last five minutes; the page's curves are of all mail.

`;

const WHAT_NEXT = `
What next:
  npm start -- /var/log/mail.log                               your own log (several files, .gz and .zst too)
  journalctl -u 'postfix*' -o short-iso | npm start            the journal
  npx squall simulate nhs-2016 --scale 0.01 --output storm.log a storm of 8,400 people as a file (1.1 GB)
  npx squall replay --min-severity watch storm.log             every watch and storm in it
  npx squall replay --help                                     formats, NDJSON, configuration; README.md has more

The alert's advice is here for Postfix only; a replay has it for Exim, Exchange, Microsoft 365 and Mailman too.
`;

export async function demoCommand(terminal: Terminal): Promise<ExitCode> {
  const config = await loadConfiguration({ timezone: "Europe/London", emitWindows: true }, terminal.env);
  const pace = new Pace({ speed: SPEED, fromMs: SHOWN_FROM, terminal });
  const text = textOptions(config, terminal);
  const screen = new DemoScreen(terminal, config.timezone);
  let openedAt: number | undefined;
  const alerts: StormAlert[] = [];
  const hashSeed = randomInt(2 ** 31);
  const hosts = new HostTable({ hostsMax: config.ingest.hostsMax, hashSeed });
  let shownAt = SHOWN_FROM;
  const page = await openDemoPage(
    terminal.env,
    config.timezone,
    () => shownAt,
    (line) => terminal.err(`${line}\n`),
  );
  const pipeline = new LivePipeline({
    hosts,
    site: config.site,
    assembler: defaultAssemblerSettings,
    detector: config.detector,
    people: { name: (address) => address, allowSubject: true },
    onAlert: (alert) => void alerts.push(alert),
    onWindow: (window) => {
      screen.take(window);
      page?.console.addWindow(window);
    },
  });
  const ingest = createIngest(pipeline, config, { hosts, hashSeed });
  terminal.out(INTRODUCTION);
  if (page !== undefined) tellPage(page, terminal);
  const startedAt = terminal.nowMs();
  for (const chunk of simulate({ scenario: "nhs-2016", seed: SEED, scale: 1 }).chunks()) {
    ingest.feed(chunk);
    const now = ingest.streamTime.latest;
    pipeline.advanceTo(now, now - config.detector.allowedLatenessMs);
    await turn(); // However far behind the machine is, the page is answered and Ctrl-C heard.
    if (terminal.signal.aborted) break;
    if (now < SHOWN_FROM) continue;
    shownAt = now;
    for (const alert of alerts.splice(0)) {
      screen.hear(alert);
      page?.console.addAlert(alert);
      terminal.out(`\n${stormAlertText(alert, text)}\n`);
      if (alert.type !== "storm.opened") continue;
      openedAt = now;
      await pace.pause(READING_PAUSE_MS);
    }
    screen.show(now);
    await pace.keep(now);
    const isOver = openedAt !== undefined && now > openedAt + SHOWN_AFTER_ALERT_MS;
    if (terminal.signal.aborted || isOver || terminal.nowMs() > startedAt + ENDS_AFTER_MS) break;
  }
  terminal.out(screen.closing());
  terminal.out(WHAT_NEXT);
  // From here on Ctrl-C is how one leaves.
  const code = terminal.signal.aborted ? EXIT.interrupted : EXIT.done;
  if (page !== undefined) await leavePage(page, terminal);
  return code;
}

function textOptions({ timezone: timeZone }: SquallConfig, { color, width }: Terminal): AlertTextOptions {
  return { timeZone, color, width, advice: ["postfix"] };
}

function tellPage({ url }: DemoPage, { out, outIsTerminal, env }: Terminal): void {
  out(`The live page, as an operator would have seen it: ${url}\n\n`);
  if (outIsTerminal) openBrowser(url, env);
}

async function leavePage({ console: page, url }: DemoPage, { out, outIsTerminal, signal }: Terminal): Promise<void> {
  const isAttended = outIsTerminal && hasTerminalInput();
  await sayFarewell({ url, pages: () => page.counts.pages, isAttended, clock: systemClock, signal, out });
  await page.close();
}

function createIngest(
  pipeline: LivePipeline,
  config: SquallConfig,
  hosts: { readonly hosts: HostTable; readonly hashSeed: number },
): Ingest {
  const { table } = pipeline.stages;
  return new Ingest({
    site: config.site,
    format: "postfix",
    lineBytesMax: config.ingest.lineBytesMax,
    year: 2016,
    toUtc: (civilMs) => civilMs,
    allowedLatenessMs: config.detector.allowedLatenessMs,
    ...hosts,
    listServers: new Set(),
    table,
    onEvent: (event) => {
      table.addEvent(event);
    },
    onRejected: () => undefined,
  });
}
