// What squall writes into InfluxDB, said once: the points are built by it, the table in docs/influx.md is checked against it.
//
// A point is (measurement, tags, time), and one written again takes the place of the first. So
// - values are absolute and the time is the minute's start: writing twice changes nothing;
// - a tag never changes for one window: a thread's list is learnt late, so it is a field;
// - tags are few: text of a mail is a field, and a thread is tagged by a hash of its key, 16 characters whatever the key.

export type FieldType = "integer" | "float" | "string" | "boolean";

interface FieldDescription {
  readonly type: FieldType;
  readonly about: string;
  /** Left out of a point where it is not known. */
  readonly optional?: true;
}

export interface MeasurementDescription {
  readonly about: string;
  readonly time: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldDescription>>;
}

const COUNTS = {
  messages: { type: "integer", about: "messages of this minute" },
  reply_alls: { type: "integer", about: "of them reply-alls" },
  distinct_repliers: { type: "integer", about: "people who wrote them" },
  automatic: { type: "integer", about: "mails sent by machines" },
  recipients: { type: "integer", about: "sum of the recipients of those messages" },
  deliveries: { type: "integer", about: "deliveries in this minute" },
  final: { type: "boolean", about: "false while more is expected" },
} as const satisfies MeasurementDescription["fields"];

const STANDING = {
  audience: { type: "integer", about: "whom one mail reaches" },
  score: { type: "float", about: "evidence of a storm, in nats" },
} as const satisfies MeasurementDescription["fields"];

const SITE = "the mail system";
const WINDOW_TIME = "start of the minute";

export const MEASUREMENTS = {
  squall_traffic: { about: "all mail of a site", time: WINDOW_TIME, tags: { site: SITE }, fields: COUNTS },
  squall_lists: {
    about: "the mail of one list",
    time: WINDOW_TIME,
    tags: { site: SITE, list: "address of the list" },
    fields: { ...COUNTS, ...STANDING },
  },
  squall_threads: {
    about: "one thread, from its first watch on",
    time: WINDOW_TIME,
    tags: { site: SITE, thread: "hash of the thread's key, 16 characters" },
    fields: {
      ...COUNTS,
      ...STANDING,
      thread_key: { type: "string", about: "the thread's key" },
      list: { type: "string", about: "its list", optional: true },
    },
  },
  squall_storms: {
    about: "a storm opened, grew or ended; to be shown as annotations",
    time: "when it was decided; of an end, when it was calm",
    tags: {
      site: SITE,
      scope: "thread or list",
      type: "opened, updated or resolved",
      severity: "warning or critical",
      storm: "id of the storm",
      revision: "counts the alerts of a storm",
    },
    fields: {
      title: { type: "string", about: "headline" },
      text: { type: "string", about: "what has happened so far" },
      tags: { type: "string", about: "type, severity and scope, with commas, as Grafana reads them" },
      thread: { type: "string", about: "as the tag of squall_threads" },
      thread_key: { type: "string", about: "the thread's key" },
      list: { type: "string", about: "its list", optional: true },
      subject: { type: "string", about: "where subjects are allowed", optional: true },
      reply_alls: { type: "integer", about: "so far" },
      distinct_repliers: { type: "integer", about: "people who wrote them in the last hour" },
      automatic: { type: "integer", about: "replies by machines, so far" },
      audience: { type: "integer", about: "whom one mail reaches" },
      replies_per_minute: { type: "float", about: "in the last 5 minutes" },
      deliveries_per_minute: { type: "float", about: "in the last 5 whole minutes" },
      deliveries: { type: "integer", about: "so far" },
      undelivered: { type: "integer", about: "accepted and not yet delivered" },
      score: { type: "float", about: "evidence of a storm, in nats" },
      started_ms: { type: "integer", about: "when it began, ms since 1970" },
    },
  },
  squall_lag: {
    about: "how far the recorder is behind, every 10 s",
    time: "the last whole 10 s",
    tags: { topic: "the topic read", partition: "its partition" },
    fields: {
      lag_records: { type: "integer", about: "records not stored yet" },
      lag_seconds: { type: "float", about: "age of the oldest record read and not stored; 0: none waits" },
    },
  },
} as const satisfies Readonly<Record<string, MeasurementDescription>>;

export type Measurement = keyof typeof MEASUREMENTS;
