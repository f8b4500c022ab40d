// Brokers, login, topics and rights of one service -> findings, told one by one as they are made.

import type { BrokerProbe } from "../../../shared/adapters/kafka/broker-probe.ts";
import type { PlannedTopic } from "../../../shared/domain/topic-plan.ts";
import type { TopicAdmin } from "../../../shared/runtime/topic-admin.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { TopicTrials } from "../../../shared/runtime/topic-trials.ts";
import type { KafkaReader, KafkaSettings } from "../service-settings.ts";
import { plannedTopics, toolContext } from "../topics/planned-topics.ts";
import { checkTopics } from "../topics/topic-check.ts";
import { brokerFindings } from "./broker-check.ts";
import { brokerClockFinding } from "./broker-clock-check.ts";
import type { Finding } from "./finding.ts";
import { loggedIn, notLoggedIn } from "./login-check.ts";
import type { RightsOutcome } from "./rights-check.ts";
import { tryRights } from "./rights-check.ts";
import { statePartitionFindings } from "./state-partitions-check.ts";
import { inputUses, topicsOf, usesThere } from "./topic-uses.ts";

export interface KafkaPorts {
  readonly probeBroker: (broker: string) => Promise<BrokerProbe>;
  readonly admin: TopicAdmin;
  readonly trials: TopicTrials;
  readonly isLoginRefused: (error: LogError) => boolean;
}

export interface KafkaCheckOptions {
  readonly config: { readonly role: KafkaReader; readonly kafka: KafkaSettings };
  readonly ports: KafkaPorts;
  readonly nowMs: () => number;
}

/** Ends early where what comes next cannot be asked. */
export async function* kafkaFindings(options: KafkaCheckOptions): AsyncGenerator<Finding> {
  const { brokers } = options.config.kafka;
  const reached = yield* probed(brokers, false, options);
  if (reached.length === 0) {
    yield notTried("no broker can be reached: topics and rights were not looked at");
    return;
  }
  const told = yield* login(options);
  if (told === undefined) return;
  const others = yield* probed(
    told.filter((broker) => !brokers.includes(broker)),
    true,
    options,
  );
  if (!told.some((broker) => reached.includes(broker) || others.includes(broker))) {
    yield notTried("no broker can be reached where clients are told to call: topics and rights were not looked at");
    return;
  }
  try {
    const there = yield* topics(options);
    yield* rights(options, there);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    yield notTried(`not looked at any further: ${error.message}`);
  }
}

function notTried(text: string): Finding {
  return { level: "fail", subject: "kafka", text };
}

/** Returns those that answer. */
async function* probed(
  brokers: readonly string[],
  isTold: boolean,
  { config, ports, nowMs }: KafkaCheckOptions,
): AsyncGenerator<Finding, readonly string[]> {
  const probes = brokers.map(async (broker) => ({ broker, probe: await ports.probeBroker(broker) }));
  const reached: string[] = [];
  for (const probing of probes) {
    const { broker, probe } = await probing;
    if (probe.fault === undefined) reached.push(broker);
    yield* brokerFindings(broker, probe, { kafka: config.kafka, isTold, nowMs: nowMs() });
  }
  return reached;
}

/** Returns the brokers that clients are told of; undefined: nobody is let in. */
async function* login({ config, ports }: KafkaCheckOptions): AsyncGenerator<Finding, readonly string[] | undefined> {
  try {
    const told = await ports.trials.brokers();
    yield loggedIn(config.kafka);
    return told;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    yield notLoggedIn(error, ports.isLoginRefused(error), config.kafka);
    return undefined;
  }
}

/** Topics of the role; returns the partitions of those that are there and may be looked at. */
async function* topics({
  config: { role, kafka },
  ports,
}: KafkaCheckOptions): AsyncGenerator<Finding, ReadonlyMap<string, number>> {
  const wanted = topicsOf(inputUses(role, kafka));
  const plan = plannedTopics(kafka).filter(({ topic }: PlannedTopic) => wanted.has(topic));
  const tools = toolContext(kafka);
  const user = kafka.sasl?.username;
  const there = new Map<string, number>();
  for await (const { planned, found, findings } of checkTopics({
    plan,
    admin: ports.admin,
    create: false,
    mustSeeSettings: false,
    tools,
    user,
  })) {
    if (found !== undefined) there.set(planned.topic, found.partitions);
    yield* findings;
  }
  return there;
}

async function* rights(options: KafkaCheckOptions, there: ReadonlyMap<string, number>): AsyncGenerator<Finding> {
  const { config, ports, nowMs } = options;
  const { kafka } = config;
  const context = { tools: toolContext(kafka), user: kafka.sasl?.username };
  const outcomes: RightsOutcome[] = [];
  for (const use of usesThere(inputUses(config.role, kafka), (topic) => there.has(topic))) {
    const outcome = await tryRights(use, ports.trials, context);
    yield* outcome.findings;
    outcomes.push(outcome);
    if (use.state === undefined) continue;
    const partitions = there.get(use.input) ?? 0;
    yield* statePartitionFindings({ state: use.state, input: use.input, partitions, newest: outcome.newestOfState });
  }
  if (outcomes.length === 0) return;
  const writes = outcomes.flatMap((outcome) => outcome.writes);
  const newest = outcomes.flatMap(({ newestOfInput }) => newestOfInput);
  yield brokerClockFinding({ writes, newest, nowMs: nowMs() });
}
