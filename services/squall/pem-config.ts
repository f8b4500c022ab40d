// Paths of PEM files in the configuration -> their texts, once it is clear that they hold what they should.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { Secret } from "../../shared/domain/secret.ts";
import type { ReadSecret } from "./secret-config.ts";

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;
const KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/u;

/** Is there at least one, and can each be read? */
function areCertificates(text: string): boolean {
  const found = text.match(CERTIFICATES) ?? [];
  return found.length > 0 && found.every((one) => certificateOf(one) !== undefined);
}

function certificateOf(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

/** Path of a file with certificates; read as its text. */
export function certificatesFile(read: ReadSecret) {
  return pemFile((path) => read?.(path, "certificates"), {
    holds: areCertificates,
    fault: "holds no certificates in PEM",
  });
}

/** Path of a file with a private key; read as its text. */
export function privateKeyFile(read: ReadSecret) {
  const file = pemFile((path) => read?.(path), {
    holds: (text) => KEY.test(text),
    fault: "holds no private key in PEM",
  });
  return file.transform((text) => new Secret(text));
}

function pemFile(
  read: (path: string) => ReturnType<NonNullable<ReadSecret>> | undefined,
  { holds, fault }: { readonly holds: (text: string) => boolean; readonly fault: string },
) {
  return z
    .string()
    .min(1)
    .transform((path, context) => {
      const file = read(path) ?? { text: "" };
      const isUnread = "text" in file && file.text === "";
      const message = "fault" in file ? file.fault : isUnread || holds(file.text) ? undefined : fault;
      if (message !== undefined) context.addIssue({ code: "custom", message: `${path}: ${message}` });
      return "text" in file ? file.text : "";
    });
}

/** Why a certificate cannot be shown with this key; undefined when it can, or when the files were not read. */
export function keyPairFault(certificate: string, key: Secret, passphrase: Secret | undefined): string | undefined {
  if (certificate === "" || key.reveal() === "") return undefined;
  try {
    const passphraseText = passphrase?.reveal();
    const options = passphraseText === undefined ? {} : { passphrase: passphraseText };
    const opened = createPrivateKey({ key: key.reveal(), format: "pem", ...options });
    return certificateOf(certificate)?.checkPrivateKey(opened) === false
      ? "is not the key of the certificate"
      : undefined;
  } catch {
    return passphrase === undefined
      ? "cannot be read: if it is encrypted, set keyPassphrase or keyPassphraseFile"
      : "cannot be read: perhaps its passphrase is another one";
  }
}
