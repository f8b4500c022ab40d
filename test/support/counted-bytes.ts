// Bytes that count how often they are looked at: how much work a parser does, whatever the machine and whatever the hour.

export interface CountedBytes {
  readonly bytes: Buffer;
  /** Looks at single bytes, and the lengths of what was handed to a method of Buffer. */
  readonly looks: () => number;
}

const ZERO = 48;
const NINE = 57;

export function countedBytes(source: Buffer): CountedBytes {
  let looks = 0;
  const bytes = new Proxy(source, {
    get(target, key): unknown {
      if (typeof key === "string" && isDigit(key)) {
        looks += 1;
        return target[Number(key)];
      }
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, given);
        looks += key === "indexOf" ? searchedBy(target, given, result) : lengthOf(target, String(key), given);
        return result;
      };
    },
  });
  return { bytes, looks: () => looks };
}

function isDigit(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= ZERO && code <= NINE;
}

/** A search ends with what it finds. */
function searchedBy(target: Buffer, [, from]: readonly unknown[], found: unknown): number {
  const end = typeof found === "number" && found >= 0 ? found + 1 : target.length;
  return Math.max(0, end - (typeof from === "number" ? from : 0));
}

/** Bytes that a method of Buffer goes through at most. */
function lengthOf(target: Buffer, method: string, given: readonly unknown[]): number {
  const [from, end] = method === "toString" ? given.slice(1) : given;
  const isSlice = method === "toString" || method === "subarray";
  if (!isSlice) return target.length;
  return Math.max(0, (typeof end === "number" ? end : target.length) - (typeof from === "number" ? from : 0));
}
