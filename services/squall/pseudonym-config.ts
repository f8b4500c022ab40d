// `pseudonym:` of the configuration: whether the services call people by keyed pseudonyms, and the key.

import { z } from "zod";
import { Secret } from "../../shared/domain/secret.ts";
import { PSEUDONYM_KEY_CHARS_MIN } from "../assembler/pseudonyms.ts";
import { between } from "./receiver-config.ts";
import type { ReadSecret } from "./secret-config.ts";
import { inFile, secretText, secretUnread } from "./secret-config.ts";

const KEY_CHARS_MAX = 1024;
export const MAKE_A_KEY = "make one with: openssl rand -base64 32";
/** What white space at an end would be is not the same in a file, in YAML and in a variable. */
const KEY_TEXT = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/u;

const pseudonymKey = secretText((text) => {
  if (text.length < PSEUDONYM_KEY_CHARS_MIN) {
    return `is shorter than ${PSEUDONYM_KEY_CHARS_MIN} characters, and might be guessed: ${MAKE_A_KEY}`;
  }
  if (text.length > KEY_CHARS_MAX || !KEY_TEXT.test(text)) {
    return `must be one line of visible ASCII, up to ${KEY_CHARS_MAX} characters: ${MAKE_A_KEY}`;
  }
  return new Secret(text);
});

export function pseudonymConfig(read: ReadSecret) {
  const [one, when] = between((fields) => !(Object.hasOwn(fields, "key") && Object.hasOwn(fields, "keyFile")));
  return z
    .strictObject({
      people: z
        .boolean()
        .default(true)
        .describe("People are pseudonyms behind the assembler; false: addresses in clear. Lists are always in clear."),
      key: pseudonymKey
        .exactOptional()
        .describe("What pseudonyms are made with; another key makes everybody somebody else. SQUALL_PSEUDONYM_KEY."),
      keyFile: inFile(pseudonymKey, read, secretUnread)
        .exactOptional()
        .describe("File that holds the key, instead of key. SQUALL_PSEUDONYM_KEY_FILE."),
    })
    .refine(one, { error: "cannot stand beside key: give one of them", path: ["keyFile"], ...when })
    .prefault({});
}
