import { expect, test } from "vitest";
import { MISSING_PORTS_QUESTION, missingPortsIn, withMissingPorts } from "./own-ports.ts";

const others = (request: unknown): Promise<unknown> => Promise.resolve({ others: request });

test("which ports are missing is asked and answered; every other question is another's", async () => {
  const control = withMissingPorts(["live page"], others);
  expect(missingPortsIn(await control(MISSING_PORTS_QUESTION))).toEqual(["live page"]);
  expect(missingPortsIn(await withMissingPorts([], others)(MISSING_PORTS_QUESTION))).toEqual([]);
  for (const request of [{ do: "list-silences" }, {}, null, "list-missing-ports"])
    expect(await control(request)).toEqual({ others: request });
});

test.each([undefined, null, "metrics", { v: 1 }, { v: 1, missing: "metrics" }, { v: 1, missing: ["moon", 7] }])(
  "nothing is missing by an answer that is none: %j",
  (answer) => {
    expect(missingPortsIn(answer)).toEqual([]);
  },
);
