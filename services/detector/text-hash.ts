// text -> 64 bits as two unsigned 32-bit integers. The same in every run: it stands in stored state and in storm ids.

export interface TextHash {
  readonly high: number;
  readonly low: number;
}

/** Two independent multiplicative hashes over the UTF-16 units, each mixed at the end. */
export function hashText(text: string): TextHash {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x5bd1e995);
    low ^= low >>> 15;
  }
  return { high: mix(high ^ text.length), low: mix(low ^ Math.imul(high, 31)) };
}

/** 16 lower-case hex digits. */
export function hexHash(text: string): string {
  const { high, low } = hashText(text);
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
