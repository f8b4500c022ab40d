// The services on a Kafka with TLS, logins and ACLs: each with the rights that docs/services.md gives it, and none besides; what a wrong
// password and a wrong authority come to; and no secret in anything that is said.

import { randomUUID } from "node:crypto";
import { expect, test, type TestContext, vi } from "vitest";
import { createKafkaTopicLog } from "../../shared/adapters/kafka/kafka-topic-log.ts";
import { STAGES } from "../../shared/domain/topics.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { startFakeInflux } from "../support/fake-influx.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { type RealKafka, sharedRealKafka } from "../support/real-kafka.ts";
import { documentedRights } from "../support/services/documented-rights.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { ServiceSite } from "../support/services/service-site.ts";
import { ANY_PORT, StatusPage } from "../support/services/status-page.ts";
import { squall } from "./squall-process.ts";

const TOLD_MS = 60_000;
const TEST_MS = 240_000;
const USERS = Object.fromEntries(
  [...STAGES, "console", "shipper", "operator"].map((name) => [name, `secret-of-${name}`]),
);
// Five processes and a broker on a machine that has others to do.
vi.setConfig({ testTimeout: TEST_MS });
const kafkaFor = sharedRealKafka({ tls: true, users: USERS, acls: true });
const closers = closersAfterEach();

type Variables = Readonly<Record<string, string>>;

function loginOf(user: string, mechanism = "SCRAM-SHA-512", password = USERS[user] ?? ""): Variables {
  return {
    SQUALL_KAFKA_SASL_MECHANISM: mechanism,
    SQUALL_KAFKA_SASL_USERNAME: user,
    SQUALL_KAFKA_SASL_PASSWORD: password,
  };
}

interface Place {
  readonly prefix: string;
  readonly site: ServiceSite;
  readonly log: TopicLog;
  /** How a command reaches the brokers, without a login. */
  readonly reach: Variables;
}

async function place(context: TestContext): Promise<Place> {
  const kafka = await kafkaFor(context);
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const tls = {
    SQUALL_KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
    SQUALL_KAFKA_SSL_CA: kafka.certificates?.caFile ?? "",
  };
  const common = { prefix, site: "corp", partitions: 2, processes: {} };
  const site = await ServiceSite.create(kafka, { ...common, env: { ...ANY_PORT, ...tls } });
  closers.push(() => site.close());
  for (const stage of STAGES) await kafka.allow(stage, documentedRights(stage, prefix));
  await kafka.allow("console", documentedRights("console", prefix));
  await kafka.allow("shipper", documentedRights("shippers", prefix));
  await kafka.allow("operator", documentedRights("`squall silence --kafka`", prefix));
  return { prefix, site, log: shipperOn(kafka), reach: { ...tls, SQUALL_KAFKA_BROKERS: kafka.brokers.join(",") } };
}

function shipperOn(kafka: RealKafka): TopicLog {
  const log = createKafkaTopicLog({
    brokers: kafka.brokers,
    clientId: "shipper",
    tls: { ca: kafka.certificates?.ca },
    sasl: { mechanism: "scram-sha-512", username: "shipper", password: USERS["shipper"] ?? "" },
    sessionTimeoutMs: 10_000,
    heartbeatMs: 2_000,
    say: () => undefined,
  });
  closers.push(() => log.close());
  return log;
}

function expectNoSecret(site: ServiceSite): void {
  for (const service of site.services) {
    for (const secret of [...Object.values(USERS), "hunter2", "influx-secret", "a key of tests"]) {
      expect(site.log(service)).not.toContain(secret);
    }
  }
}

