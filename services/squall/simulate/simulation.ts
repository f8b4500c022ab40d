// scenario, seed, scale -> the raw log as a stream of chunks, and the truth about it. The same options give the same bytes everywhere.

import { createEventQueue } from "./event-queue.ts";
import { fileHead } from "./exchange/exchange-rows.ts";
import { createExchange } from "./exchange/exchange-system.ts";
import { groundTruth, timeText, type GroundTruth } from "./ground-truth.ts";
import { LineBuffer } from "./line-buffer.ts";
import { LogClock, type LogTimes } from "./log-clock.ts";
import { SECOND, type MailSystem } from "./mail.ts";
import { DeliveryQueue } from "./postfix/delivery-queue.ts";
import { createPostfix, linesPerDelivery } from "./postfix/postfix-system.ts";
import { createRandom, type Random } from "./random.ts";
import { SCENARIOS } from "./scenarios/registry.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { ScenarioName } from "./scenarios.ts";
import type { LogFormat, SetUp, StampStyle } from "./set-up.ts";
import { createTruthBook, type TruthBook } from "./truth-book.ts";
import type { EventQueue } from "./event-queue.ts";
import type { World } from "./world.ts";

export interface SimulationOptions {
  readonly scenario: ScenarioName;
  /** An integer. */
  readonly seed: number;
  /** 1 is full size; see each scenario for what it multiplies. */
  readonly scale: number;
  /** Default postfix. */
  readonly format?: LogFormat;
  /** How Postfix brings mail to the members of a list; default as the scenario has it, most virtual-alias. Exchange has one way only. */
  readonly setUp?: SetUp;
  /** Default rfc3339: microseconds and +00:00. rfc3164 is UTC too. */
  readonly stamp?: StampStyle;
  /** Whether header_checks log header lines. Default true. */
  readonly headers?: boolean;
  /** Whether storm replies keep the subject; default as the scenario has it (most do). */
  readonly subjects?: "kept" | "changed";
  /** Stop after so many seconds of the scenario's time. */
  readonly until?: number;
  /** Default: as the scenario has it. */
  readonly times?: LogTimes;
}

export interface Simulation {
  /** The log in chunks of 192 to 256 KiB (the last one shorter), whole lines. Every chunk is a buffer of its own: keep it as long as you like. Can be run once. */
  chunks(): Generator<Buffer>;
  /** The next lines with stamps up to a time (microseconds, as shown), at most a chunk of them; undefined when there are none. Instead of `chunks`. */
  linesUntil(shownAt: number): Buffer | undefined;
  /** Nothing happens before this time, as shown; Infinity when all is over. */
  nextAt(): number;
  /** What stands at the top of a file that is begun at a time. */
  head(shownAt: number): string;
  /** Complete once the log was written to its end; `cutAt`: when it was cut short, as shown. */
  truth(cutAt?: number): GroundTruth;
}

/** A simulation, not yet begun. Throws RangeError on a scale that is not above 0 or too large, on a seed that is not an integer, on a speed that is not above 0, or on options of Postfix with another format. */
export function simulate(options: SimulationOptions): Simulation {
  const scenario = SCENARIOS[options.scenario];
  checkOptions(options);
  const lasts = Math.min(options.until ?? Infinity, scenario.lastsSeconds);
  const endAt = scenario.startAt + Math.round(lasts * SECOND);
  const clock = new LogClock(scenario.startAt, options.times);
  const buffer = new LineBuffer(options.stamp ?? "rfc3339", clock);
  const events = createEventQueue();
  const book = createTruthBook();
  const random = (stream: string): Random => createRandom(options.seed, `${options.scenario}/${stream}`);
  const system = createSystem(options, scenario, { buffer, events, book, random });
  const world: World = {
    scale: options.scale,
    startAt: scenario.startAt,
    endAt: scenario.startAt + scenario.lastsSeconds * SECOND,
    clock,
    events,
    mailSystem: system.mailSystem,
    truth: book,
    subjects: options.subjects ?? "mixed",
    random,
  };
  scenario.play(world);
  /** False when nothing happens before the time. */
  const goOn = (before: number): boolean => {
    const eventAt = events.nextAt();
    const lineAt = system.nextLineAt();
    if (Math.min(eventAt, lineAt) >= Math.min(before, endAt)) return false;
    if (lineAt < eventAt) system.writeUntil(Math.min(before, endAt));
    else events.runNext();
    return true;
  };
  return {
    *chunks() {
      while (goOn(endAt)) if (buffer.isFull) yield buffer.take();
      if (buffer.length > 0) yield buffer.take();
    },
    linesUntil(shownAt) {
      const before = clock.firstAfter(shownAt);
      while (!buffer.isFull && goOn(before));
      return buffer.length > 0 ? buffer.takeCopy() : undefined;
    },
    nextAt() {
      const at = Math.min(events.nextAt(), system.nextLineAt());
      return at >= endAt ? Infinity : clock.shown(at);
    },
    head: (shownAt) => (options.format === "exchange" ? `${fileHead(shownAt).join("\n")}\n` : ""),
    truth: (cutAt = Infinity) => tell(options, scenario, { book, clock, cutAt, endAt, lines: buffer.lines }),
  };
}

