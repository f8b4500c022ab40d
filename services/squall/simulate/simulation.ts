// scenario, seed, scale -> the raw log as a stream of chunks, and the truth about it. The same options give the same bytes everywhere.

import { createEventQueue } from "./event-queue.ts";
import { createExchange } from "./exchange/exchange-system.ts";
import { groundTruth, timeText, type GroundTruth } from "./ground-truth.ts";
import { LineBuffer } from "./line-buffer.ts";
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
  /** Stop after so many seconds of event time. */
  readonly until?: number;
}

export interface Simulation {
  /** The log in chunks of 192 to 256 KiB (the last one shorter), whole lines. Every chunk is a buffer of its own: keep it as long as you like. Can be run once. */
  chunks(): Generator<Buffer>;
  /** Complete once the chunks are exhausted. */
  truth(): GroundTruth;
}

/** A simulation, not yet begun. Throws RangeError on a scale that is not above 0 or too large, on a seed that is not an integer, or on options of Postfix with another format. */
export function simulate(options: SimulationOptions): Simulation {
  const scenario = SCENARIOS[options.scenario];
  checkOptions(options);
  const lasts = Math.min(options.until ?? Infinity, scenario.lastsSeconds);
  const endAt = scenario.startAt + Math.round(lasts * SECOND);
  const buffer = new LineBuffer(options.stamp ?? "rfc3339");
  const events = createEventQueue();
  const book = createTruthBook();
  const random = (stream: string): Random => createRandom(options.seed, `${options.scenario}/${stream}`);
  const { mailSystem, nextLineAt, writeUntil } = createSystem(options, scenario, { buffer, events, book, random });
  const world: World = {
    scale: options.scale,
    startAt: scenario.startAt,
    endAt: scenario.startAt + scenario.lastsSeconds * SECOND,
    events,
    mailSystem,
    truth: book,
    subjects: options.subjects ?? "mixed",
    random,
  };
  scenario.play(world);
  const { format = "postfix" } = options;
  return {
    *chunks() {
      for (;;) {
        const eventAt = events.nextAt();
        const lineAt = nextLineAt();
        if (Math.min(eventAt, lineAt) >= endAt) break;
        if (lineAt < eventAt) writeUntil(endAt);
        else events.runNext();
        if (buffer.isFull) yield buffer.take();
      }
      if (buffer.length > 0) yield buffer.take();
    },
    truth: () =>
      groundTruth(book, {
        scenario: options.scenario,
        expected: scenario.expected,
        format,
        ...(format === "postfix" ? { setUp: setUpOf(options, scenario) } : {}),
        seed: options.seed,
        scale: options.scale,
        startedAt: timeText(scenario.startAt),
        endedAt: timeText(endAt),
        lines: buffer.lines,
      }),
  };
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
  if (options.until !== undefined && !(options.until >= 0)) throw new RangeError("until must not be negative");
}
