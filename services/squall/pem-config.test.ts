import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { realPart } from "../../test/support/real-part.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import { loadServiceConfiguration } from "./configuration.ts";
import type { TlsSettings } from "./service-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-pem-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const file = (name: string): string => join(folder, name);

function makePair(openssl: string, name: string, passphrase?: string): void {
  const lock = passphrase === undefined ? ["-nodes"] : ["-passout", `pass:${passphrase}`];
  const files = ["-keyout", file(`${name}.key`), "-out", file(`${name}.crt`)];
  const made = spawnSync(openssl, ["req", "-x509", ...CURVE, "-days", "3", "-subj", `/CN=${name}`, ...lock, ...files]);
  expect(made.status).toBe(0);
}

async function tlsOf(ssl: Readonly<Record<string, string>>): Promise<TlsSettings | string | undefined> {
  const env: Record<string, string> = {
    SQUALL_KAFKA_BROKERS: "kafka:9093",
    SQUALL_KAFKA_SECURITY_PROTOCOL: "SSL",
  };
  for (const [name, value] of Object.entries(ssl)) env[`SQUALL_KAFKA_SSL_${name}`] = value;
  try {
    const { kafka } = await loadServiceConfiguration({}, env, "ingest");
    return kafka.tls;
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, "");
    throw error;
  }
}

test("certificates and keys that openssl made, and pairs that are none", async (context) => {
  const openssl = realPart("openssl", context);
  makePair(openssl, "one");
  makePair(openssl, "two");
  makePair(openssl, "locked", "hunter2");
  writeFileSync(file("both.crt"), ["one", "two"].map((name) => readFileSync(file(`${name}.crt`), "utf8")).join("\n"));
  writeFileSync(file("phrase"), "hunter2\n", { mode: 0o600 });

  const plain = await tlsOf({ CA: file("both.crt"), CERTIFICATE: file("one.crt"), KEY: file("one.key") });
  expect(plain).toMatchObject({
    certificate: readFileSync(file("one.crt"), "utf8").trimEnd(),
    keyPassphrase: undefined,
  });
  expect(plain).toHaveProperty("ca", readFileSync(file("both.crt"), "utf8").trimEnd());
  expect(typeof plain === "object" ? plain.key?.reveal() : plain).toBe(readFileSync(file("one.key"), "utf8").trimEnd());
  expect(JSON.stringify(plain)).not.toContain("PRIVATE KEY");

  const locked = { CERTIFICATE: file("locked.crt"), KEY: file("locked.key") };
  const opened = await tlsOf({ ...locked, KEY_PASSPHRASE_FILE: file("phrase") });
  expect(typeof opened === "object" ? opened.keyPassphrase?.reveal() : opened).toBe("hunter2");
  expect(await tlsOf(locked)).toBe(
    "SQUALL_KAFKA_SSL_KEY: cannot be read: if it is encrypted, set keyPassphrase or keyPassphraseFile",
  );
  expect(await tlsOf({ ...locked, KEY_PASSPHRASE: "hunter3" })).toBe(
    "SQUALL_KAFKA_SSL_KEY: cannot be read: perhaps its passphrase is another one",
  );
  expect(await tlsOf({ CERTIFICATE: file("one.crt"), KEY: file("two.key") })).toBe(
    "SQUALL_KAFKA_SSL_KEY: is not the key of the certificate",
  );
  expect(await tlsOf({ CERTIFICATE: file("one.key"), KEY: file("one.crt") })).toBe(
    "SQUALL_KAFKA_SSL_CERTIFICATE: one.key: holds no certificates in PEM\nSQUALL_KAFKA_SSL_KEY: one.crt: holds no private key in PEM",
  );
});

test("nothing is shown, and the roots of Node are trusted", async () => {
  expect(await tlsOf({})).toEqual({ ca: undefined, certificate: undefined, key: undefined, keyPassphrase: undefined });
});
