import { describe, expect, test } from "vitest";
import { type DetectorSettings, defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { createDetectorCounters } from "./detector-counters.ts";
import {
  createListTable,
  isNewcomer,
  isWarm,
  type ListState,
  type ListTable,
  noteReach,
  noteReply,
  rememberWriter,
  useList,
} from "./list-table.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const settings = defaultDetectorSettings;

function listOf(table: ListTable, address = "all@corp.example", at = 0, its: DetectorSettings = settings): ListState {
  return useList(table, { address, via: "orig_to", at }, its, createDetectorCounters());
}

interface Writer {
  readonly person: string;
  readonly at: number;
}

function write(table: ListTable, list: ListState, writer: Writer, its: DetectorSettings = settings): void {
  rememberWriter(table, list, writer, { settings: its, counters: createDetectorCounters() });
}

describe("a list", () => {
  test("is warm one day after its 30th reply", () => {
    const list = listOf(createListTable());
    for (let index = 1; index <= 29; index += 1) noteReply(list, index * HOUR, settings.warmReplies);
    expect(isWarm(list, 20 * DAY, settings)).toBe(false);
    noteReply(list, 30 * HOUR, settings.warmReplies);
    expect(isWarm(list, 30 * HOUR + DAY - 1, settings)).toBe(false);
    expect(isWarm(list, 30 * HOUR + DAY, settings)).toBe(true);
  });

  test("is warm after 30 days and 5 people", () => {
    const table = createListTable();
    const list = listOf(table);
    for (let index = 1; index <= 4; index += 1) write(table, list, { person: `p${index}`, at: index });
    expect(isWarm(list, 30 * DAY, settings)).toBe(false);
    write(table, list, { person: "p5", at: 5 });
    expect(isWarm(list, 30 * DAY - 1, settings)).toBe(false);
    expect(isWarm(list, 30 * DAY, settings)).toBe(true);
  });

  test("a newcomer stays one for an hour", () => {
    const table = createListTable();
    const list = listOf(table);
    expect(isNewcomer(list, "anna", DAY, settings.newcomerMs)).toBe(true);
    write(table, list, { person: "anna", at: DAY });
    expect(isNewcomer(list, "anna", DAY + HOUR - 1, settings.newcomerMs)).toBe(true);
    expect(isNewcomer(list, "anna", DAY + HOUR, settings.newcomerMs)).toBe(false);
  });

  test("its audience is the largest reach of 31 days", () => {
    const list = listOf(createListTable());
    const alone = true;
    noteReach(list, { at: 0, reach: 900, alone }, 31);
    noteReach(list, { at: 5 * DAY, reach: 700, alone }, 31);
    expect(list.audience).toBe(900);
    noteReach(list, { at: 31 * DAY, reach: 650, alone }, 31);
    expect(list.audience).toBe(700);
    expect(list.reachByDay?.size).toBe(2);
  });

  test("a mail to several lists measures it only until it is mailed alone", () => {
    const list = listOf(createListTable());
    noteReach(list, { at: 0, reach: 25_100, alone: false }, 31);
    expect(list.audience).toBe(25_100);
    noteReach(list, { at: 1, reach: 100, alone: true }, 31);
    noteReach(list, { at: 2, reach: 25_100, alone: false }, 31);
    expect(list.audience).toBe(100);
  });
});

describe("bounds of the lists", () => {
  test("the longest unused is forgotten whole and starts cold again", () => {
    const bounds = { ...settings.bounds, listsMax: 2 };
    const table = createListTable();
    const its = { ...settings, bounds };
    const first = listOf(table, "one", 0, its);
    write(table, first, { person: "anna", at: 0 }, its);
    listOf(table, "two", 1, its);
    listOf(table, "one", 2, its);
    listOf(table, "three", 3, its);
    expect([...table.lists.keys()]).toEqual(["one", "three"]);
    listOf(table, "four", 4, its);
    expect(table.persons).toBe(0);
    expect(listOf(table, "one", 5, its).memory.persons).toBe(0);
  });

  test("writers are bounded over all lists and in one", () => {
    const bounds = { ...settings.bounds, knownPersonsMax: 100, knownPersonsPerListMax: 80 };
    const its = { ...settings, bounds };
    const table = createListTable();
    for (const address of ["one", "two", "three"]) {
      const list = listOf(table, address, 0, its);
      for (let index = 0; index < 90; index += 1) write(table, list, { person: `p${index}`, at: index }, its);
      expect(list.memory.persons).toBe(80);
      expect(table.persons).toBeLessThanOrEqual(100);
    }
    expect([...table.lists.keys()]).toEqual(["three"]);
  });
});
