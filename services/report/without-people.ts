// What a report is made of -> the same without people, to be passed on: numbers in their place, no subject and no Message-ID, which may name
// a person or a machine. Lists, times and counts stay.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { Incident } from "./incident.ts";
import type { NearestInReport } from "./report.ts";

/** A person of the incident by number: the starter is 1, the others follow in order of time. */
type Naming = (person: string) => string;

export function withoutPeople(incident: Incident): Incident {
  const { starter, firstAnswer, answerers, opening, alerts } = incident;
  const numberOf = numbers(incident);
  return {
    ...incident,
    subject: undefined,
    threadKey: undefined,
    starter: starter === undefined ? undefined : numberOf(starter),
    firstAnswer:
      firstAnswer?.person === undefined ? firstAnswer : { ...firstAnswer, person: numberOf(firstAnswer.person) },
    answerers: {
      ...answerers,
      shown: answerers.shown.map((answerer) => ({ ...answerer, person: numberOf(answerer.person) })),
    },
    opening: alertWithout(opening, numberOf),
    alerts: { ...alerts, shown: alerts.shown.map((alert) => alertWithout(alert, numberOf)) },
  };
}

export function nearestWithoutPeople(nearest: readonly NearestInReport[]): NearestInReport[] {
  return nearest.map(({ subject: _subject, ...thread }, index) => ({ ...thread, threadKey: `thread ${index + 1}` }));
}

function numbers({ starter, firstAnswer, opening, answerers, alerts }: Incident): Naming {
  const steps = [opening, ...alerts.shown].flatMap(({ evidence }) => evidence.steps);
  const later = [
    ...steps.map(({ at, person }) => ({ at, person })),
    ...answerers.shown.map(({ firstAt, person }) => ({ at: firstAt, person })),
  ].sort((one, other) => one.at - other.at);
  const people = new Set([starter, firstAnswer?.person, ...later.map(({ person }) => person)]);
  people.delete(undefined);
  const places = new Map(Array.from(people, (person, index) => [person, `person ${index + 1}`]));
  return (person) => places.get(person) ?? "somebody";
}

function alertWithout(alert: StormAlert, numberOf: Naming): StormAlert {
  const { starter: _starter, subject: _subject, evidence, ...rest } = alert;
  const steps = evidence.steps.map((step) => ({ ...step, person: numberOf(step.person) }));
  return { ...rest, threadKey: "", evidence: { ...evidence, steps, firstMessageId: "", messageIds: [] } };
}
