// What an alert is before its settings are put to it.

import type { AlertName } from "./mixin-config.ts";

export interface AlertText {
  readonly alert: AlertName;
  readonly expr: string;
  /** A few words, for the head of a message. */
  readonly summary: string;
  /** What is the case, with the values; templates of Prometheus. */
  readonly description: string;
}
