// a running detector + new rules of lists -> the same with these rules: from then on it goes on as after a restart with them.

import type { ListRule } from "../../shared/domain/detector-settings.ts";
import type { DetectorState } from "./detector.ts";
import { rememberedRules, rulesForList } from "./list-rules.ts";
import { listAudience } from "./list-table.ts";
import { someAudience } from "./site-state.ts";
import { reachableObjects } from "./state/reachable.ts";

/** What was measured and decided stays: an open storm of a list that is exempt now goes on to its end. */
export function changeListRules(state: DetectorState, listRules: readonly ListRule[]): void {
  const settings = { ...state.settings, listRules };
  state.settings = settings;
  for (const site of state.sites.values()) {
    site.settings = settings;
    site.rulesOf = rememberedRules(settings);
    site.audiencesConfigured = someAudience(settings);
    for (const object of reachableObjects(site)) {
      if (object.kind !== "list") continue;
      object.rules = rulesForList(settings, object.address);
      if (!object.forgotten) object.audience = listAudience(object);
    }
  }
}
