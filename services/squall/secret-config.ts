// Settings that must not be shown: URLs of web hooks, keys, values of headers; written in the configuration or in a file of their own.

import { z } from "zod";
import { signingKey as keyOf } from "../alerter/signature.ts";
import { Secret, secretUrl } from "../../shared/domain/secret.ts";

/** What a file with a secret holds, without the line break at its end; or why it cannot be read. */
export type SecretFile = { readonly text: string } | { readonly fault: string };
/** `holds`: certificates are no secret, and may be many. Undefined: files are not to be read; what stands in them is taken to be right. */
export type ReadSecret = ((path: string, holds?: "certificates") => SecretFile) | undefined;

/** Of whom files are read: a command reads only those of the parts that it has. */
export interface FileReads {
  /** Web hooks and the heartbeat. */
  readonly receivers?: ReadSecret;
  readonly kafka?: ReadSecret;
  readonly influx?: ReadSecret;
  readonly pseudonym?: ReadSecret;
  readonly console?: ReadSecret;
}

/** A kind of secret as it is written, and what is made of it. */
export type SecretKind<Value> = z.ZodPipe<z.ZodString, z.ZodTransform<Value, string>>;

const URL_CHARS_MAX = 4096;
/** The new one and the old. */
export const KEYS_MAX = 2;
const MAKE_ONE = 'make one with: echo "whsec_$(openssl rand -base64 32)"';
/** Visible ASCII, and spaces and tabs within. */
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/u;
/** Stands for what is not read, and breaks no rule. */
const UNREAD = "https://unread.invalid/";

/** JSON Schema's own word for what is written and never shown again. */
const writeOnly = { writeOnly: true };

export function secretText<Value>(make: (text: string) => Value | string, format?: string): SecretKind<Value> {
  const text = z.string().meta({ ...writeOnly, ...(format === undefined ? {} : { format }) });
  return text.transform((given, context) => {
    const made = make(given);
    if (typeof made !== "string") return made;
    context.addIssue({ code: "custom", message: made });
    return z.NEVER;
  });
}

export const httpUrl: SecretKind<Secret> = secretText((text) => {
  const url = text.length > URL_CHARS_MAX || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return "is no URL that can be called: write http://… or https://…";
  }
  if (url.username !== "" || url.password !== "") {
    return "must not hold a name or a password: send them in a header, as Authorization";
  }
  return secretUrl(url);
}, "uri");

/** A key of Standard Webhooks. */
export const signingKey: SecretKind<Secret> = secretText((text) => {
  if (keyOf(text) !== undefined) return new Secret(text);
  return `is no key of Standard Webhooks ("whsec_" and base64 of 24 to 64 bytes): ${MAKE_ONE}`;
});

/** One key a line. */
export const signingKeys: SecretKind<readonly Secret[]> = secretText((text) => {
  const made = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => signingKey.safeParse(line.trim()));
  const wrong = made.find(({ success }) => !success);
  if (wrong?.error !== undefined) return wrong.error.issues[0]?.message ?? "is no key";
  if (made.length > KEYS_MAX) return `holds more than ${KEYS_MAX} keys`;
  return made.length === 0 ? "is empty" : made.flatMap(({ data }) => data ?? []);
});

export const headerValue: SecretKind<Secret> = secretText((text) =>
  HEADER_VALUE.test(text) ? new Secret(text) : "can be no header's value: one line of visible ASCII",
);

/** A password or a token, as another program made it. */
export const credential: SecretKind<Secret> = secretText((text) =>
  text === "" ? "must not be empty" : new Secret(text),
);

/** The path of a file that holds a secret of a kind. */
export function inFile<Value>(kind: SecretKind<Value>, read: ReadSecret, unread: Value): SecretKind<Value> {
  return z
    .string()
    .min(1)
    .transform((path, context) => {
      if (read === undefined) return unread;
      const file = read(path);
      const fault = (message: string): never => {
        context.addIssue({ code: "custom", message });
        return z.NEVER;
      };
      if ("fault" in file) return fault(`${path}: ${file.fault}`);
      const value = kind.safeParse(file.text);
      return value.success ? value.data : fault(`${path}: its text ${value.error.issues[0]?.message ?? "is wrong"}`);
    });
}

export const urlUnread: Secret = secretUrl(new URL(UNREAD));
export const secretUnread: Secret = new Secret("");
