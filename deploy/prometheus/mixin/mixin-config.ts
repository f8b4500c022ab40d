// What the rules for Prometheus are made with: change it here, and `npm run generate:mixin` writes the files anew.

export const ALERT_NAMES = [
  "SquallDown",
  "SquallRestarting",
  "SquallNoProgress",
  "SquallLagGrowing",
  "SquallWatermarkStalled",
  "SquallLateEventsDropped",
  "SquallRecordsRejected",
  "SquallSinkBlocked",
  "SquallNotificationsFailing",
  "SquallStateNearLimit",
  "SquallStateNotWritten",
  "SquallStormOpen",
  "SquallWatchdog",
] as const;
export type AlertName = (typeof ALERT_NAMES)[number];

/** `critical`: somebody is to be woken. `none`: goes to nobody but the dead man's switch. */
export type Severity = "critical" | "warning" | "none";

export interface AlertSettings {
  /** How long it must hold, as Prometheus writes durations. */
  readonly for: string;
  readonly severity: Severity;
}

export interface MixinConfig {
  /** Which series are squall's; Prometheus' own `up` is chosen by it too. */
  readonly selector: string;
  /** What tells one squall from another where a Prometheus watches several; a label that a series has not counts as empty. */
  readonly installationLabels: readonly string[];
  /** Where docs/runbooks is to be read, without a slash at its end. */
  readonly runbookUrl: string;
  readonly thresholds: {
    /** Restarts within half an hour. */
    readonly restarts: number;
    /** A process that works ends something every second; a detector is heard of twice a minute. */
    readonly progressSeconds: number;
    /** A backlog below this is no backlog. */
    readonly lagRecords: number;
    /** Windows close half a minute behind the log, and the log of a silent site goes on with the clock. */
    readonly watermarkBehindSeconds: number;
    /** Within an hour. */
    readonly lateEvents: number;
    /** Of the lines that were read, and within 15 minutes. */
    readonly rejectedRatio: number;
    readonly rejectedLines: number;
    /** Of records that squall itself wrote, within 15 minutes. */
    readonly rejectedRecords: number;
    readonly sinkBehindSeconds: number;
    readonly notificationWaitsSeconds: number;
    readonly stateFillRatio: number;
  };
  /** Kinds of what is held that are given up in time; the others are memories, which are full where a site is large. */
  readonly stateKinds: readonly string[];
  readonly alerts: Readonly<Record<AlertName, AlertSettings>>;
}

export const defaultMixinConfig: MixinConfig = {
  selector: 'job=~"squall.*"',
  installationLabels: ["cluster", "namespace", "site"],
  runbookUrl: "https://squall.example.org/docs/runbooks",
  thresholds: {
    restarts: 3,
    progressSeconds: 300,
    lagRecords: 1000,
    watermarkBehindSeconds: 900,
    lateEvents: 100,
    rejectedRatio: 0.05,
    rejectedLines: 100,
    rejectedRecords: 10,
    sinkBehindSeconds: 300,
    notificationWaitsSeconds: 300,
    stateFillRatio: 0.9,
  },
  stateKinds: ["sites", "open-mails", "windows", "fan-outs", "lists", "list-persons"],
  alerts: {
    SquallDown: { for: "5m", severity: "critical" },
    SquallRestarting: { for: "1m", severity: "warning" },
    SquallNoProgress: { for: "5m", severity: "critical" },
    SquallLagGrowing: { for: "15m", severity: "warning" },
    SquallWatermarkStalled: { for: "5m", severity: "critical" },
    SquallLateEventsDropped: { for: "5m", severity: "warning" },
    SquallRecordsRejected: { for: "5m", severity: "warning" },
    SquallSinkBlocked: { for: "5m", severity: "warning" },
    SquallNotificationsFailing: { for: "2m", severity: "critical" },
    SquallStateNearLimit: { for: "30m", severity: "warning" },
    SquallStateNotWritten: { for: "5m", severity: "critical" },
    SquallStormOpen: { for: "1m", severity: "critical" },
    SquallWatchdog: { for: "1m", severity: "none" },
  },
};
