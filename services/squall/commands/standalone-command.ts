// `squall standalone`: opens what it needs in order, runs the loop, and lets go of all of it again, whatever happens.

import { ControlRefusal } from "../../../shared/adapters/control/control-server.ts";
import type { Severity } from "../../../shared/domain/storm-alert.ts";
import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import type { Telling } from "../../alerter/telling-shell.ts";
import { printableText } from "../../../shared/domain/printable-text.ts";
import { detectorTotals } from "../../detector/detector-totals.ts";
import { clockOf } from "../words.ts";
import { alertOutput } from "../alert-output.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { DEFAULT_LOGS, withDefaultInput } from "../default-log.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { OWN_PORTS, type OwnPort, withMissingPorts } from "../own-ports.ts";
import { createSilenceControl } from "../silence-control.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import { standaloneCounts } from "../standalone/counts.ts";
import { LivePage } from "../standalone/live-page.ts";
import { Messengers } from "../standalone/messengers.ts";
import type { OpenedParts } from "../standalone/opened-parts.ts";
import { openParts } from "../standalone/opened-parts.ts";
import { receiversOf } from "../standalone/receivers.ts";
import { Reloads } from "../standalone/reloads.ts";
import type { StandaloneConfig } from "../standalone/standalone-settings.ts";
import { Standalone } from "../standalone/standalone.ts";
import { whatCannotBeUsed } from "../standalone/start-faults.ts";
import { INPUTS_OPEN, noteTurn, STATE_RESTORED, type Status } from "../standalone/status.ts";
import type { Terminal } from "../terminal.ts";

export interface StandaloneCommandFlags extends StandaloneFlags {
  readonly output: "text" | "ndjson";
  readonly minSeverity: Severity;
  readonly deadLetter?: string;
}

/** What is being told when it ends has so long. */
const GRACE_MS = 5_000;
/** When a pipe has ended nobody is in a hurry: what waits to be told has so long. */
const LAST_WORDS_MS = 30_000;

