// `npm run scenarios [-- --scenario NAME --seeds 3 --scale 1 --output FILE|-]`: what squall and Microsoft 365's rule do on every
// simulated scenario, as a table in docs/scenarios.md. Without --scale each is as large as makes a log of some GB; at 1 the largest
// takes a quarter of an hour a seed. Exits 2 on a wrong option.

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { loadConfiguration } from "../../services/squall/configuration.ts";
import { SCENARIO_SUMMARIES, type ScenarioName } from "../../services/squall/simulate/scenarios.ts";
import { simulate } from "../../services/squall/simulate/simulation.ts";
import { playScenario, type ScenarioOutcome } from "./scenario-outcome.ts";
import { scenariosPage } from "./scenarios-page.ts";

const PAGE = new URL("../../docs/scenarios.md", import.meta.url);
const EXIT_USAGE = 2;
const LOG_BYTES_MAX = 16e9;
/** Small enough to be written in seconds: what a larger one will be is reckoned from it. */
const PROBE_SCALE = 1 / 64;

interface Options {
  readonly scenarios: readonly ScenarioName[];
  readonly seeds: number;
  readonly scale: number | undefined;
  readonly output: string;
}

/** The options, or what is wrong with them. */
function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: "string", multiple: true, default: Object.keys(SCENARIO_SUMMARIES) },
        seeds: { type: "string", default: "3" },
        scale: { type: "string" },
        output: { type: "string", default: fileURLToPath(PAGE) },
      },
    });
    const unknown = values.scenario.find((name) => !isScenario(name));
    if (unknown !== undefined) return `no scenario ${unknown}: ${Object.keys(SCENARIO_SUMMARIES).join(", ")}`;
    const seeds = Number(values.seeds);
    if (!Number.isSafeInteger(seeds) || seeds < 1) return "--seeds takes a number of seeds";
    const scale = values.scale === undefined ? undefined : Number(values.scale);
    if (scale !== undefined && !(scale > 0 && scale <= 1)) return "--scale takes a number above 0, at most 1";
    return { scenarios: values.scenario.filter(isScenario), seeds, scale, output: values.output };
  } catch (error) {
    // What parseArgs says of an unknown option is for people.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIO_SUMMARIES, name);
}

/** The largest of 1, 1/2, 1/4 ... whose log is not too large. */
function usualScale(scenario: ScenarioName): number {
  let probed = 0;
  for (const chunk of simulate({ scenario, seed: 1, scale: PROBE_SCALE }).chunks()) probed += chunk.length;
  let scale = 1;
  while (scale > PROBE_SCALE && (probed / PROBE_SCALE) * scale > LOG_BYTES_MAX) scale /= 2;
  return scale;
}

async function play(scenario: ScenarioName, { seeds, scale }: Options): Promise<ScenarioOutcome[]> {
  // Defaults alone: what the environment of whoever runs it sets would change the figures.
  const config = await loadConfiguration({ emitWindows: false }, {});
  const chosen = scale ?? usualScale(scenario);
  const outcomes: ScenarioOutcome[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const startedAt = performance.now();
    outcomes.push(await playScenario({ scenario, seed, scale: chosen }, config));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.error(`${scenario} at scale ${chosen}, seed ${seed}: ${outcomes.at(-1)?.lines} lines, ${seconds} s`);
  }
  return outcomes;
}

const options = readOptions();
if (typeof options === "string") {
  console.error(`scenarios: ${options}`);
  process.exitCode = EXIT_USAGE;
} else {
  const outcomes: ScenarioOutcome[][] = [];
  for (const scenario of options.scenarios) outcomes.push(await play(scenario, options));
  const machine = `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown CPU"})`;
  const page = scenariosPage(outcomes, machine);
  if (options.output === "-") console.log(page);
  else writeFileSync(options.output, page);
}
