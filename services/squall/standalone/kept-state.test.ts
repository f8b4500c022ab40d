import { expect, test } from "vitest";
import { type KeptPart, KeptState } from "./kept-state.ts";

/** Owns what begins with its name, and tells what it was given back. */
class Part implements KeptPart {
  readonly given: string[] = [];
  isRestored = false;
  private readonly prefix: string;

  constructor(name: string) {
    this.prefix = `${name}/`;
  }

  owns(key: string): boolean {
    return key.startsWith(this.prefix);
  }

  changes(put: Parameters<KeptPart["changes"]>[0]): void {
    put(`${this.prefix}new`, Buffer.from("1"));
  }

  restore(key: string): void {
    this.given.push(key);
  }

  restored(): void {
    this.isRestored = true;
  }
}

test("every entry goes back to its part; one that no part knows, of a newer squall, is let go of once", async () => {
  const parts = [new Part("mail"), new Part("hour")];
  const state = new KeptState(parts);
  const stored = ["hour/1", "later/1", "mail/1", "later/2"];
  await state.restore({
    read: (entry) => {
      for (const key of stored) entry(key, Buffer.from("{}"));
      return Promise.resolve();
    },
  });
  expect(parts.map(({ given, isRestored }) => [given, isRestored])).toEqual([
    [["mail/1"], true],
    [["hour/1"], true],
  ]);
  expect(state.unknown.size).toBe(2);
  const told = (): readonly (readonly [string, string | undefined])[] => {
    const all: [string, string | undefined][] = [];
    state.changes((key, value) => void all.push([key, value?.toString()]));
    return all;
  };
  const own = [
    ["mail/new", "1"],
    ["hour/new", "1"],
  ];
  expect(told()).toEqual([...own, ["later/1", undefined], ["later/2", undefined]]);
  expect(told()).toEqual(own);
});
