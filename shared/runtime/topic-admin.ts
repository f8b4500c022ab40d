// The port of whoever looks at topics and makes them. What is there is never changed, and never deleted.

export interface TopicState {
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replication: number;
  /** Those that were asked for, by their names. Undefined: whoever asks may not see settings. */
  readonly settings: ReadonlyMap<string, string> | undefined;
}

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

export interface TopicAdmin {
  /** `settings`: names. Undefined where there is no such topic. Rejects with LogError; `refused`: it may not be looked at. */
  describe(topic: string, settings: readonly string[]): Promise<TopicState | undefined>;
  /** False: it was there already, and is as it was. Rejects with LogError. */
  create(topic: NewTopic): Promise<boolean>;
  close(): Promise<void>;
}
