// A setting of a topic as the broker has it, beside the planned one -> does it do, and in words why not.

import type { TopicSetting } from "../../../shared/domain/topic-plan.ts";
import { formatDuration } from "../../../shared/runtime/durations.ts";
import { byteCount } from "../words.ts";

/** What does not hold with another value. */
const PROMISES: Readonly<Record<string, string>> = {
  "cleanup.policy=compact": "what is old would be forgotten, a list that was quiet and the position to go on from too",
  "cleanup.policy=delete": "of records with one key all but the last would be lost, and those without a key refused",
  "max.message.bytes": "records that are larger would be refused",
  "message.timestamp.type": "arrival would be told by the clocks of whoever writes",
  "min.insync.replicas": "what was acknowledged could be lost with one broker",
  "unclean.leader.election.enable": "a broker that missed records could lead: they would be lost",
};

export interface SettingFault {
  /** A promise does not hold. */
  readonly isNeeded: boolean;
  readonly text: string;
}

/** Undefined: it does. `copies`: of the topic, as it is. */
export function settingFault(planned: TopicSetting, has: string, copies: number): SettingFault | undefined {
  const { name, value, isNeeded } = planned;
  if (has === value) return undefined;
  // Larger records than planned may come: nothing is refused for it.
  if (name === "max.message.bytes" && Number(has) >= Number(value)) return undefined;
  if (name === "min.insync.replicas" && Number(has) > Number(value)) return tooManyInSync(Number(has), copies);
  const is = `${name} is ${valueWords(name, has)}`;
  if (!isNeeded) return { isNeeded, text: `${is}; ${valueWords(name, value)} is advised` };
  const why = PROMISES[`${name}=${value}`] ?? PROMISES[name];
  return { isNeeded, text: `${is}, must be ${valueWords(name, value)}${why === undefined ? "" : `: ${why}`}` };
}

function tooManyInSync(has: number, copies: number): SettingFault | undefined {
  const is = `min.insync.replicas is ${has}`;
  if (has > copies) return { isNeeded: true, text: `${is} and there are ${copies} copies: nothing can be written` };
  if (has === copies && has > 1)
    return { isNeeded: false, text: `${is} of ${copies}: one broker down stops all writing` };
  return undefined;
}

function valueWords(name: string, value: string): string {
  const amount = Number(value);
  if (value === "" || !Number.isSafeInteger(amount) || amount < 0) return value === "-1" ? "without limit" : value;
  if (name.endsWith(".ms")) return formatDuration(amount);
  return name.endsWith(".bytes") ? byteCount(amount) : value;
}
