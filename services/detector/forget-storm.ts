// a storm or watch that is over for good -> taken out of its threads, lists and messages, and told to whoever wants the whole of it.

import type { SiteState } from "./site-state.ts";
import { tellOver } from "./storm-account.ts";
import type { Storm } from "./storm.ts";
import { noteChange } from "./tracked.ts";

/** Takes a storm out of its threads and lists for good. Messages that it only counted still name it: to them it has ended. */
export function forgetStorm(site: SiteState, storm: Storm): void {
  tellOver(site, storm);
  site.storms = site.storms.filter((other) => other !== storm);
  storm.ended = true;
  noteChange(storm);
  for (const owner of [...storm.threads, ...storm.lists]) {
    if (owner.storm !== storm) continue;
    owner.storm = undefined;
    owner.episode += 1;
    noteChange(owner);
  }
  for (const member of storm.members) {
    if (member.storm !== storm) continue;
    member.storm = undefined;
    noteChange(member);
  }
  site.stormMessages -= storm.members.length;
}
