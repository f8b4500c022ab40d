// `console:` of the configuration -> where the live page is, and who may look at it.

import { z } from "zod";
import { Secret } from "../../shared/domain/secret.ts";
import { isLoopback, type ListenAddress } from "../../shared/runtime/listen-address.ts";
import { listenAddressOrOff } from "./config-values.ts";
import { between } from "./receiver-config.ts";
import { inFile, type ReadSecret, secretText, type SecretKind, secretUnread } from "./secret-config.ts";

export interface ConsoleSettings {
  /** Undefined: off. */
  readonly address: ListenAddress | undefined;
  readonly token: Secret | undefined;
}

const TOKEN_CHARS_MIN = 16;

/** One that cannot be guessed. */
const pageToken: SecretKind<Secret> = secretText((text) =>
  text.length < TOKEN_CHARS_MIN
    ? `is too short to keep anybody out: ${TOKEN_CHARS_MIN} characters or more (openssl rand -base64 24)`
    : new Secret(text),
);

export const DEFAULT_CONSOLE_ADDRESS = "127.0.0.1:9465";

/** `read`: reads the file with the token. */
export function consoleConfig(read: ReadSecret) {
  const fields = z.strictObject({
    address: listenAddressOrOff
      .prefault(DEFAULT_CONSOLE_ADDRESS)
      .describe("The live page and its API; off: none. SQUALL_CONSOLE_ADDRESS."),
    token: pageToken
      .exactOptional()
      .describe("Asked of whoever looks; needed where the address is not this machine's alone. SQUALL_CONSOLE_TOKEN."),
    tokenFile: inFile(pageToken, read, secretUnread)
      .exactOptional()
      .describe("File that holds the token, instead of token. SQUALL_CONSOLE_TOKEN_FILE."),
  });
  const [once, onceWhen] = between((given) => !(Object.hasOwn(given, "token") && Object.hasOwn(given, "tokenFile")));
  const [guarded, guardedWhen] = between(isGuarded);
  return fields
    .refine(once, { error: "cannot stand beside token: give one of them", path: ["tokenFile"], ...onceWhen })
    .refine(guarded, {
      error:
        "is needed where the page can be seen from other machines: set token or tokenFile, SQUALL_CONSOLE_TOKEN or SQUALL_CONSOLE_TOKEN_FILE",
      path: ["token"],
      ...guardedWhen,
    })
    .prefault({});
}

function isGuarded(fields: { readonly address?: ListenAddress | undefined }): boolean {
  const { address } = fields;
  const isOpen = address !== undefined && !isLoopback(address);
  return !isOpen || Object.hasOwn(fields, "token") || Object.hasOwn(fields, "tokenFile");
}

export function consoleSettings(given: z.output<ReturnType<typeof consoleConfig>>): ConsoleSettings {
  return { address: given.address, token: given.token ?? given.tokenFile };
}
