// outcomes of all scenarios -> docs/scenarios.md.

import { SCENARIO_SUMMARIES } from "../../services/squall/simulate/scenarios.ts";
import type { ScenarioOutcome } from "./scenario-outcome.ts";
import { falseAlarmLines, quietTable, stormTable } from "./scenario-report.ts";

/** `machine`: on what it ran. */
export function scenariosPage(outcomes: readonly (readonly ScenarioOutcome[])[], machine: string): string {
  const seeds = Math.max(0, ...outcomes.map(({ length }) => length));
  const names = outcomes.flatMap(([first]) => first?.run.scenario ?? []);
  const storms = outcomes.filter((runs) => runs.some((run) => run.storms.length > 0));
  const quiet = outcomes.filter((runs) => runs.every((run) => run.storms.length === 0));
  const falseAlarms = falseAlarmLines(outcomes);
  return `# Scenarios

What squall and Microsoft 365's Reply-all Storm Protection do on each scenario of \`npx squall simulate\`. Written by \`npm run scenarios\`
(\`-- --scenario NAME\`, \`--seeds N\`, \`--scale X\`, \`--output FILE|-\`): do not edit it. ${machine}; seeds 1 to ${seeds}.

${names.map((name) => `- **${name}**: ${SCENARIO_SUMMARIES[name]}`).join("\n")}

## Storms

${storms.length === 0 ? "None was played.\n" : stormTable(storms)}
## No storm

${quiet.length === 0 ? "None was played.\n" : quietTable(quiet)}
${falseAlarms === "" ? "squall raised no false alarm.\n" : `False alarms of squall:\n\n${falseAlarms}`}
## How to read it

- A cell is the median over the seeds, with the least and the most in brackets where they differ.
- squall reads the log through the whole of \`squall replay\`, default settings, nothing learned before. *At reply-all* is what the alert
  says (the mails of machines, where the storm is made of these), *after* is seconds of event time since the first mail, *deliveries by
  then* are those in minutes that had ended. *Of all* is their share of audience x (reply-alls + 1).
- A *false alarm* is a storm opened where the truth has none, *in* so many conversations on lists that are no storm, over all seeds.
- Microsoft's rule (\`services/report/microsoft-rule.ts\`) is 10 reply-alls within 60 minutes to 2,500 recipients or more. It is given the truth, not the log: it
  takes every reply-all of a conversation for one conversation, though subjects change and headers are lost. That is its best case. Mail sent by machines
  does not count: Microsoft's documents do not say. It blocks by itself what comes after; squall alerts, and somebody has to stop the list.
- *Scale* multiplies the audience of the storm, and what else a scenario says. Without \`--scale\` it is the largest of 1, 1/2, 1/4 ... that makes a
  log of 16 GB at most. From 100,000 people on squall needs less evidence.
- Storms come from a process close to squall's own model, with figures of published storms: this shows what the rules do on such
  storms, not how often the next real one is caught. False alarms in real mail: [test/eval](../test/eval/README.md).
`;
}
