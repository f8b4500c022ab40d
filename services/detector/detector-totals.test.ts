import { expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { createDetectorState, type DetectorState, siteOf, step } from "./detector.ts";
import { leastWatermark, tableFill } from "./detector-totals.ts";
import { conversation } from "./testing/conversation.ts";

const bounds = { ...defaultDetectorSettings.bounds, sitesMax: 4, fanOutsMax: 10, threadsMax: 20 };

/** `mails` of one conversation at each site. */
function detector(mails: Readonly<Record<string, number>>): DetectorState {
  const state = createDetectorState({ ...defaultDetectorSettings, bounds }, { advise: () => [] });
  for (const [site, count] of Object.entries(mails)) {
    const gaps = Array.from({ length: count - 1 }, () => 3600);
    for (const event of conversation({ audience: 300, gaps }))
      step(state, { kind: "event", event: { ...event, site } });
  }
  return state;
}

test("the watermark is that of the site furthest behind; one that has not begun holds nobody up", () => {
  const state = detector({ north: 1, south: 1 });
  expect(leastWatermark(createDetectorState(defaultDetectorSettings, { advise: () => [] }))).toBe(
    Number.POSITIVE_INFINITY,
  );
  step(state, { kind: "tick", watermark: 5000, site: "north" });
  step(state, { kind: "tick", watermark: 3000, site: "south" });
  siteOf(state, "new");
  expect(leastWatermark(state)).toBe(3000);
});

test("how full a table is: of the site for which it is fullest, by its own bound", () => {
  expect(tableFill(detector({}))).toMatchObject({ sites: 0, "fan-outs": 0, threads: 0, windows: 0 });
  const fill = tableFill(detector({ north: 2, south: 5 }));
  expect(fill).toMatchObject({ sites: 0.5, "fan-outs": 0.5, threads: 0.05, lists: 1 / bounds.listsMax });
});
