// The versions of InfluxDB that tests run against, for `describe.each`. The second takes minutes to build, so only the full run has it
// (SQUALL_FULL=1); elsewhere its tests are not there, and so not skipped.

import type { TestContext } from "vitest";

import { startRealInflux, type RealInflux, type RealInfluxOptions } from "./real-influx.ts";
import { startRealInflux2 } from "./real-influx2.ts";
import { realPart } from "./real-part.ts";

export interface InfluxServer {
  readonly version: string;
  /** One for this test: it is stopped behind it. */
  readonly start: (context: TestContext, options?: RealInfluxOptions) => Promise<RealInflux>;
}

const INFLUX_1: InfluxServer = {
  version: "1.8",
  start: (context, options) => forTest(context, startRealInflux(realPart("influxd", context), options)),
};

const INFLUX_2: InfluxServer = {
  version: "2.7",
  start: (context, options) => forTest(context, startRealInflux2(realPart("influxd 2", context), options)),
};

/** The first is 1.8. */
export const INFLUX_SERVERS: readonly [InfluxServer, ...InfluxServer[]] =
  process.env["SQUALL_FULL"] === "1" ? [INFLUX_1, INFLUX_2] : [INFLUX_1];

async function forTest(context: TestContext, starting: Promise<RealInflux>): Promise<RealInflux> {
  const influx = await starting;
  context.onTestFinished(() => influx.stop());
  return influx;
}
