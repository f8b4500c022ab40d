// scenario, seed, scale -> the raw log as a stream of chunks, and the truth about it. The same options give the same bytes everywhere.

import { DeliveryQueue } from "./delivery-queue.ts";
import { createEventQueue } from "./event-queue.ts";
import { createTruthBook, groundTruth, timeText, type GroundTruth } from "./ground-truth.ts";
import { LineBuffer, type StampStyle } from "./line-buffer.ts";
import { SECOND } from "./mail.ts";
import { createPostfix } from "./postfix-system.ts";
import { createRandom } from "./random.ts";
import { NHS_LASTS, NHS_STARTS_AT, nhsDeliveriesPerSecond, playNhs2016 } from "./scenarios/nhs-2016.ts";
import {
  ORDINARY_DELIVERIES_PER_SECOND,
  ORDINARY_LASTS,
  ORDINARY_STARTS_AT,
  playOrdinaryDay,
} from "./scenarios/ordinary-day.ts";
import type { ScenarioName } from "./scenarios.ts";
import type { World } from "./world.ts";

export interface SimulationOptions {
  readonly scenario: ScenarioName;
  /** An integer. */
  readonly seed: number;
  /** 1 is full size; see each scenario for what it multiplies. */
  readonly scale: number;
  /** Default rfc3339: microseconds and +00:00. rfc3164 is UTC too. */
  readonly stamp?: StampStyle;
  /** Whether header_checks log header lines. Default true. */
  readonly headers?: boolean;
  /** Whether storm replies keep the subject; default as the scenario has it (most do). */
  readonly subjects?: "kept" | "changed";
  /** Stop after so many seconds of event time. */
  readonly until?: number;
}

export interface Scenario {
  /** Microseconds since the epoch. */
  readonly startAt: number;
  readonly lastsSeconds: number;
  readonly deliveriesPerSecond: (scale: number) => number;
  readonly play: (world: World) => void;
}

export interface Simulation {
  /** The log in chunks of 192 to 256 KiB (the last one shorter), whole lines. Every chunk is a buffer of its own: keep it as long as you like. Can be run once. */
  chunks(): Generator<Buffer>;
  /** Complete once the chunks are exhausted. */
  truth(): GroundTruth;
}

const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  "nhs-2016": {
    startAt: NHS_STARTS_AT,
    lastsSeconds: NHS_LASTS / SECOND,
    deliveriesPerSecond: nhsDeliveriesPerSecond,
    play: playNhs2016,
  },
  "ordinary-day": {
    startAt: ORDINARY_STARTS_AT,
    lastsSeconds: ORDINARY_LASTS / SECOND,
    deliveriesPerSecond: () => ORDINARY_DELIVERIES_PER_SECOND,
    play: playOrdinaryDay,
  },
};

/** A simulation, not yet begun. Throws RangeError on a scale that is not above 0 or too large, or on a seed that is not an integer. */
export function simulate(options: SimulationOptions): Simulation {
  const scenario = SCENARIOS[options.scenario];
  checkOptions(options);
  const lasts = Math.min(options.until ?? Infinity, scenario.lastsSeconds);
  const endAt = scenario.startAt + Math.round(lasts * SECOND);
  const buffer = new LineBuffer(options.stamp ?? "rfc3339");
  const events = createEventQueue();
  const book = createTruthBook();
  const random = (stream: string): ReturnType<typeof createRandom> =>
    createRandom(options.seed, `${options.scenario}/${stream}`);
  const bulk = new DeliveryQueue({
    buffer,
    counts: book.deliveries,
    deliveriesPerSecond: scenario.deliveriesPerSecond(options.scale),
    events,
  });
  const mailSystem = createPostfix({
    events,
    buffer,
    bulk,
    truth: book,
    random: random("postfix"),
    headers: options.headers ?? true,
  });
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
  return {
    *chunks() {
      for (;;) {
        const eventAt = events.nextAt();
        const lineAt = bulk.nextAt();
        if (Math.min(eventAt, lineAt) >= endAt) break;
        if (lineAt < eventAt) bulk.writeUntil(endAt);
        else events.runNext();
        if (buffer.isFull) yield buffer.take();
      }
      if (buffer.length > 0) yield buffer.take();
    },
    truth: () =>
      groundTruth(book, {
        scenario: options.scenario,
        seed: options.seed,
        scale: options.scale,
        startedAt: timeText(scenario.startAt),
        endedAt: timeText(endAt),
        lines: buffer.lines,
      }),
  };
}

function checkOptions(options: SimulationOptions): void {
  if (!(options.scale > 0 && options.scale <= 1.3)) throw new RangeError("scale must be above 0 and at most 1.3");
  if (!Number.isSafeInteger(options.seed)) throw new RangeError("seed must be an integer");
  if (options.until !== undefined && !(options.until >= 0)) throw new RangeError("until must not be negative");
}
