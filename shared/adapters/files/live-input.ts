// What a live log is read through: a file that is followed, standard input, a port.

export interface LiveChunk {
  /** Valid until the next `take`, of any input that shares its buffer. */
  readonly bytes: Buffer;
  /** The first of a new generation (a file that was rotated or truncated): the reader must begin a new line and (Exchange) a new header. */
  readonly begins: boolean;
}

export interface LiveInput {
  readonly name: string;
  /** Calls onReadable (again) whenever take() may have something. */
  start(onReadable: () => void): Promise<void>;
  /** The next chunk that is there now; undefined when there is nothing now. Synchronous. */
  take(): LiveChunk | undefined;
  /**
   * Where to go on after all that was taken, less `unusedBytes` (the tail of a line that the feeder still carries); small JSON
   * value. Undefined where there is no going on (pipes, ports), and for a file of which nothing is known yet: what was stored of it
   * before stays as it is.
   */
  position(unusedBytes: number): unknown;
  close(): Promise<void>;
}
