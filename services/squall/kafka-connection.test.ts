import { describe, expect, test } from "vitest";
import { Secret } from "../../shared/domain/secret.ts";
import { loadServiceConfiguration } from "./configuration.ts";
import { kafkaConnection } from "./kafka-connection.ts";

const BROKERS = { SQUALL_KAFKA_BROKERS: "kafka:9092" };
const LOGIN = { SQUALL_KAFKA_SASL_USERNAME: "squall", SQUALL_KAFKA_SASL_PASSWORD: "hunter2" };
const say = (): void => undefined;

async function connectionOf(env: Readonly<Record<string, string>>) {
  const { kafka } = await loadServiceConfiguration({}, { ...BROKERS, ...env }, "ingest");
  return kafkaConnection(kafka, say);
}

test("without TLS and without a login", async () => {
  expect(await connectionOf({})).toEqual({
    brokers: ["kafka:9092"],
    clientId: "squall-ingest",
    sessionTimeoutMs: 10_000,
    heartbeatMs: 250,
    say,
    tls: undefined,
    sasl: undefined,
  });
});

describe("logins", () => {
  test.each([
    ["SASL_PLAINTEXT", "PLAIN", "plain", false],
    ["SASL_SSL", "SCRAM-SHA-256", "scram-sha-256", true],
    ["sasl_ssl", "scram-sha-512", "scram-sha-512", true],
  ])("%s with %s", async (protocol, mechanism, want, isTls) => {
    const { sasl, tls } = await connectionOf({
      ...LOGIN,
      SQUALL_KAFKA_SECURITY_PROTOCOL: protocol,
      SQUALL_KAFKA_SASL_MECHANISM: mechanism,
    });
    expect(sasl).toEqual({ mechanism: want, username: "squall", password: "hunter2" });
    expect(tls !== undefined).toBe(isTls);
  });
});

test("certificates, key and passphrase go where TLS takes them", async () => {
  const { kafka } = await loadServiceConfiguration({}, BROKERS, "ingest");
  const tls = {
    ca: "CA",
    certificate: "CERTIFICATE",
    key: new Secret("KEY"),
    keyPassphrase: new Secret("PASSPHRASE"),
  };
  expect(kafkaConnection({ ...kafka, tls }, say).tls).toEqual({
    ca: "CA",
    cert: "CERTIFICATE",
    key: "KEY",
    passphrase: "PASSPHRASE",
  });
});
