// What kafkajs throws -> what it means to whoever reads and writes.

import { LogError, type LogFault } from "../../runtime/topic-log.ts";
import { UnpackError } from "./unpackers.ts";

/** Protocol errors that mean that another writer has the id now. */
const FENCED = new Set(["INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED", "INVALID_PRODUCER_ID_MAPPING"]);

/** Trying again changes nothing. */
const REFUSED = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
  "SECURITY_DISABLED",
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_SESSION_TIMEOUT",
  "INVALID_TRANSACTION_TIMEOUT",
  "UNSUPPORTED_COMPRESSION_TYPE",
  "INCONSISTENT_GROUP_PROTOCOL",
  "INVALID_RECORD",
  "INVALID_PARTITIONS",
  "INVALID_REPLICATION_FACTOR",
  "INVALID_CONFIG",
  "POLICY_VIOLATION",
]);

/** What Node says of a certificate that it does not trust. */
const NOT_TRUSTED = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** `otherwise`: what it is where the error does not say. */
export function logErrorOf(error: unknown, otherwise: Extract<LogFault, "unknown" | "unreachable">): LogError {
  if (error instanceof LogError) return error;
  const causes = causesOf(error);
  const message = causes.at(-1)?.message ?? String(error);
  const types = causes.map(({ type }) => type);
  if (types.some((type) => FENCED.has(type))) return new LogError("fenced", message, { cause: error });
  const isRefused =
    types.some((type) => REFUSED.has(type)) ||
    causes.some(({ name, code }) => name === "KafkaJSSASLAuthenticationError" || NOT_TRUSTED.has(code)) ||
    isUnpackFault(error);
  return new LogError(isRefused ? "refused" : otherwise, message, { cause: error });
}

/** A batch came that cannot be unpacked: it will be the same the next time. */
export function isUnpackFault(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < CAUSES_MAX; at = under(at), depth += 1) {
    if (at instanceof UnpackError) return true;
  }
  return false;
}

/** Is it, or does under it lie, this error of the protocol? */
export function hasErrorType(error: unknown, type: string): boolean {
  return causesOf(error).some((cause) => cause.type === type);
}

/** That there is no such topic; where it may not be seen, the answer is another. */
export function isUnknownTopic(error: unknown): boolean {
  return causesOf(error).some(({ type }) => type === "UNKNOWN_TOPIC_OR_PARTITION");
}

/** Name, password or mechanism, or that there is a login at all. */
export function isLoginRefused(error: unknown): boolean {
  return causesOf(error).some(({ name, type }) => name === "KafkaJSSASLAuthenticationError" || type.includes("SASL"));
}

/** That no broker says who looks after a group or an id. */
export function isWithoutCoordinator(error: unknown): boolean {
  return causesOf(error).some(({ name }) => name === "KafkaJSGroupCoordinatorNotFound");
}

/** That a broker is only getting ready. */
export function isPassing(error: unknown): boolean {
  return causesOf(error).some(({ type }) => PASSING.has(type));
}

const PASSING = new Set([
  "LEADER_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
]);

/** That records came and could not be unpacked: a codec that is not known, or one that finds its data wrong. */
export function isUndecodable(error: unknown): boolean {
  const { name = "", type = "" } = causesOf(error).at(-1) ?? {};
  // What a codec throws is no error of kafkajs's own, nor of a socket: those come wrapped in a connection error.
  return type === "" && (UNDECODABLE.has(name) || !name.startsWith("KafkaJS"));
}

const UNDECODABLE = new Set(["KafkaJSNotImplemented", "KafkaJSUnsupportedMagicByteInMessageSet"]);

interface Cause {
  readonly name: string;
  /** Of the protocol; "" where it is no answer of a broker. */
  readonly type: string;
  /** Of the system; "" where it has none. */
  readonly code: string;
  readonly message: string;
}

const CAUSES_MAX = 10;

/** The error and what lies under it, the outermost first. */
function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let at = error; at instanceof Error && causes.length < CAUSES_MAX; at = under(at)) {
    const type = "type" in at && typeof at.type === "string" ? at.type : "";
    const code = "code" in at && typeof at.code === "string" ? at.code : "";
    causes.push({ name: at.name, type, code, message: at.message });
  }
  return causes;
}

function under(error: Error): unknown {
  if (error.cause !== undefined) return error.cause;
  // Only the first of several says what it is; they are of one call.
  if ("errors" in error && Array.isArray(error.errors)) return error.errors[0];
  return "originalError" in error ? error.originalError : undefined;
}
