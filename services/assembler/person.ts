// envelope sender, From and Reply-To as logged -> the address of the person behind a mail.

import { nameOfBytes } from "../../shared/domain/log-text.ts";

const ADDRESS_CHARS_MAX = 320;
const AT = 64;
const MINUS = 45;
const EQUALS = 61;
const PLUS = 43;

/** Local parts that are a list's own, not a person's: bounces, owners, requests, and the return paths of list managers. */
const LIST_OWN =
  /^(?:owner-.+|.+-owner|.+-bounces?(?:[+=].*)?|bounces?(?:[+=-].*)?|.+-(?:request|confirm|leave|join)(?:\+.*)?|.+-return-.*|mailer-daemon|.+-errors?)$/;
const SRS0 = /^srs0[+=-][^=]+=[^=]+=([^=]+)=(.+)$/;
const SRS1 = /^srs1[+=-][^=]+=[^=]+=[+=-][^=]+=[^=]+=([^=]+)=(.+)$/;
const BATV = /^(?:prvs=|btv\d==?)[^=]+==?(.+)$/;

function splitAddress(address: string): { local: string; domain: string } | undefined {
  const at = address.lastIndexOf("@");
  return at <= 0 || at === address.length - 1
    ? undefined
    : { local: address.slice(0, at), domain: address.slice(at + 1) };
}

/** Does the part before "@" hold "-", "=" or "+", or begin like a bounce address? */
function isMarked(address: string): boolean {
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === AT) break;
    if (code === MINUS || code === EQUALS || code === PLUS) return true;
  }
  return address.startsWith("bounce") || address.startsWith("mailer");
}

/**
 * The person an envelope sender stands for, lower case: SRS, BATV undone; undefined for the null path
 * and for a list's own bounce or owner address (VERP ones among them).
 */
export function personOfSender(sender: string | undefined): string | undefined {
  if (sender === undefined || sender === "" || sender.length > ADDRESS_CHARS_MAX) return undefined;
  const address = sender.toLowerCase();
  // None of what is undone below comes without one of these marks.
  const parts = isMarked(address) ? splitAddress(address) : undefined;
  if (parts === undefined) return address;
  const forwarded = SRS1.exec(parts.local) ?? SRS0.exec(parts.local);
  if (forwarded?.[1] !== undefined && forwarded[2] !== undefined) {
    return personOfSender(`${forwarded[2]}@${forwarded[1]}`);
  }
  const tagged = BATV.exec(parts.local);
  if (tagged?.[1] !== undefined) return personOfSender(`${tagged[1]}@${parts.domain}`);
  return LIST_OWN.test(parts.local) ? undefined : address;
}

/**
 * First address of a From or Reply-To value as logged, lower case; undefined when the cut or the writer left none.
 * Encoded words stay as they are: they are names, and what they spell is no address.
 */
export function addressOfHeader(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const open = openBracket(value);
  if (open < 0) return withoutName(value);
  const close = value.indexOf(">", open);
  return close < 0 ? undefined : bareAddress(value.slice(open + 1, close));
}

/** "jo@example.org (Jo Doe), ann@example.org" and "Team: jo@example.org;" -> jo@example.org. */
function withoutName(value: string): string | undefined {
  const colon = value.indexOf(":");
  const first = value.slice(colon + 1).split(/[,;(]/, 1)[0] ?? "";
  return bareAddress(first);
}

/** Position of the first "<" outside a quoted name, or -1. */
function openBracket(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\") at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === "<" && !quoted) return at;
  }
  return -1;
}

function bareAddress(text: string): string | undefined {
  let from = 0;
  let end = text.length;
  while (from < end && isFold(text.charAt(from))) from += 1;
  while (end > from && isFold(text.charAt(end - 1))) end -= 1;
  if (end - from > ADDRESS_CHARS_MAX) return undefined;
  const address = nameOfBytes(text.slice(from, end)).toLowerCase();
  return !/[\s,;<>]/.test(address) && splitAddress(address) !== undefined ? address : undefined;
}

/** White space, or what the mail server made of a folded line. */
function isFold(char: string): boolean {
  return char === "?" || char === " " || char === "\t";
}

/** The part behind the last "@", lower case. */
export function domainOf(address: string): string | undefined {
  const at = address.lastIndexOf("@");
  return at <= 0 || at === address.length - 1 ? undefined : address.slice(at + 1).toLowerCase();
}
