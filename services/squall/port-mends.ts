// What is said where a port of squall's own cannot be opened: the setting to change.

export const METRICS_MEND =
  'set another with --metrics, SQUALL_METRICS_ADDRESS or metrics: {address: …}; "off" for none';
/** Of `squall console`, which is nothing without it. */
export const CONSOLE_MEND = "set another with --console, SQUALL_CONSOLE_ADDRESS or console: {address: …}";
export const PAGE_MEND = `${CONSOLE_MEND}; "off" for none`;
