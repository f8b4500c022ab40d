// What each query of the dashboard “Squall itself” finds in the run of its integration test: series with all of their labels, and between what
// their values lie.

import type { Stage } from "../../../shared/domain/topics.ts";

export interface Watched {
  /** `host:port` of the standalone, of a target that does not answer, and of each service. */
  readonly standalone: string;
  readonly absent: string;
  readonly services: Readonly<Record<Stage, string>>;
  /** What the standalone reads. */
  readonly input: string;
  /** Of topics. */
  readonly prefix: string;
  readonly version: string;
  readonly node: string;
}

export interface ExpectedSeries {
  /** But for the metric's name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of one of its values at least. */
  readonly from: number;
  readonly to: number;
}

type Labels = ExpectedSeries["labels"];
export type Expected = Readonly<Record<string, readonly ExpectedSeries[]>>;

const between = (labels: Labels, from: number, to: number): ExpectedSeries => ({ labels, from, to });
const is = (labels: Labels, value: number): ExpectedSeries => between(labels, value, value);
const some = (labels: Labels, most: number): ExpectedSeries => between(labels, Number.MIN_VALUE, most);
const SUM: Labels = {};

/** `isInTrouble`: InfluxDB is away, and so are receivers; there was a second storm in each of the two. */
export function expectedOf(watched: Watched, isInTrouble: boolean): Expected {
  return {
    ...ofHealth(watched, isInTrouble),
    ...ofReading(watched, isInTrouble),
    ...ofLatency(watched),
    ...ofOutput(watched, isInTrouble),
    ...ofMemory(watched),
    ...ofProcesses(watched),
    "variable job": [is({ job: "squall" }, 1), is({ job: "squall-services" }, 1)],
  };
}

/** What does not happen here is not found, and would be, at nought, without the ` > 0` at the end. */
export function expectedAtNought(watched: Watched): Expected {
  // The disk is not full: only who may mount one could make it so.
  return { "State directory B": [is(ofStandalone(watched), 0)] };
}

const ofStandalone = ({ standalone }: Watched): Labels => ({ job: "squall", instance: standalone });
const of = ({ services }: Watched, role: Stage): Labels => ({ job: "squall-services", instance: services[role] });
const ofAll = (watched: Watched): Labels[] => [
  ofStandalone(watched),
  ...(["ingest", "assembler", "detector", "recorder", "alerter"] as const).map((role) => of(watched, role)),
];

function ofHealth(watched: Watched, isInTrouble: boolean): Expected {
  const { absent, version, node } = watched;
  const storm = { alertname: "SquallStormOpen", alertstate: "firing", severity: "critical" };
  const down = { alertname: "SquallDown", alertstate: "pending", severity: "critical" };
  return {
    "Processes that do not answer": [is(SUM, 1)],
    "Alerts firing": [is(SUM, 2)],
    "Storms open": [is(SUM, isInTrouble ? 4 : 2)],
    // The standalone: the others are some 30 s behind.
    "Behind the clock": [between(SUM, 60, 600)],
    "Records not read yet": [between(SUM, isInTrouble ? 1 : 0, 500)],
    // One line: of those of one storm, or of two.
    "Lines not taken": [between(SUM, 0.007, 0.03)],
    Processes: [
      some({ ...ofStandalone(watched), service: "standalone", version, node }, 600),
      some({ ...of(watched, "detector"), service: "detector", version, node }, 600),
    ],
    "Alerts pending or firing": [
      is({ ...storm, ...ofStandalone(watched) }, 1),
      is({ ...storm, ...of(watched, "detector") }, 1),
      is({ ...down, job: "squall-services", instance: absent, why: "does not answer Prometheus" }, 1),
    ],
  };
}

