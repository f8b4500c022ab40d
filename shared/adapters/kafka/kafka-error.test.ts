import { describe, expect, test } from "vitest";
import { UnpackError } from "./unpackers.ts";
import { isLoginRefused, isUndecodable, isUnknownTopic, logErrorOf } from "./kafka-error.ts";

/** An error as kafkajs makes it: what a broker answered has a type. */
function kafkaError(name: string, message: string, type?: string): Error {
  return Object.assign(new Error(message), { name, ...(type === undefined ? {} : { type }) });
}

function protocolError(type: string): Error {
  return kafkaError("KafkaJSProtocolError", type, type);
}

/** As kafkajs hands on what it has tried several times. */
function tried(cause: Error): Error {
  return Object.assign(new Error(cause.message, { cause }), { name: "KafkaJSNumberOfRetriesExceeded" });
}

/** Errors of several topics or partitions of one call. */
function several(...errors: Error[]): Error {
  return Object.assign(new Error("Topic creation errors"), { name: "KafkaJSAggregateError", errors });
}

const noLogin = kafkaError("KafkaJSSASLAuthenticationError", "no");
const cutOff = kafkaError("KafkaJSConnectionError", "Closed connection");

describe("what an error of kafkajs means", () => {
  test.each([
    [protocolError("INVALID_PRODUCER_EPOCH"), "fenced"],
    [protocolError("TOPIC_AUTHORIZATION_FAILED"), "refused"],
    [several(protocolError("INVALID_REPLICATION_FACTOR")), "refused"],
    [protocolError("POLICY_VIOLATION"), "refused"],
    [tried(protocolError("GROUP_AUTHORIZATION_FAILED")), "refused"],
    [noLogin, "refused"],
    [tried(cutOff), "unreachable"],
    [tried(Object.assign(kafkaError("KafkaJSConnectionError", "x"), { code: "SELF_SIGNED_CERT_IN_CHAIN" })), "refused"],
    [tried(Object.assign(kafkaError("KafkaJSConnectionError", "x"), { code: "ECONNREFUSED" })), "unreachable"],
    [new UnpackError("zstd: x"), "refused"],
  ])("%o", (error, fault) => {
    expect(logErrorOf(error, "unreachable").fault).toBe(fault);
  });

  test("a login that is refused is not a right that is missing", () => {
    expect(isLoginRefused(logErrorOf(noLogin, "unreachable"))).toBe(true);
    expect(isLoginRefused(protocolError("ILLEGAL_SASL_STATE"))).toBe(true);
    expect(isLoginRefused(protocolError("TOPIC_AUTHORIZATION_FAILED"))).toBe(false);
  });

  test("a topic that is not there", () => {
    expect(isUnknownTopic(tried(protocolError("UNKNOWN_TOPIC_OR_PARTITION")))).toBe(true);
    expect(isUnknownTopic(protocolError("TOPIC_AUTHORIZATION_FAILED"))).toBe(false);
  });

  test.each([
    ["a codec that fails", tried(new RangeError("unknown frame")), true],
    ["a codec that is not known", tried(kafkaError("KafkaJSNotImplemented", "ZSTD")), true],
    ["a connection that is lost", tried(cutOff), false],
    ["a right that is missing", protocolError("TOPIC_AUTHORIZATION_FAILED"), false],
    ["anything else of kafkajs", kafkaError("KafkaJSNonRetriableError", "x"), false],
  ])("undecodable: %s", (_, error, undecodable) => {
    expect(isUndecodable(error)).toBe(undecodable);
  });
});
