// address or login -> a keyed pseudonym: the same for the same person as long as the key is, and of no use to who has not the key.

import { createHmac } from "node:crypto";
import type { People } from "./mail-event-from-mail.ts";

/** Characters; a shorter one might be guessed. `openssl rand -base64 32` makes 44. */
export const PSEUDONYM_KEY_CHARS_MIN = 32;

/** RFC 4648, lower case. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** 80 bits: two of ten million people share a pseudonym once in 24 billion installations. */
const PSEUDONYM_BYTES = 10;

export const defaultPseudonymSettings = {
  /** Persons remembered with their pseudonyms, at most. */
  rememberedMax: 100_000,
} as const;

export interface PseudonymSettings {
  /** Its bytes in UTF-8 are the key of the HMAC. */
  readonly key: string;
  readonly allowSubject: boolean;
  readonly rememberedMax: number;
}

export interface PseudonymCounters {
  /** Pseudonyms worked out, since nobody remembered them. */
  made: number;
  /** Remembered no more, for want of room; they are worked out again when they are wanted. */
  forgotten: number;
}

export interface Pseudonyms extends People {
  readonly counters: Readonly<PseudonymCounters>;
}

/**
 * People by pseudonym: `p-` and 16 characters of HMAC-SHA256 over the address as it is given, lower case. Lists are not people
 * and stay in clear. With another key everybody is somebody else: that is how all of them are forgotten at once.
 */
export function createPseudonyms({ key, allowSubject, rememberedMax }: PseudonymSettings): Pseudonyms {
  const counters: PseudonymCounters = { made: 0, forgotten: 0 };
  // Two generations: who is named in the younger's time moves into it, and the older is dropped whole.
  const generationMax = Math.max(1, Math.floor(rememberedMax / 2));
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  let movedOn = 0;

  function remember(address: string, pseudonym: string): string {
    if (young.size >= generationMax) {
      counters.forgotten += old.size - movedOn;
      movedOn = 0;
      old = young;
      young = new Map();
    }
    young.set(address, pseudonym);
    return pseudonym;
  }

  return {
    allowSubject,
    counters,
    name(address) {
      const known = young.get(address);
      if (known !== undefined) return known;
      const before = old.get(address);
      if (before !== undefined) {
        movedOn += 1;
        return remember(address, before);
      }
      counters.made += 1;
      return remember(address, pseudonymOf(address, key));
    },
  };
}

/** The same by hand: `printf %s ADDRESS | openssl dgst -sha256 -hmac KEY -binary | head -c 10 | base32 | tr A-Z a-z` behind `p-`. */
function pseudonymOf(address: string, key: string): string {
  return `p-${base32(createHmac("sha256", key).update(address, "utf8").digest().subarray(0, PSEUDONYM_BYTES))}`;
}

/** Of a number of bytes that 5 divides. */
function base32(bytes: Buffer): string {
  let text = "";
  let bits = 0;
  let left = 0;
  for (const byte of bytes) {
    left = ((left << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((left >>> bits) & 31);
    }
  }
  return text;
}
