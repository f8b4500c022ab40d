// What every service on Kafka has around it, whatever it does: what it says, how it ends, within its time and with which exit code.

import { systemClock } from "../../../shared/runtime/clock.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { type RunningService, startPatiently } from "../service/running-service.ts";
import type { Terminal } from "../terminal.ts";

/** Of the 10 s in which a process is to end: on a busy machine its own clock is late. */
const END_MS = 8_000;

export interface ServiceFrame {
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** What is to be closed at the end, last first. */
  readonly onClose: (close: () => Promise<void> | void) => void;
}

export interface FramedService<Config> {
  /** Throws ConfigError. */
  readonly load: () => Promise<Config>;
  readonly run: (config: Config, frame: ServiceFrame) => Promise<ExitCode>;
  /** What is said where it does not end in time. */
  readonly lateWords: string;
  /** Undefined: a bug of ours. */
  readonly faultInWords: (error: unknown) => string | undefined;
}

/** `name`: of the command. Throws what `load` throws, and what nobody has words for. */
export async function runFramed<Config>(
  name: string,
  { signal, err }: Terminal,
  { load, run, lateWords, faultInWords }: FramedService<Config>,
): Promise<ExitCode> {
  const say = (line: string): void => err(`squall ${name}: ${line}\n`);
  // It would end the process at once, and whoever knows standalone sends it for new settings.
  process.on("SIGHUP", () => say("settings are read at the start only: restart it to have new ones"));
  const config = await load();
  endInTime(signal, () => say(lateWords));
  const closing: (() => Promise<void> | void)[] = [];
  try {
    return await run(config, { say, onClose: (close) => void closing.push(close) });
  } catch (error) {
    const words = faultInWords(error);
    if (words === undefined) throw error;
    say(words);
    return error instanceof LogError && error.fault === "unreachable" ? EXIT.unavailable : EXIT.failed;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

export interface Patience<Service> {
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onRunning: (service: Service) => void;
  /** It is told to end. */
  readonly onStopping: () => void;
}

/** Starts the service, waiting for brokers where need be, and runs it until it is told to end. */
export async function runPatiently<Service extends RunningService>(
  make: () => Promise<Service>,
  { signal, say, onRunning, onStopping }: Patience<Service>,
): Promise<ExitCode> {
  const service = await startPatiently(make, { signal, say, clock: systemClock });
  if (service !== undefined) {
    onRunning(service);
    const stop = (): void => {
      onStopping();
      say("stopping");
      void service.stop();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    await service.run();
  }
  return exitAfter(signal);
}

/** Told to end, the process ends, whatever hangs: without a broker a last flush can wait for long. */
function endInTime(signal: AbortSignal, onLate: () => void): void {
  const late = (): void => {
    onLate();
    process.exit(exitAfter(signal));
  };
  // Holds up no end that comes before.
  const end = (): void => void setTimeout(late, END_MS).unref();
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
}

function exitAfter({ reason }: AbortSignal): ExitCode {
  return reason === "SIGINT" ? EXIT.interrupted : EXIT.done;
}