/** `version`: of squall. Throws ConfigError, ListenError (of a syslog port) and InputError. */
export async function standaloneCommand(
  paths: readonly string[],
  flags: StandaloneCommandFlags,
  { terminal, version }: { readonly terminal: Terminal; readonly version: string },
): Promise<ExitCode> {
  const load = async (): Promise<StandaloneConfig | undefined> =>
    withDefaultInput(await loadStandaloneConfiguration(paths, flags, terminal.env));
  const say = (line: string): void => terminal.err(`squall: ${line}\n`);
  const config = await load();
  if (config === undefined) {
    const none = `none of ${DEFAULT_LOGS.join(", ")} is there`;
    say(`nothing to read (${none}): name a log, as in: squall standalone /srv/log/mail.log`);
    return EXIT.usage;
  }
  const closing: (() => Promise<void> | void)[] = [];
  const onClose = (close: () => Promise<void> | void): void => void closing.push(close);
  const hangUps = listenForHangUps(onClose);
  try {
    const parts = await openParts(config, { deadLetter: flags.deadLetter, version, env: terminal.env, say, onClose });
    return await run({ config, flags, terminal, version, load, say, parts, hangUps, onClose });
  } catch (error) {
    const words = whatCannotBeUsed(error, config.state);
    if (words === undefined) throw error;
    say(words);
    return EXIT.failed;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

interface RunOptions {
  readonly config: StandaloneConfig;
  readonly flags: StandaloneCommandFlags;
  readonly terminal: Terminal;
  readonly version: string;
  readonly load: () => Promise<StandaloneConfig | undefined>;
  readonly say: (line: string) => void;
  readonly parts: OpenedParts;
  readonly hangUps: HangUps;
  /** What is to be closed at the end, last first. */
  readonly onClose: (close: () => Promise<void> | void) => void;
}

async function run(options: RunOptions): Promise<ExitCode> {
  const { config, terminal, version, load, say, parts, hangUps, onClose } = options;
  const { status, directory } = parts;
  terminal.onOutputGone(() => say("nobody reads standard output any more: alerts go to the receivers alone"));
  const messengers = new Messengers({ config, version, env: terminal.env, http: parts.http, say });
  const page = await LivePage.open({ config, nowMs: terminal.nowMs, say });
  onClose(() => page?.close());
  const standalone = createStandalone(options, messengers, page);
  const isHealthy = (): boolean => status.health.alive().ok && status.health.ready().ok && standalone.isWell;
  const heartbeat = messengers.heartbeat(isHealthy);
  const reloads = new Reloads({
    config,
    load,
    changeLists: (listRules) => standalone.changeLists(listRules),
    changeReceivers: (receivers) => standalone.telling.reload(receivers),
    say,
  });
  status.publish(standaloneCounts({ standalone, log: directory.log, heartbeat, page, reloads }));
  await standalone.restore();
  status.health.met(STATE_RESTORED);
  const missing = missingPorts(config, status, page);
  page?.watch(standalone, missing.includes("metrics"));
  const { size: unknown } = standalone.state.unknown;
  if (unknown > 0) say(`${unknown} entries of the state are of no part that this version knows: they are let go of`);
  const { silences } = standalone;
  const flush = async (): Promise<void> => {
    await standalone.flush();
    if (!standalone.isKept)
      throw new ControlRefusal("it holds now, but there is no room to keep it: a restart forgets it");
  };
  const silencing = createSilenceControl({ silences, nowMs: terminal.nowMs, flush });
  directory.lock.serve(withMissingPorts(missing, silencing));
  onClose(() => standalone.inputs.close());
  await standalone.open();
  status.health.met(INPUTS_OPEN);
  tellStart(config, say);
  tellRestored(standalone, terminal.nowMs(), say);
  if (status.address !== undefined) say(`metrics and health on http://${listenAddressText(status.address)}`);
  heartbeat?.start();
  hangUps.heed(() => void reloads.reload());
  terminal.signal.addEventListener("abort", () => standalone.stop(), { once: true });
  if (terminal.signal.aborted) standalone.stop();
  await standalone.run();
  status.health.stopping();
  await heartbeat?.stop();
  await standalone.telling.settled(AbortSignal.any([terminal.signal, AbortSignal.timeout(LAST_WORDS_MS)]));
  await standalone.telling.stop(GRACE_MS);
  await standalone.flush();
  sayWaiting(standalone.telling, say);
  return terminal.signal.reason === "SIGINT" ? EXIT.interrupted : EXIT.done;
}

/** Wanted, and not to be had. */
function missingPorts({ metrics, console }: StandaloneConfig, status: Status, page: LivePage | undefined): OwnPort[] {
  const isMissing: Readonly<Record<OwnPort, boolean>> = {
    metrics: metrics.address !== undefined && status.address === undefined,
    "live page": console.address !== undefined && page === undefined,
  };
  return OWN_PORTS.filter((port) => isMissing[port]);
}

function createStandalone(
  { config, flags, terminal, say, parts }: RunOptions,
  messengers: Messengers,
  page: LivePage | undefined,
): Standalone {
  const { status, directory, deadLetters } = parts;
  const print = alertOutput({ ...flags, timezone: config.timezone, advice: config.advice }, terminal);
  return new Standalone(config, {
    directory,
    nowMs: terminal.nowMs,
    say,
    onAlert: (alert) => {
      page?.addAlert(alert);
      print(alert);
    },
    onWindow: (window) => page?.addWindow(window),
    onKeptAlert: (alert) => page?.addAlert(alert),
    onKeptWindow: (window) => page?.addWindow(window),
    onRejected: (input, reason, bytes, line) => deadLetters?.write({ reason, input, line, bytes }),
    onTurn: (isBusy) => {
      noteTurn(status.health, isBusy);
      deadLetters?.flush();
    },
    createTelling: (links) => messengers.telling(links),
  });
}

interface HangUps {
  readonly heed: (onHangUp: () => void) => void;
}

/** SIGHUP would end a process that does not listen for it: one that comes while the state is read is heeded later. */
function listenForHangUps(onClose: RunOptions["onClose"]): HangUps {
  let isEarly = false;
  let heeded = (): void => {
    isEarly = true;
  };
  const listener = (): void => heeded();
  process.on("SIGHUP", listener);
  onClose(() => void process.off("SIGHUP", listener));
  return {
    heed(onHangUp) {
      heeded = onHangUp;
      if (isEarly) onHangUp();
    },
  };
}

/** What nobody was told yet is not forgotten: but who ends squall should know. */
function sayWaiting(telling: Telling, say: (line: string) => void): void {
  for (const { name, waiting } of telling.status().receivers) {
    if (waiting === 0) continue;
    const what = waiting === 1 ? "1 notification waits" : `${waiting} notifications wait`;
    say(`${what} for ${name}: told when squall is started again on this state`);
  }
}

/** What holds from a former run, and somebody would wonder about. */
function tellRestored({ silences, pipeline }: Standalone, nowMs: number, say: (line: string) => void): void {
  const { stormsOpen } = detectorTotals(pipeline.stages.detector);
  if (stormsOpen > 0) say(stormsOpen === 1 ? "1 storm is open" : `${stormsOpen} storms are open`);
  for (const { id, target, until, who } of silences.list(nowMs)) {
    const what = target === "*" ? "any storm" : `storms on ${printableText(target)}`;
    say(`nobody is told of ${what} until ${clockOf(until, "UTC")} UTC: silence ${id} by ${printableText(who)}`);
  }
}

function tellStart(config: StandaloneConfig, say: (line: string) => void): void {
  const receivers = receiversOf(config).map(({ name }) => name);
  say(`reading ${config.inputs.map(({ name }) => name).join(", ")}; state in ${config.state}`);
  say(
    receivers.length === 0
      ? "alerts go to standard output alone: --webhook URL or --on-alert COMMAND tells somebody"
      : `alerts go to ${receivers.join(", ")} and standard output`,
  );
}
