// Every scenario by its name.

import type { ScenarioName } from "../scenarios.ts";
import { BEDLAM_1997 } from "./bedlam-1997.ts";
import { CISCO_2013 } from "./cisco-2013.ts";
import { CONGRATULATIONS } from "./congratulations.ts";
import { MODERATED_LIST } from "./moderated-list.ts";
import { NHS_2016 } from "./nhs-2016.ts";
import { ORDINARY_DAY } from "./ordinary-day.ts";
import { RECALL_STORM } from "./recall-storm.ts";
import type { Scenario } from "./scenario.ts";
import { SMALL_COMPANY } from "./small-company.ts";
import { TIME_ZONES } from "./time-zones.ts";
import { TWO_LISTS } from "./two-lists.ts";
import { UNIVERSITY } from "./university.ts";

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  "nhs-2016": NHS_2016,
  "bedlam-1997": BEDLAM_1997,
  "cisco-2013": CISCO_2013,
  university: UNIVERSITY,
  "recall-storm": RECALL_STORM,
  "small-company": SMALL_COMPANY,
  "two-lists": TWO_LISTS,
  "time-zones": TIME_ZONES,
  congratulations: CONGRATULATIONS,
  "moderated-list": MODERATED_LIST,
  "ordinary-day": ORDINARY_DAY,
};
