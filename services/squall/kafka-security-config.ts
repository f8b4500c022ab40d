// `kafka.securityProtocol`, `kafka.sasl` and `kafka.ssl` of the configuration, named as the Java client names them, and what they ask of each other.

import { z } from "zod";
import { keyPairFault, certificatesFile, privateKeyFile } from "./pem-config.ts";
import { between } from "./receiver-config.ts";
import type { ReadSecret } from "./secret-config.ts";
import { credential, inFile, secretUnread } from "./secret-config.ts";
import { defaultKafkaSettings, SASL_MECHANISMS, SECURITY_PROTOCOLS } from "./service-settings.ts";

/** One of some words, in capitals or not, as it stands in `words`. */
function wordOf<const Words extends readonly string[]>(words: Words) {
  const capitals = words.map((word) => word.toUpperCase());
  // Both ways for the published schema; the program takes any mixture.
  const written = [...new Set([...capitals, ...words.map((word) => word.toLowerCase())])];
  return z
    .string()
    .meta({ enum: written })
    .transform((text, context): Words[number] => {
      const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
      if (found !== undefined) return found;
      context.addIssue({ code: "custom", message: `expected one of ${capitals.join(", ")}` });
      return z.NEVER;
    });
}

export const securityProtocol = wordOf(SECURITY_PROTOCOLS)
  .prefault(defaultKafkaSettings.securityProtocol)
  .describe("PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL. SQUALL_KAFKA_SECURITY_PROTOCOL.");

export function saslConfig(read: ReadSecret) {
  const [one, when] = between((fields) => !(has(fields, "password") && has(fields, "passwordFile")));
  return z
    .strictObject({
      mechanism: wordOf(SASL_MECHANISMS).exactOptional().describe("PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."),
      username: z.string().min(1).max(1024).exactOptional(),
      password: credential.exactOptional(),
      passwordFile: inFile(credential, read, secretUnread)
        .exactOptional()
        .describe("File that holds the password, instead of password."),
    })
    .refine(one, { error: "cannot stand beside password: give one of them", path: ["passwordFile"], ...when });
}

export function sslConfig(read: ReadSecret) {
  const [one, when] = between((fields) => !(has(fields, "keyPassphrase") && has(fields, "keyPassphraseFile")));
  const [hasKey] = between((fields) => has(fields, "key") || !has(fields, "certificate"));
  const [hasCertificate] = between((fields) => has(fields, "certificate") || !has(fields, "key"));
  const [opens] = between(
    (fields) =>
      ["key", "certificate"].some((name) => has(fields, name)) ||
      !["keyPassphrase", "keyPassphraseFile"].some((name) => has(fields, name)),
  );
  return z
    .strictObject({
      ca: certificatesFile(read).exactOptional().describe("Who signed the brokers' certificates."),
      certificate: certificatesFile(read).exactOptional().describe("Squall's own, where brokers ask for one."),
      key: privateKeyFile(read).exactOptional().describe("The key of that certificate."),
      keyPassphrase: credential.exactOptional().describe("Opens the key, if it is encrypted."),
      keyPassphraseFile: inFile(credential, read, secretUnread).exactOptional(),
    })
    .refine(hasKey, { error: "is needed: a certificate is shown with its key", path: ["key"], ...when })
    .refine(hasCertificate, { error: "is needed: a key is of no use without it", path: ["certificate"], ...when })
    .refine(opens, { error: "is needed: there is a passphrase and nothing to open", path: ["key"], ...when })
    .refine(one, { error: "cannot stand beside keyPassphrase: give one of them", path: ["keyPassphraseFile"], ...when })
    .superRefine(({ certificate, key, keyPassphrase, keyPassphraseFile }, context) => {
      if (certificate === undefined || key === undefined) return;
      const message = keyPairFault(certificate, key, keyPassphrase ?? keyPassphraseFile);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["key"], message });
    });
}

interface SecurityRule {
  readonly holds: (kafka: object) => boolean;
  readonly error: string;
  readonly path: string[];
}

/** Rules between the protocol and the rest. A protocol that is none has its own fault, and breaks no rule. */
export const SECURITY_RULES: readonly SecurityRule[] = [
  {
    holds: (kafka) => !isSasl(kafka) || has(partOf(kafka, "sasl"), "mechanism"),
    error: `is needed to log in: ${SASL_MECHANISMS.join(", ")}`,
    path: ["sasl", "mechanism"],
  },
  {
    holds: (kafka) => !isSasl(kafka) || has(partOf(kafka, "sasl"), "username"),
    error: "is needed to log in",
    path: ["sasl", "username"],
  },
  {
    holds: (kafka) => !isSasl(kafka) || ["password", "passwordFile"].some((name) => has(partOf(kafka, "sasl"), name)),
    error: "is needed to log in: set it, or passwordFile",
    path: ["sasl", "password"],
  },
  {
    holds: (kafka) => !has(kafka, "sasl") || !["plaintext", "ssl"].includes(protocolOf(kafka)),
    error: "does not log in, though there are settings of sasl: write SASL_SSL, or SASL_PLAINTEXT",
    path: ["securityProtocol"],
  },
  {
    holds: (kafka) => !has(kafka, "ssl") || !["plaintext", "sasl_plaintext"].includes(protocolOf(kafka)),
    error: "uses no TLS, though there are settings of ssl: write SSL, or SASL_SSL",
    path: ["securityProtocol"],
  },
];

function isSasl(kafka: object): boolean {
  return protocolOf(kafka).startsWith("sasl_");
}

function protocolOf(kafka: object): string {
  const given: unknown = "securityProtocol" in kafka ? kafka.securityProtocol : "";
  return typeof given === "string" ? given : "";
}

function partOf(fields: object, name: string): object {
  const part: unknown = new Map<string, unknown>(Object.entries(fields)).get(name);
  return typeof part === "object" && part !== null ? part : {};
}

function has(fields: object, name: string): boolean {
  return Object.hasOwn(fields, name);
}
