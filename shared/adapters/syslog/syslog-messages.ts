// Log lines -> what is sent of them, and what a sender needs beside them.

/** Facility mail (2), severity info (6). */
const PRIORITY = Buffer.from("<22>");
const NEWLINE = 10;

export interface SyslogSenderDependencies {
  /** Aborted: nothing is waited for any more. */
  readonly signal: AbortSignal;
  /** Resolves after a time, or when the signal is aborted. */
  readonly wait: (ms: number) => Promise<void>;
  /** Told in one line when the receiver goes, and when it is there again. */
  readonly onTrouble: (text: string) => void;
}

/** Lines -> messages, each with its priority and without its newline. */
export function* messagesOf(lines: Buffer): Generator<Buffer> {
  for (let start = 0; start < lines.length;) {
    const newline = lines.indexOf(NEWLINE, start);
    const end = newline < 0 ? lines.length : newline;
    if (end > start) yield Buffer.concat([PRIORITY, lines.subarray(start, end)]);
    start = end + 1;
  }
}
