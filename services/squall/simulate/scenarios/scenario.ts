// What a scenario is: people, lists, traffic and what happens, without a word of how the mail system writes it down.

import type { SetUp } from "../set-up.ts";
import type { World } from "../world.ts";

export interface Scenario {
  /** Microseconds since the epoch. */
  readonly startAt: number;
  readonly lastsSeconds: number;
  /** What all mail stores together take, at a scale. */
  readonly deliveriesPerSecond: (scale: number) => number;
  /** What happens and what is expected of squall, in words; goes into the ground truth. */
  readonly expected: string;
  /** The set-up of Postfix it belongs to, where it belongs to one; any other can be asked for. */
  readonly setUp?: SetUp;
  readonly play: (world: World) => void;
}
