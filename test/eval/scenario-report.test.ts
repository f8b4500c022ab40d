import { expect, test } from "vitest";
import type { ScenarioOutcome, StormOutcome } from "./scenario-outcome.ts";
import { scenariosPage } from "./scenarios-page.ts";

const STORM: StormOutcome = {
  audience: 25_000,
  replyAlls: 99,
  deliveries: 2_500_000,
  squall: { replyAlls: 4, seconds: 247.4, deliveries: 50_000 },
  watched: true,
  microsoft: { replyAlls: 10, seconds: 367.6 },
};

function outcome(seed: number, changes: Partial<ScenarioOutcome>): ScenarioOutcome {
  const run = { scenario: "nhs-2016", seed, scale: 0.5 } as const;
  return {
    run,
    lines: 1,
    storms: [],
    discussions: 20,
    discussionAudience: 3000,
    squallFalse: [],
    microsoftFalse: 0,
    ...changes,
  };
}

test.each<[string, readonly Partial<ScenarioOutcome>[], string]>([
  [
    "alike in every seed",
    [{ storms: [STORM] }, { storms: [STORM] }],
    "| nhs-2016 | 0.5 | 25,000 | 99 | 2 of 2 | 4 | 247 | 50,000 | 2.00 | 0 in 40 | 2 of 2 | 10 | 368 | 0 in 40 |",
  ],
  [
    "a median and what it lies between",
    [4, 5, 9].map((replyAlls) => ({
      storms: [{ ...STORM, squall: { replyAlls, seconds: 100 * replyAlls, deliveries: 0 } }],
    })),
    "| 3 of 3 | 5 (4-9) | 500 (400-900) | 0 | 0.00 |",
  ],
  [
    "a watch, and no trip",
    [{ storms: [{ ...STORM, squall: undefined, microsoft: undefined }] }],
    "| 0 of 1; 1 is a watch | - | - | - | - | 0 in 20 | never | - | - | 0 in 20 |",
  ],
  ["missed", [{ storms: [{ ...STORM, squall: undefined, watched: false }] }], "| 99 | 0 of 1 | - |"],
  ["no storm", [{ microsoftFalse: 2 }, {}], "| nhs-2016 | 0.5 | 20 | 3,000 | 0 in 40 | 2 in 40 |"],
  ["no storm, none raised", [{}], "squall raised no false alarm."],
  [
    "false alarms by name",
    [
      {
        squallFalse: [
          { list: "all@example.org", subject: "Hello", audience: 3000, reasons: ["pace"], replyAlls: 4, seconds: 61 },
        ],
      },
    ],
    '- nhs-2016, seed 1: "Hello" on all@example.org of 3,000, at reply-all 4, after 61 s: pace',
  ],
])("%s", (_name, seeds, row) => {
  const page = scenariosPage([seeds.map((changes, index) => outcome(index + 1, changes))], "here");
  expect(page).toContain(row);
  expect(page).toContain(`seeds 1 to ${seeds.length}.`);
});
