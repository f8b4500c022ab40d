// A source of log lines that goes on: a file that is followed, standard input, a syslog port.

/** What a live input has at a time. */
export interface LiveChunk {
  readonly bytes: Buffer;
  /** It is the first of a new generation (a file that was rotated or truncated): the reader must begin a new line and (Exchange) a new header. */
  readonly begins: boolean;
}

export interface LiveInput {
  readonly name: string;
  /** Calls `onReadable` (again) whenever `take` may have something. Rejects with InputError where it cannot be opened. */
  start(onReadable: () => void): Promise<void>;
  /** The next chunk that is there now, valid until the next `take`; undefined when there is nothing now. */
  take(): LiveChunk | undefined;
  /** Where to go on after all that was taken, less `unusedBytes` (the tail of a line that the feeder still carries); small JSON value. Undefined where there is no going on (pipes, ports). */
  position(unusedBytes: number): unknown;
  close(): Promise<void>;
}
