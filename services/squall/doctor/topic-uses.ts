// What a process does with topics, by its role: which of them a doctor looks at, and what it tries on them.

import type { TopicKind } from "../../../shared/domain/topics.ts";
import { consumerGroup, deadLetterTopic, STAGE_TOPICS, stateTopic } from "../../../shared/domain/topics.ts";
import { consoleGroups } from "../../console/console-topics.ts";
import type { KafkaReader, KafkaSettings } from "../service-settings.ts";
import type { InputUse } from "./rights-check.ts";

/** One for each input; whether its topics are there is not known yet. */
export function inputUses(reader: KafkaReader, { topics }: Pick<KafkaSettings, "topics">): InputUse[] {
  const named = (kind: TopicKind): string => topics[kind];
  if (reader === "console") {
    const inputs = [...CONSOLE_KINDS.map(named), stateTopic(topics["storm-alerts"], "alerter")];
    return inputs.map((input) => ({ input, ...READ_ONLY, group: consoleGroups(topics) }));
  }
  const { inputs, outputs, keepsState } = STAGE_TOPICS[reader];
  const all = inputs.map(named);
  // The recorder reads both of its inputs in one group, which is called after the first.
  const group = consumerGroup(all[0] ?? "", reader);
  return all.map((input) => {
    const state = keepsState ? stateTopic(input, reader) : undefined;
    return {
      input,
      state,
      writes: [...outputs.map(named), ...(state === undefined ? [] : [state]), deadLetterTopic(input)],
      group,
      isTransactional: keepsState,
    };
  });
}

const CONSOLE_KINDS: readonly TopicKind[] = ["thread-windows", "storm-alerts"];
const READ_ONLY = { state: undefined, writes: [], isTransactional: false } as const;

/** All that a use needs. */
export function topicsOf(uses: readonly InputUse[]): ReadonlySet<string> {
  return new Set(uses.flatMap(({ input, writes }) => [input, ...writes]));
}

/** Of a use what is there and may be looked at. */
export function usesThere(uses: readonly InputUse[], isThere: (topic: string) => boolean): InputUse[] {
  return uses
    .filter(({ input }) => isThere(input))
    .map((use) => ({
      ...use,
      state: use.state !== undefined && isThere(use.state) ? use.state : undefined,
      writes: use.writes.filter(isThere),
    }));
}
