// Every answer of the API is what openapi.json says it is, and nothing else.

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { stormAlert } from "../../test/support/storm-alert.ts";
import { ConsoleState } from "./console-state.ts";
import { resourceOf } from "./console-api.ts";
import openapi from "./openapi.json" with { type: "json" };

const NOW = Date.UTC(2016, 10, 14, 9, 0);
const minute = {
  windowStart: NOW - 60_000,
  windowEnd: NOW,
  final: true,
  audience: 2500,
  score: 9,
  messages: 3,
  recipients: 7500,
};
const counts = { replyAlls: 3, distinctRepliers: 2, automatic: 1, deliveries: 7000 };

function filled(): ConsoleState {
  const state = new ConsoleState();
  for (const scope of ["site", "thread", "list"] as const) {
    state.addWindow({
      v: 1,
      site: "site",
      scope,
      key: scope,
      ...minute,
      ...counts,
      ...(scope === "thread" ? { list: "list" } : {}),
    });
  }
  const step = { at: NOW, secondsSinceLast: 9, person: "anna", timing: 3.6, newcomer: 2.1, pause: -0.4, score: 9 };
  const evidence = { ...stormAlert().evidence, steps: [step] };
  const advice = [{ system: "postfix", text: "hold it", command: "postsuper -h ALL" } as const];
  const more = { list: "list", subject: "Test", starter: "anna", evidence, advice, detectedAt: NOW };
  state.addAlert(stormAlert({ stormId: "a/b", type: "storm.opened", ...more }));
  state.addAlert(stormAlert({ stormId: "w", type: "storm.watch" }));
  state.addAlert(stormAlert({ stormId: "o", type: "storm.resolved", resolvedAt: NOW, detectedAt: NOW }));
  return state;
}

/** Of the document, with no field beside those that it names. */
function strictSchemas(): object {
  const text = JSON.stringify(openapi.components.schemas).replaceAll("#/components/schemas/", "#/$defs/");
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "properties" in value && "type" in value
      ? { ...value, additionalProperties: false }
      : value,
  ) as object;
}

const PATHS = Object.entries(openapi.paths).flatMap(([path, { get }]) => {
  const { content } = get.responses["200"];
  return "application/json" in content ? [{ path, schema: content["application/json"].schema }] : [];
});

describe.each([
  ["with all that there may be", filled(), PATHS],
  ["where nothing is", new ConsoleState(), PATHS.filter(({ path }) => !path.includes("{stormId}"))],
])("%s", (_name, state, paths) => {
  const health = [{ name: "Reading", state: "well", words: "all" }] as const;
  const view = state.view({ nowMs: NOW, timeZone: "UTC", health });

  test.each(paths)("$path", ({ path, schema }) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    const asked = path.slice(1).replace("{stormId}", encodeURIComponent("a/b"));
    const answer: unknown = resourceOf(asked, () => view);
    const given = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/");
    const judge = ajv.compile({ ...(JSON.parse(given) as object), $defs: strictSchemas() });
    judge(JSON.parse(JSON.stringify(answer)));
    expect(judge.errors ?? []).toEqual([]);
  });
});

test("all storms stand under storms, and each by its name, though the view has room for some", () => {
  const state = new ConsoleState();
  for (let storm = 0; storm < 40; storm += 1)
    state.addAlert(stormAlert({ stormId: `s${storm}`, type: "storm.opened", detectedAt: NOW }));
  const ask = (path: string): unknown =>
    resourceOf(`api/v1/${path}`, (stormsShown) => state.view({ nowMs: NOW, timeZone: "UTC", health: [], stormsShown }));
  expect(ask("storms")).toHaveLength(40);
  expect(ask("storms/s39")).toMatchObject({ stormId: "s39" });
  expect(ask("view")).toMatchObject({ storms: { length: 12 }, moreStorms: 28 });
});

test.each(["api/v1/", "api/v1/nope", "api/v2/view", "api/v1/storms/none", "api/v1/toString", "view"])(
  "nothing stands under %s",
  (path) => {
    const view = filled().view({ nowMs: NOW, timeZone: "UTC", health: [] });
    expect(resourceOf(path, () => view)).toBeUndefined();
  },
);
