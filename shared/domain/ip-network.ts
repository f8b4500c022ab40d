// IP addresses and networks as text -> whether one lies in the other, and whether an address belongs to the world outside.
// Addresses are compared as 128 bits; an IPv4 address is the last 32 of them, as in ::ffff:192.0.2.7.

/** An address range. `bits` of `address` are fixed, 0 to 128. */
export interface IpNetwork {
  readonly address: bigint;
  readonly bits: number;
}

const ADDRESS_CHARS_MAX = 45;
const BITS = 128;
const HOLDER_BITS = 64;
const HOLDER_SHIFT = 64n;
const MAPPED = 0xffffn << 32n;

/** Never an address of another organisation: private, shared (carrier), link-local, loopback, unspecified. */
const INSIDE: readonly IpNetwork[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "0.0.0.0/8",
  "::/127",
  "fc00::/7",
  "fe80::/10",
].flatMap((text) => parseNetwork(text) ?? []);

/** `192.0.2.7`, `2001:db8::1`, `::ffff:192.0.2.7`; undefined for anything else, host names among them. */
export function parseAddress(text: string): bigint | undefined {
  if (text.length > ADDRESS_CHARS_MAX) return undefined;
  if (!text.includes(":")) {
    const four = parseDotted(text);
    return four === undefined ? undefined : MAPPED | four;
  }
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail?.[1] === undefined || tail[2] === undefined) return parseGroups(text);
  const four = parseDotted(tail[2]);
  if (four === undefined) return undefined;
  return parseGroups(`${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`);
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

/** A machine of the world outside, as far as its address tells. */
export function isOutside(address: bigint): boolean {
  return !INSIDE.some((network) => isInNetwork(address, network));
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

function parseDotted(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((address, part) => (address << 8n) | BigInt(part), 0n);
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
