// What a syslog port took, and what it lost for which reason.

/** Why something that was sent is not among the lines: a closed set, used alike as counter name and label. */
export const SYSLOG_LOSSES = [
  /** A datagram came while as much waited to be read as may wait. Streams are held up instead. */
  "queue-full",
  /** A message longer than is read. */
  "message-too-long",
  /** A connection broke off, or was closed by us, within a message. */
  "message-cut-off",
  /** A message was announced as longer than anything that is skipped: its connection was closed. */
  "absurd-length",
  /** As many connections were open as may be, none of them silent for long: the new one was closed. */
  "too-many-connections",
] as const;

export type SyslogLoss = (typeof SYSLOG_LOSSES)[number];

export interface SyslogCounters {
  /** Messages taken. */
  messages: number;
  /** Bytes of the lines that they became. */
  bytes: number;
  /** Connections open now, and how many there were. */
  connectionsOpen: number;
  connections: number;
  /** Connections that were silent for long and gave way to a new one. */
  connectionsEvicted: number;
  /** Faults of a socket that it went on after. */
  socketErrors: number;
  readonly lost: Record<SyslogLoss, number>;
}

export function emptySyslogCounters(): SyslogCounters {
  return {
    messages: 0,
    bytes: 0,
    connectionsOpen: 0,
    connections: 0,
    connectionsEvicted: 0,
    socketErrors: 0,
    lost: {
      "queue-full": 0,
      "message-too-long": 0,
      "message-cut-off": 0,
      "absurd-length": 0,
      "too-many-connections": 0,
    },
  };
}
