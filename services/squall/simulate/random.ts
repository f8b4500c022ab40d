// seed, stream name -> the same numbers on every machine (sfc32). The simulator has no other source of chance.

const TWO_32 = 4_294_967_296;
const WARM_UP_ROUNDS = 12;
/** Above this mean a Poisson number is drawn from the normal distribution. */
const POISSON_EXACT_MAX = 60;

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Integer in [0, limit). */
  int(limit: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError on an empty array. */
  pick<T>(items: readonly T[]): T;
  exponential(mean: number): number;
  logNormal(median: number, sigma: number): number;
  poisson(mean: number): number;
}

/** An independent stream of chance; streams of one seed never influence one another. */
export function createRandom(seed: number, stream: string): Random {
  const next = sfc32(seed, stream);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    int: (limit) => Math.floor(next() * limit),
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (items) => itemAt(items, Math.floor(next() * items.length)),
    exponential: (mean) => -mean * Math.log(1 - next()),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    poisson: (mean) =>
      mean > POISSON_EXACT_MAX ? Math.max(0, Math.round(mean + Math.sqrt(mean) * normal())) : smallPoisson(next, mean),
  };
}

/** The item at an index that must exist; throws RangeError otherwise. */
export function itemAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} of ${items.length}`);
  return item;
}

/** 32-bit hash of a text, for seeds and fixed identities. */
export function hashText(text: string, start = 2_166_136_261): number {
  let hash = start >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619) >>> 0;
    hash ^= hash >>> 13;
  }
  return mixBits(hash);
}

/** Spreads the bits of a 32-bit integer. */
export function mixBits(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}

function smallPoisson(next: () => number, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count += 1;
  return count;
}

function sfc32(seed: number, stream: string): () => number {
  let a = hashText(stream, seed | 0);
  let b = mixBits(Math.floor(seed / TWO_32) ^ 0x9e3779b9);
  let c = mixBits((seed | 0) ^ 0x85ebca6b);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / TWO_32;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) next();
  return next;
}
