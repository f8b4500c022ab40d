// The scenarios by name, as the command line lists them; loaded without the simulator.

export type ScenarioName = "nhs-2016" | "ordinary-day";

export const SCENARIO_SUMMARIES: Readonly<Record<ScenarioName, string>> = {
  "nhs-2016": "14 Nov 2016: a test mail to 840,000 people, about 400 reply-alls in 75 minutes",
  "ordinary-day": "24 hours of busy mail with everything that looks like a storm and is none",
};
