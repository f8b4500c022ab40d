// What the `squall` command says by its exit code; sysexits numbers where they have one.

export const EXIT = {
  done: 0,
  /** Something failed; an input that could not be read to its end counts. */
  failed: 1,
  usage: 2,
  /** `replay --fail-on-storm`: a storm opened. */
  storm: 3,
  /** No squall is there to do what was asked, or no broker. */
  unavailable: 69,
  configuration: 78,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
