// key of a record -> its partition in a topic of ours. Fixed: another hash would send what belongs together two ways.

/** FNV-1a, 32 bits, over the bytes of the key in UTF-8. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** What a text that is no whole UTF-16 has in place of half a pair: U+FFFD, as everywhere. */
const REPLACEMENT = 0xfffd;

const SLASH = "/".charCodeAt(0);

/**
 * Partition 0 to `partitions` - 1, `partitions` being at least 1: the hash, its bits mixed so that keys which differ at their
 * end only are spread too, modulo the count. Makes no string and no buffer.
 */
export function partitionFor(key: string, partitions: number): number {
  return avalanche(withText(FNV_OFFSET, key)) % partitions;
}

/**
 * Fragments of one mail have one key, `HOST/QUEUE ID`, so that one assembler sees them all. Its partition, without making the key: this
 * is asked for each fragment.
 */
export function fragmentPartition(host: string, queueId: string, partitions: number): number {
  const hash = Math.imul(withText(FNV_OFFSET, host) ^ SLASH, FNV_PRIME);
  return avalanche(withText(hash, queueId)) % partitions;
}

function withText(before: number, text: string): number {
  let hash = before;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) hash = Math.imul(hash ^ unit, FNV_PRIME);
    else {
      const code = codePointAt(text, at);
      if (code > 0xffff) at += 1;
      hash = withBytesOf(hash, code);
    }
  }
  return hash;
}

function codePointAt(text: string, at: number): number {
  const code = text.codePointAt(at) ?? REPLACEMENT;
  return code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
}

/** The bytes of a code point of 2 to 4 of them, in order. */
function withBytesOf(before: number, code: number): number {
  let hash = before;
  if (code < 0x800) hash = Math.imul(hash ^ (0xc0 | (code >>> 6)), FNV_PRIME);
  else {
    if (code < 0x10000) hash = Math.imul(hash ^ (0xe0 | (code >>> 12)), FNV_PRIME);
    else {
      hash = Math.imul(hash ^ (0xf0 | (code >>> 18)), FNV_PRIME);
      hash = Math.imul(hash ^ (0x80 | ((code >>> 12) & 0x3f)), FNV_PRIME);
    }
    hash = Math.imul(hash ^ (0x80 | ((code >>> 6) & 0x3f)), FNV_PRIME);
  }
  return Math.imul(hash ^ (0x80 | (code & 0x3f)), FNV_PRIME);
}

/** Every bit of the input moves every bit of the result, as likely as not; unsigned. */
function avalanche(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
