// kafkajs sets a timer to a time that is over, and Node prints a warning of it: the one warning that says nothing to whoever runs squall.

const NAME = "TimeoutNegativeWarning";

let isLeftOut = false;

/** In this process, from now on; any other warning is printed as before. */
export function leaveOutTimerWarning(): void {
  if (isLeftOut) return;
  isLeftOut = true;
  const emit = process.emitWarning.bind(process);
  process.emitWarning = (...args: unknown[]): void => {
    if (args[1] !== NAME) Reflect.apply(emit, undefined, args);
  };
}
