// `squall standalone`: opens what it needs in order, runs the loop, and lets go of all of it again, whatever happens.

import { existsSync } from "node:fs";
import { CappedLines } from "../../../shared/adapters/files/capped-lines.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { proxyOf } from "../../../shared/adapters/http/proxy-settings.ts";
import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import type { Severity } from "../../../shared/domain/storm-alert.ts";
import type { Heartbeat } from "../../alerter/heartbeat-shell.ts";
import { createHeartbeat } from "../../alerter/heartbeat-shell.ts";
import type { TellingEvent } from "../../alerter/telling-event.ts";
import { tellingEventInWords } from "../../alerter/telling-event.ts";
import { createTelling, type Telling } from "../../alerter/telling-shell.ts";
import { alertOutput } from "../alert-output.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { hasPipedInput } from "../piped-input.ts";
import { deadLetter } from "../replay/dead-letter.ts";
import { createSilenceControl } from "../silence-control.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import { standaloneCounts } from "../standalone/counts.ts";
import { receiversOf } from "../standalone/receivers.ts";
import { Reloads } from "../standalone/reloads.ts";
import type { StandaloneConfig } from "../standalone/standalone-settings.ts";
import { Standalone } from "../standalone/standalone.ts";
import { whatCannotBeUsed } from "../standalone/start-faults.ts";
import { INPUTS_OPEN, openStatus, STATE_RESTORED } from "../standalone/status.ts";
import { openStateDirectory } from "../state-directory.ts";
import type { Terminal } from "../terminal.ts";

export interface StandaloneCommandFlags extends StandaloneFlags {
  readonly output: "text" | "ndjson";
  readonly minSeverity: Severity;
  readonly deadLetter?: string;
}

const DEFAULT_LOGS = ["/var/log/mail.log", "/var/log/maillog", "/var/log/mail"];
/** Another that holds the state directory for a moment is waited for. */
const HELD_MS = 10_000;
/** What is being told when it ends has so long. */
const GRACE_MS = 5_000;
/** When a pipe has ended nobody is in a hurry: what waits to be told has so long. */
const LAST_WORDS_MS = 30_000;
const DEAD_LETTER_BYTES_MAX = 100 * 1024 * 1024;

