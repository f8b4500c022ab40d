import { expect, test } from "vitest";
import { HostTable } from "./host-table.ts";

function tableOf(hostsMax: number): {
  readonly table: HostTable;
  readonly intern: (name: string) => object | undefined;
} {
  const table = new HostTable({ hostsMax, hashSeed: 7 });
  return {
    table,
    intern: (name) => {
      const bytes = Buffer.from(`..${name}..`, "latin1");
      return table.intern(bytes, 2, bytes.length - 2);
    },
  };
}

test("one name is one object, whatever came between", () => {
  const { table, intern } = tableOf(10);
  const first = intern("mx1.example.org");
  expect(first).toMatchObject({ name: "mx1.example.org" });
  expect(intern("mx1.example.org")).toBe(first);
  const second = intern("mx2.example.org");
  expect(second).not.toBe(first);
  for (let turn = 0; turn < 3; turn += 1) {
    expect(intern("mx1.example.org")).toBe(first);
    expect(intern("mx2.example.org")).toBe(second);
  }
  expect(table.size).toBe(2);
});

test("names that begin alike, and names of bytes, are told apart", () => {
  const { intern } = tableOf(10);
  const names = ["mx", "mx1", "mx10", "m", "MX", "m\u00fc", "m\u00fd"];
  const hosts = names.map(intern);
  expect(new Set(hosts).size).toBe(names.length);
  expect(hosts).toEqual(names.map((name) => expect.objectContaining({ name }) as unknown));
});

test("a full table knows those it has and takes in no more", () => {
  const { table, intern } = tableOf(2);
  const first = intern("a");
  intern("b");
  expect(intern("c")).toBeUndefined();
  expect(intern("a")).toBe(first);
  expect(intern("c")).toBeUndefined();
  expect(table.size).toBe(2);
});

test("a table that is nearly full forgets the hosts that were not met in this turn or the one before, and gives their numbers to others", () => {
  const { table, intern } = tableOf(10);
  for (let host = 0; host < 9; host += 1) intern(`old${host}`);
  table.forgetUnseen();
  for (const name of ["old0", "new"]) intern(name);
  expect(intern("one more")).toBeUndefined();
  table.forgetUnseen();
  expect(table.size).toBe(2);
  const indexes = ["old0", "new", ...Array.from({ length: 8 }, (_, host) => `later${host}`)].map((name) => {
    const host = intern(name);
    return host === undefined || !("index" in host) ? undefined : host.index;
  });
  expect(new Set(indexes)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
});

test("the host at hand is not forgotten, however long its lines come one behind the other", () => {
  const { table, intern } = tableOf(1);
  const host = intern("a");
  for (let turn = 0; turn < 5; turn += 1) table.forgetUnseen();
  expect(intern("a")).toBe(host);
});

test("one with room forgets nobody", () => {
  const { table, intern } = tableOf(10);
  const host = intern("a");
  intern("b");
  for (let turn = 0; turn < 5; turn += 1) table.forgetUnseen();
  expect(intern("a")).toBe(host);
});
