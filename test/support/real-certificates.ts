// A certificate authority of the test's own and a server certificate for loopback by it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificates {
  /** The authority's certificate, PEM. */
  readonly ca: string;
  readonly caFile: string;
  /** Private key and certificate chain in one PEM file, as Kafka reads it. */
  readonly keyStore: string;
}

const CONFIG = `[req]
distinguished_name = name
prompt = no
[name]
CN = localhost
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1, DNS:localhost
`;
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Makes them in `folder`, which is made too. `openssl`: the program. */
export function makeCertificates(openssl: string, folder: string): Certificates {
  mkdirSync(folder, { recursive: true });
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("openssl.cnf"), CONFIG);
  const issue = (name: string, extensions: string, ...by: string[]): void => {
    const args = ["req", "-x509", "-config", path("openssl.cnf"), "-extensions", extensions, ...NEW_KEY, ...by];
    execFileSync(openssl, [...args, "-keyout", path(`${name}.key`), "-out", path(`${name}.pem`)], { stdio: "pipe" });
  };
  issue("ca", "authority", "-subj", "/CN=squall test authority");
  issue("server", "server", "-CA", path("ca.pem"), "-CAkey", path("ca.key"));
  const read = (name: string): string => readFileSync(path(name), "utf8");
  writeFileSync(path("key-store.pem"), read("server.key") + read("server.pem"));
  return { ca: read("ca.pem"), caFile: path("ca.pem"), keyStore: path("key-store.pem") };
}