interface Told {
  readonly book: TruthBook;
  readonly clock: LogClock;
  readonly cutAt: number;
  readonly endAt: number;
  readonly lines: number;
}

function tell(options: SimulationOptions, scenario: Scenario, { book, clock, cutAt, endAt, lines }: Told): GroundTruth {
  const { format = "postfix", seed, scale, times } = options;
  const run = {
    scenario: options.scenario,
    expected: scenario.expected,
    format,
    ...(format === "postfix" ? { setUp: setUpOf(options, scenario) } : {}),
    seed,
    scale,
    ...(times === undefined ? {} : { speed: times.speed }),
    startedAt: timeText(clock.shown(scenario.startAt)),
    endedAt: timeText(Math.min(clock.shown(endAt), cutAt)),
    lines,
  };
  return groundTruth(book, run, { clock, cutAt });
}

interface System {
  readonly mailSystem: MailSystem;
  /** Time of the next line that no event writes; Infinity when there is none. */
  readonly nextLineAt: () => number;
  readonly writeUntil: (stopAt: number) => void;
}

interface Parts {
  readonly buffer: LineBuffer;
  readonly events: EventQueue;
  readonly book: TruthBook;
  readonly random: (stream: string) => Random;
}

function createSystem(options: SimulationOptions, scenario: Scenario, parts: Parts): System {
  const { buffer, events, book, random } = parts;
  const { format = "postfix" } = options;
  const setUp = setUpOf(options, scenario);
  const deliveriesPerSecond = scenario.deliveriesPerSecond(options.scale);
  const common = { buffer, events, truth: book, deliveriesPerSecond };
  if (format === "exchange") {
    const mailSystem = createExchange({ ...common, random: random("exchange") });
    return { mailSystem, nextLineAt: () => Infinity, writeUntil: () => undefined };
  }
  const bulk = new DeliveryQueue({
    buffer,
    counts: book.deliveries,
    deliveriesPerSecond: deliveriesPerSecond * linesPerDelivery(setUp),
    events,
  });
  const mailSystem = createPostfix({
    ...common,
    bulk,
    random: random("postfix"),
    managerRandom: random("list manager"),
    headers: options.headers ?? true,
    setUp,
  });
  return { mailSystem, nextLineAt: () => bulk.nextAt(), writeUntil: (stopAt) => bulk.writeUntil(stopAt) };
}

function setUpOf(options: SimulationOptions, scenario: Scenario): SetUp {
  return options.setUp ?? scenario.setUp ?? "virtual-alias";
}

function checkOptions(options: SimulationOptions): void {
  if (!(options.scale > 0 && options.scale <= 1.3)) throw new RangeError("scale must be above 0 and at most 1.3");
  if (!Number.isSafeInteger(options.seed)) throw new RangeError("seed must be an integer");
  if (options.format === "exchange") {
    for (const name of ["setUp", "stamp", "headers"] as const)
      if (options[name] !== undefined) throw new RangeError(`${name} is Postfix's: format exchange has none`);
  }
  if (options.times !== undefined && !(options.times.speed > 0)) throw new RangeError("speed must be above 0");
  if (options.until !== undefined && !(options.until >= 0)) throw new RangeError("until must not be negative");
}
