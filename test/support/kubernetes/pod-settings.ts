// A pod of the chart or of the overlays -> what its program is given: words, variables, configuration and files, with a folder of this machine
// in place of the pod's own.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { makeCertificates } from "../real-certificates.ts";
import type { Container, KubeObject, Pod, Volume } from "./kube-objects.ts";

const PASSPHRASE = "hunter2-hunter2";

const configMap = z.looseObject({ data: z.record(z.string(), z.string()) });

/** What operators put into the Secrets that they name. */
export interface SecretTexts {
  /** `of`: the Secret, and all keys of it that the pod gets. */
  readonly text: (key: string, of: { readonly name: string; readonly keys: readonly string[] }) => string;
}

/** Certificates and keys are real: squall reads them. */
export function secretTexts(openssl: string, folder: string): SecretTexts {
  const { ca } = makeCertificates(openssl, folder);
  const pem = readFileSync(join(folder, "key-store.pem"), "utf8");
  const certificate = readFileSync(join(folder, "server.pem"), "utf8");
  const encrypted = execFileSync(openssl, ["pkcs8", "-topk8", "-v2", "aes256", "-passout", `pass:${PASSPHRASE}`], {
    input: pem,
    encoding: "utf8",
  });
  const webhookKey = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const text: SecretTexts["text"] = (key, { keys }) => {
    if (/^ca[.-]/u.test(key)) return ca;
    if (key.endsWith(".crt")) return certificate;
    if (key.endsWith(".key")) return keys.includes("passphrase") ? encrypted : pem;
    if (key.endsWith("-url")) return "https://hooks.example.org/squall";
    if (key === "oncall-key") return webhookKey;
    return key === "passphrase" ? PASSPHRASE : PASSPHRASE.repeat(3);
  };
  return { text };
}

export interface PodSettings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly config: string;
}

/** Writes what is mounted beneath `folder`. Throws where a volume that is mounted is none. */
export function podSettings(
  { spec, of }: Pod,
  container: Container,
  {
    objects,
    folder,
    secrets,
  }: { readonly objects: readonly KubeObject[]; readonly folder: string; readonly secrets: SecretTexts },
): PodSettings {
  const here = (text: string): string => text.replaceAll(/\/(?=run\/squall\/|etc\/squall\/)/gu, `${folder}/`);
  for (const { name, mountPath } of container.volumeMounts) {
    const volume = spec.volumes.find((one) => one.name === name);
    if (volume === undefined) throw new Error(`${of.metadata.name}: nothing is mounted at ${mountPath}`);
    for (const [file, text] of filesOf(volume, objects, secrets)) {
      const path = join(folder, mountPath, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, here(text));
    }
  }
  return {
    args: container.args.map(here),
    env: Object.fromEntries(container.env.map(({ name, value }) => [name, here(value)])),
    config: join(folder, "etc/squall/squall.yaml"),
  };
}

/** Keys of a Secret that is mounted whole are not known here: those that the values name. */
const RECEIVER_FILES = ["oncall-url", "oncall-key", "phone-url", "phone-authorization", "heartbeat-url"];

function filesOf(volume: Volume, objects: readonly KubeObject[], secrets: SecretTexts): [string, string][] {
  const { secret, configMap: map } = volume;
  if (secret !== undefined) {
    const keys = secret.items ?? RECEIVER_FILES.map((key) => ({ key, path: key }));
    const of = { name: secret.secretName, keys: keys.map(({ key }) => key) };
    return keys.map(({ key, path }) => [path, secrets.text(key, of)]);
  }
  if (map === undefined) return [];
  const found = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === map.name);
  if (found !== undefined) return Object.entries(configMap.parse(found).data);
  return (map.items ?? []).map(({ key, path }) => [path, secrets.text(key, { name: map.name, keys: [key] })]);
}
