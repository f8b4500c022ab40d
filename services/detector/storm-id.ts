// what begins a storm -> its id: the same whoever works it out, and after a restart.

import type { SiteState } from "./site-state.ts";
import type { Proposal } from "./storm-lifecycle.ts";
import { hexHash } from "./text-hash.ts";

export function stormId(site: SiteState, proposal: Proposal): string {
  const [list] = proposal.lists;
  const key = proposal.scope === "list" && list !== undefined ? list.address : proposal.thread.key;
  const episode = proposal.scope === "list" && list !== undefined ? list.episode : proposal.thread.episode;
  const parts = [site.site, proposal.scope, key, proposal.first.message.id, proposal.startedAt, episode];
  return hexHash(parts.join("\n"));
}
