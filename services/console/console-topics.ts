// Which groups on Kafka live pages read by.

import type { TopicNames } from "../../shared/domain/topics.ts";

/** What the names of their groups begin with: each has one of its own, as each reads everything. A right to read is given to this prefix. */
export function consoleGroups(topics: TopicNames): string {
  return `${topics["thread-windows"]}.console`;
}
