// IP addresses and networks as text -> whether one lies in the other, and whether an address belongs to the world outside.
// Addresses are compared as 128 bits; an IPv4 address is the last 32 of them, as in ::ffff:192.0.2.7.

/** An address range. `bits` of `address` are fixed, 0 to 128. */
export interface IpNetwork {
  readonly address: bigint;
  readonly bits: number;
}

const ADDRESS_CHARS_MAX = 45;
const BITS = 128;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const DOT = 46;
const HOLDER_BITS = 64;
const HOLDER_SHIFT = 64n;
const MAPPED = 0xffffn << 32n;

/** Never an address of another organisation: private, shared (carrier), link-local, loopback, unspecified. */
const INSIDE_4: readonly (readonly [first: number, last: number])[] = (
  [
    ["0.0.0.0", "0.255.255.255"],
    ["10.0.0.0", "10.255.255.255"],
    ["100.64.0.0", "100.127.255.255"],
    ["127.0.0.0", "127.255.255.255"],
    ["169.254.0.0", "169.254.255.255"],
    ["172.16.0.0", "172.31.255.255"],
    ["192.168.0.0", "192.168.255.255"],
  ] as const
).map(([first, last]) => [dottedAddress(first), dottedAddress(last)]);
const INSIDE_6: readonly IpNetwork[] = ["::/127", "fc00::/7", "fe80::/10"].flatMap((text) => parseNetwork(text) ?? []);

/** Which machine a text names: one of the world outside or not, as far as its address tells; `none` for anything but an address. */
export function placeOfAddress(text: string): "none" | "inside" | "outside" {
  const four = dottedAddress(text);
  if (four >= 0) return isInside4(four) ? "inside" : "outside";
  const address = text.includes(":") ? parseAddress(text) : undefined;
  if (address === undefined) return "none";
  if (isFour(address)) return isInside4(Number(address & 0xffff_ffffn)) ? "inside" : "outside";
  return INSIDE_6.some((network) => isInNetwork(address, network)) ? "inside" : "outside";
}

/** `192.0.2.7`, `2001:db8::1`, `::ffff:192.0.2.7`; undefined for anything else, host names among them. */
export function parseAddress(text: string): bigint | undefined {
  if (text.length > ADDRESS_CHARS_MAX) return undefined;
  if (!text.includes(":")) {
    const four = dottedAddress(text);
    return four < 0 ? undefined : MAPPED | BigInt(four);
  }
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail?.[1] === undefined || tail[2] === undefined) return parseGroups(text);
  const four = dottedAddress(tail[2]);
  if (four < 0) return undefined;
  return parseGroups(`${tail[1]}${Math.floor(four / 65_536).toString(16)}:${(four % 65_536).toString(16)}`);
}

/** An address, or one with a prefix length: `192.0.2.0/24`, `2001:db8::/32`. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [name = "", length, ...rest] = text.split("/");
  const address = parseAddress(name);
  if (address === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { address, bits: BITS };
  const most = name.includes(":") ? BITS : 32;
  if (!/^\d{1,3}$/.test(length) || Number(length) > most) return undefined;
  return { address, bits: BITS - most + Number(length) };
}

export function isInNetwork(address: bigint, { address: base, bits }: IpNetwork): boolean {
  const free = BigInt(BITS - bits);
  return address >> free === base >> free;
}

/** What one customer of a provider holds at the least: an IPv4 address, 64 bits of an IPv6 address. */
export function holderOf(address: bigint): bigint {
  return isFour(address) ? address : (address >> HOLDER_SHIFT) << HOLDER_SHIFT;
}

/** The network, widened to what one holder has where it is narrower. */
export function atLeastHolder({ address, bits }: IpNetwork): IpNetwork {
  return { address, bits: isFour(address) ? bits : Math.min(bits, HOLDER_BITS) };
}

function isFour(address: bigint): boolean {
  return address >> 32n === 0xffffn;
}

function isInside4(address: number): boolean {
  for (const [first, last] of INSIDE_4) if (address >= first && address <= last) return true;
  return false;
}

/** The 32 bits of a dotted address, -1 for anything else. Asked for every mail: nothing is made. */
function dottedAddress(text: string): number {
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= DIGIT_0 && code <= DIGIT_9) {
      part = Math.max(part, 0) * 10 + code - DIGIT_0;
      if (part > 255) return -1;
    } else {
      if (code !== DOT || part < 0 || dots === 3) return -1;
      dots += 1;
      address = address * 256 + part;
      part = -1;
    }
  }
  return dots === 3 && part >= 0 ? address * 256 + part : -1;
}

function parseGroups(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = head.length + (tail?.length ?? 0);
  if (tail === undefined ? given !== 8 : given > 7) return undefined;
  const groups = [...head, ...Array.from({ length: 8 - given }, () => "0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}