/** By a live page that has its rights and no more, and of which doctor finds that they do. */
async function expectOnThePage(list: string, env: Variables): Promise<void> {
  const own = { ...env, ...ANY_PORT, SQUALL_CONSOLE_ADDRESS: "127.0.0.1:0", SQUALL_KAFKA_REPLICATION: "1" };
  const page = new LiveSquall(["console"], own);
  closers.push(async () => void (await page.signal("SIGKILL")));
  await page.says("live page on ");
  const origin = /live page on (http:\/\/[0-9.:]+)/u.exec(page.err)?.[1] ?? "";
  const isShown = async (): Promise<boolean> => (await (await fetch(`${origin}/api/v1/storms`)).text()).includes(list);
  await pollUntil(isShown, { deadlineMs: TOLD_MS, what: "the storm on the live page" });
  const { out } = await squall(["doctor", "--for", "console"], { env: own });
  expect(out.match(/^(?:OK|FAIL) +(?:group|topic) .*/gmu)?.filter((line) => /may/u.test(line))).toEqual([
    expect.stringMatching(/^OK +group \S+\.thread-windows\.console: may be asked/u),
    expect.stringMatching(/^OK +topic \S+\.thread-windows: may be read$/u),
    expect.stringMatching(/^OK +group \S+\.thread-windows\.console: may be asked/u),
    expect.stringMatching(/^OK +topic \S+\.storm-alerts: may be read$/u),
    expect.stringMatching(/^OK +group \S+\.thread-windows\.console: may be asked/u),
    expect.stringMatching(/^OK +topic \S+\.storm-alerts\.alerter-state: may be read$/u),
  ]);
}

test("a storm reaches the web hook and InfluxDB; each service has its rights and no more", async (context) => {
  const { site, log, prefix, reach } = await place(context);
  const influx = await startFakeInflux();
  closers.push(() => influx.close());
  for (const stage of STAGES) {
    const ofRecorder = {
      SQUALL_INFLUX_URL: influx.origin,
      SQUALL_INFLUX_TOKEN: "influx-secret",
      SQUALL_INFLUX_BUCKET: "squall",
      SQUALL_INFLUX_ORG: "squall",
    };
    site.add(stage, { ...loginOf(stage), ...(stage === "recorder" ? ofRecorder : {}) });
  }
  await Promise.all(site.services.map((service) => new StatusPage(service).ready(TOLD_MS)));
  const list = await raiseStorm(log, prefix, 1);
  const isTold = (): boolean => site.receiver.heard.some(({ body }) => body.includes(list));
  await pollUntil(isTold, { deadlineMs: TOLD_MS, what: "the storm to be told" });
  const isStored = (): boolean => [...influx.points.keys()].some((point) => point.includes("storm"));
  await pollUntil(isStored, { deadlineMs: TOLD_MS, what: "the storm to be stored" });
  const on = ["--kafka", "--topic-prefix", prefix];
  const word = ["silence", list, "--for", "1h", "--why", "known"];
  const silenced = await squall([...word, ...on], { env: { ...reach, ...loginOf("operator") } });
  expect(silenced).toMatchObject({ code: 0, err: "" });
  expect(silenced.out).toContain(`Silence 1: nobody is told of storms on ${list}`);
  await expectOnThePage(list, { ...reach, ...loginOf("console"), SQUALL_KAFKA_TOPIC_PREFIX: prefix });
  for (const service of site.services) {
    service.process.expectRunning();
    expect(site.log(service)).not.toMatch(/authoriz|given up|not taken over/iu);
  }
  expectNoSecret(site);
});

test.for(["PLAIN", "SCRAM-SHA-256"])("a login by %s", async (mechanism, context) => {
  const { site } = await place(context);
  await new StatusPage(site.add("assembler", loginOf("assembler", mechanism))).ready();
  expectNoSecret(site);
});

test("refused with words, exit 1: a wrong password, a wrong authority, a right that is missing", async (context) => {
  const { site } = await place(context);
  const password = site.add("ingest", loginOf("ingest", "SCRAM-SHA-512", "hunter2"));
  const plain = site.add("ingest", loginOf("ingest", "PLAIN", "hunter2"));
  // Node knows many authorities, but not this test's.
  const authority = site.add("ingest", { ...loginOf("ingest"), SQUALL_KAFKA_SSL_CA: "" });
  const rights = site.add("ingest", loginOf("detector"));
  const all = [password, plain, authority, rights];
  expect(await Promise.all(all.map(({ process: one }) => one.ended()))).toEqual([1, 1, 1, 1]);
  expect(site.log(password)).toMatch(/^squall ingest: .*SASL SCRAM SHA512 authentication failed/mu);
  expect(site.log(plain)).toMatch(/^squall ingest: .*SASL PLAIN authentication failed/mu);
  expect(site.log(authority)).toMatch(/^squall ingest: .*unable to verify the first certificate/mu);
  expect(site.log(rights)).toMatch(/^squall ingest: .*not authorized/imu);
  expectNoSecret(site);
});
