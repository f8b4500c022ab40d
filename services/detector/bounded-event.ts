// a MailEvent -> the same with as many references and lists as are looked at: the first, which is the thread's root, and the last.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { SiteState } from "./site-state.ts";

type Hinted = Pick<MailEvent, "lists" | "hints">;

export function boundedEvent<T extends Hinted>(site: SiteState, event: T): T {
  const { lists, hints } = event;
  const { listsPerMessageMax, referencesMax } = site.settings.bounds;
  if (lists.length <= listsPerMessageMax && hints.references.length <= referencesMax) return event;
  site.counters.hintsDropped += 1;
  const surplus = Math.max(0, hints.references.length - referencesMax);
  const references = hints.references.filter((_, index) => index === 0 || index > surplus);
  return { ...event, lists: lists.slice(0, listsPerMessageMax), hints: { ...hints, references } };
}
