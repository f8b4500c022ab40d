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
