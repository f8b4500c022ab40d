// The kinds of values a configuration holds: durations, counts, scores, texts, each with its bounds and its message.

import { z } from "zod";
import { parseNetwork } from "../../shared/domain/ip-network.ts";
import { hasUnprintable } from "../../shared/domain/printable-text.ts";
import { decodeWireTime } from "../../shared/domain/wire-time.ts";
import { DURATION_FORMS, parseDuration } from "../../shared/runtime/durations.ts";
import type { ListenAddress } from "../../shared/runtime/listen-address.ts";
import { LISTEN_FORMS, parseListenAddress } from "../../shared/runtime/listen-address.ts";

const durationText = z.string({
  error: (issue) => (issue.input === undefined ? undefined : `write a duration as ${DURATION_FORMS}`),
});
/** For the published schema: what it must look like is said by the message above. */
const durationMeta = { pattern: "^[0-9]{1,12}(ms|s|m|h|d)$" };

/** Written `30s`, read as ms; `least` and `most` are written so too. */
export function duration(least: string, most: string): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  const [leastMs, mostMs] = [parseDuration(least) ?? 0, parseDuration(most) ?? Number.POSITIVE_INFINITY];
  return durationText.meta(durationMeta).transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs === undefined) {
      context.addIssue({ code: "custom", message: `"${shown(text)}" is no duration: write ${DURATION_FORMS}` });
      return z.NEVER;
    }
    if (durationMs < leastMs || durationMs > mostMs) {
      context.addIssue({ code: "custom", message: `"${shown(text)}" is out of range: ${least} to ${most}` });
      return z.NEVER;
    }
    return durationMs;
  });
}

/** A whole number. */
export function whole(least: number, most: number): z.ZodNumber {
  return z.number().int().min(least).max(most);
}

/** Deliveries or people of one list. */
export const count = whole(0, 1_000_000_000);
/** A part of a whole. */
export const share = z.number().min(0).max(1);
/** Evidence in nats: at 0 anything would be a storm, 100 is more than any thread reaches. */
export const score = z.number().min(1).max(100);

/** A name without control characters, as it stands in keys and output. */
export const name = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => !hasUnprintable(text), { error: "must not hold control characters" });

/** A file or a folder, or a pattern of them. */
export const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !hasUnprintable(text), { error: "must not hold control characters" });

/** An IP address, or a network with its prefix length. */
export const network = z.string().refine((text) => parseNetwork(text) !== undefined, {
  error: "is no IP address or network: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
});

export const timeZone = name.refine(isTimeZone, { error: "is no time zone: write an IANA name such as Europe/London" });

/** A point in time, RFC 3339 with a zone, read as ms since the epoch. */
export const instant = z
  .string()
  .meta({ format: "date-time" })
  .transform((text, context) => {
    const at = decodeWireTime(text);
    if (at === undefined) {
      const message = `"${shown(text)}" is no time: write RFC 3339 with a zone, such as 2026-12-24T18:00:00+01:00`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    return at;
  });

const ADDRESS_NEEDED = { error: `write an address to listen on as ${LISTEN_FORMS}` };

/** Where to listen, read as host and port. A port alone may be written as a number. */
export const listenAddress = z
  .union([z.string(), z.number()], ADDRESS_NEEDED)
  .transform((given, context) => addressOf(String(given), context));

/** The same as text only, so that a variable can set it; or "off", read as undefined. */
export const listenAddressOrOff = z
  .string(ADDRESS_NEEDED)
  .transform((text, context) => (text === "off" ? undefined : addressOf(text, context)));

function addressOf(text: string, context: z.core.$RefinementCtx): ListenAddress {
  const address = parseListenAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: "custom", message: `"${shown(text)}" is no address to listen on: write ${LISTEN_FORMS}` });
  return z.NEVER;
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