function ofReading(watched: Watched, isInTrouble: boolean): Expected {
  const { standalone, services, input, prefix } = watched;
  const topicOf = (service: Stage, topic: string): Labels => ({ service, topic: `${prefix}.${topic}` });
  return {
    "Lines read a second A": [some({ instance: standalone }, 10)],
    "Lines read a second B": [some({ instance: services.ingest }, 100)],
    "Records not read yet, by service": [
      between(topicOf("ingest", "mail-logs"), 0, 500),
      between(topicOf("recorder", "thread-windows"), isInTrouble ? 1 : 0, 500),
    ],
    "Since the last progress": ofAll(watched).map((labels) => between(labels, 0, 10)),
    "Behind the clock, by partition": [
      between({ job: "squall" }, 60, 600),
      // Where all mail of the site is.
      between({ job: "squall-services", partition: "1" }, 30, 59),
    ],
    "Age of the newest line, by input": [between({ ...ofStandalone(watched), input }, 30, 300)],
    // A detector counts from the first storm on: only the second makes a rate.
    "Mail that comes late A": [
      between({ job: "squall" }, 60, 600),
      ...(isInTrouble ? [some({ job: "squall-services" }, 60)] : []),
    ],
    "Mail that comes late B": [some({ action: "dropped" }, 1), is({ action: "admitted" }, 0)],
    "Not taken a second, by reason": [some({ instance: services.ingest, reason: "not-recognised" }, 1)],
  };
}

/** The standalone reads of minutes ago, the services of now: half is fast. */
function ofLatency(watched: Watched): Expected {
  const flushing = ofAll(watched).filter(({ instance }) => instance !== watched.services.recorder);
  const instances = flushing.map(({ instance = "" }) => ({ instance }));
  const jobs = [{ job: "squall" }, { job: "squall-services" }];
  return {
    "From a line's time to a stage A": [some({ stage: "read" }, 600), some({ stage: "decided" }, 250)],
    "From a line's time to a stage B": [some({ stage: "read" }, 20_000), between({ stage: "decided" }, 250, 600)],
    "From the decision to the receiver A": jobs.map((labels) => some(labels, 30)),
    "From the decision to the receiver B": jobs.map((labels) => some(labels, 30)),
    "How long a flush takes A": instances.map((labels) => some(labels, 10)),
    "How long a flush takes B": instances.map((labels) => some(labels, 10)),
  };
}

function ofOutput(watched: Watched, isInTrouble: boolean): Expected {
  const sink = { sink: "influx" };
  const recorder = { ...of(watched, "recorder"), ...sink };
  const receiver = { receiver: "webhook" };
  const alerter = { ...of(watched, "alerter"), ...receiver };
  const standalone = { ...ofStandalone(watched), ...receiver };
  return {
    "Points stored a second": [some(sink, 1000)],
    "Requests to InfluxDB a second, by outcome": [some({ ...sink, outcome: "stored" }, 10)],
    "What InfluxDB has not taken yet A": isInTrouble ? [some(recorder, 300)] : [],
    "What InfluxDB has not taken yet B": [isInTrouble ? some(recorder, 1e7) : between(recorder, 0, 1e7)],
    "What InfluxDB has not taken yet C": [is(recorder, 0)],
    "Notifications a second, by what became of them": [some({ ...receiver, outcome: "delivered" }, 1)],
    "Notifications that wait A": [alerter, standalone].map((labels) => between(labels, isInTrouble ? 1 : 0, 10)),
    "Notifications that wait B": isInTrouble ? [some(alerter, 300)] : [],
    "Notifications that wait C": isInTrouble ? [is(standalone, 1)] : [],
    "Heartbeats a minute, and silences A": [some({ outcome: "called" }, 60)],
    "Heartbeats a minute, and silences B": [is(SUM, 1)],
  };
}

function ofMemory(watched: Watched): Expected {
  const standalone = ofStandalone(watched);
  return {
    "How full, by kind": [some({ kind: "windows" }, 0.1), some({ kind: "storms" }, 0.1)],
    "Forgotten early a second, by reason": [some({ reason: "hints-dropped" }, 1)],
    "State directory A": ["all", "live"].map((part) => between({ ...standalone, part }, 100, 1e7)),
  };
}

function ofProcesses(watched: Watched): Expected {
  const partitions = { ingest: 2, assembler: 2, detector: 2, alerter: 1 };
  return {
    "Partitions, by service": Object.entries(partitions).map(([service, count]) =>
      is({ service, state: "running" }, count),
    ),
    "Rebalances and takeovers A": [between(of(watched, "recorder"), 0, 10)],
    "Rebalances and takeovers B": [between(of(watched, "detector"), 0, 10)],
    Processor: ofAll(watched).map((labels) => some(labels, 8)),
    Memory: ofAll(watched).map((labels) => between(labels, 2e7, 2e9)),
    "How late the event loop is": ofAll(watched).map((labels) => some(labels, 60)),
  };
}