/** `version`: of squall. Throws ConfigError, ListenError and InputError. */
export async function standaloneCommand(
  paths: readonly string[],
  flags: StandaloneCommandFlags,
  { terminal, version }: { readonly terminal: Terminal; readonly version: string },
): Promise<ExitCode> {
  const load = (): Promise<StandaloneConfig> => loadStandaloneConfiguration(paths, flags, terminal.env);
  const say = (line: string): void => terminal.err(`squall: ${line}\n`);
  const config = withInputs(await load());
  if (config === undefined) {
    say(
      `nothing to read: name a log, as in: squall standalone /var/log/mail.log (not there: ${DEFAULT_LOGS.join(", ")})`,
    );
    return EXIT.usage;
  }
  const closing: (() => Promise<void> | void)[] = [];
  try {
    return await run(config, flags, { terminal, version, load, say, onClose: (close) => void closing.push(close) });
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
  readonly terminal: Terminal;
  readonly version: string;
  readonly load: () => Promise<StandaloneConfig>;
  readonly say: (line: string) => void;
  /** What is to be closed at the end, last first. */
  readonly onClose: (close: () => Promise<void> | void) => void;
}

async function run(
  config: StandaloneConfig,
  flags: StandaloneCommandFlags,
  { terminal, version, load, say, onClose }: RunOptions,
): Promise<ExitCode> {
  const hangUps = listenForHangUps(onClose);
  const { address } = config.metrics;
  const nowMs = (): number => performance.now();
  const status = await openStatus({ address, version, nodeVersion: process.versions.node, nowMs });
  onClose(status.close);
  const directory = await openStateDirectory(config.state, {
    title: "squall standalone",
    isBrief: false,
    waitMs: HELD_MS,
  });
  onClose(() => directory.close());
  const proxy = proxyOf(terminal.env);
  const http = createHttpClient({ ...defaultHttpClientOptions, ...(proxy === undefined ? {} : { proxy }) });
  onClose(() => http.close());
  const deadLetters = openDeadLetters(flags.deadLetter, say);
  onClose(() => deadLetters?.close());
  const userAgent = `squall/${version}`;
  const common = { http, clock: systemClock, random: Math.random, userAgent };
  const standalone: Standalone = new Standalone(config, {
    directory,
    nowMs: terminal.nowMs,
    say,
    onAlert: alertOutput({ ...flags, timezone: config.timezone, advice: config.advice }, terminal),
    onRejected: (input, reason, bytes, line) => deadLetters?.write(deadLetter({ reason, input, line, bytes })),
    onTurn: (isBusy) => {
      if (isBusy) status.health.begin("reading");
      else status.health.idle();
      deadLetters?.flush();
    },
    createTelling: (isSilenced, requestFlush) =>
      createTelling({
        ...common,
        receivers: receiversOf(config),
        text: { timeZone: config.timezone, advice: config.advice },
        env: terminal.env,
        isSilenced,
        requestFlush,
        say: (event) => {
          if (event.event === "delivered") standalone.times.told(event.latencyMs);
          sayEvent(event, say);
        },
      }),
  });
  const { heartbeat: beat } = config;
  const heartbeat: Heartbeat | undefined =
    beat === undefined
      ? undefined
      : createHeartbeat({
          ...common,
          ...beat,
          isHealthy: () => status.health.alive().ok && status.health.ready().ok && standalone.isKept,
          say: (event) => sayEvent(event, say),
        });
  const reloads = new Reloads({ config, load: async () => withInputs(await load()), standalone, say });
  status.publish(standaloneCounts({ standalone, log: directory.log, heartbeat, reloads }));
  await standalone.restore();
  status.health.met(STATE_RESTORED);
  directory.lock.serve(
    createSilenceControl({ silences: standalone.silences, nowMs: terminal.nowMs, flush: () => standalone.flush() }),
  );
  await standalone.open();
  status.health.met(INPUTS_OPEN);
  onClose(() => standalone.inputs.close());
  tellStart(config, say);
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

/** SIGHUP would end a process that does not listen for it: one that comes while the state is read is heeded later. */
function listenForHangUps(onClose: RunOptions["onClose"]): { readonly heed: (onHangUp: () => void) => void } {
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

/** What is read when nobody says what: a pipe, or the log that the system has. Undefined: there is none. */
function withInputs(config: StandaloneConfig): StandaloneConfig | undefined {
  if (config.inputs.length > 0) return config;
  const { timezone } = config;
  if (hasPipedInput()) {
    return { ...config, inputs: [{ kind: "stdin", name: "standard input", format: "auto", timezone }] };
  }
  const path = DEFAULT_LOGS.find((log) => existsSync(log));
  if (path === undefined) return undefined;
  return { ...config, inputs: [{ kind: "file", name: path, path, format: "auto", timezone, from: "end" }] };
}

function openDeadLetters(path: string | undefined, say: (line: string) => void): CappedLines | undefined {
  return path === undefined ? undefined : new CappedLines({ path, bytesMax: DEAD_LETTER_BYTES_MAX, onEnd: say });
}

/** What nobody was told yet is not forgotten: but who ends squall should know. */
function sayWaiting(telling: Telling, say: (line: string) => void): void {
  for (const { name, waiting } of telling.status().receivers) {
    if (waiting === 0) continue;
    const what = waiting === 1 ? "1 notification waits" : `${waiting} notifications wait`;
    say(`${what} for ${name}: told when squall is started again on this state`);
  }
}

function sayEvent(event: TellingEvent, say: (line: string) => void): void {
  say(tellingEventInWords(event));
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
