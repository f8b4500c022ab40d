import { expect, test } from "vitest";
import { zoneToUtc } from "./time-zone.ts";

/** The stream has no line yet. */
const UNKNOWN = Number.NEGATIVE_INFINITY;
const civil = (text: string): number => Date.parse(`${text}Z`);

test.each([
  ["UTC", "UTC", "2026-03-29T01:30:00", "2026-03-29T01:30:00.000Z"],
  ["an offset", "+05:30", "2026-03-29T01:30:00", "2026-03-28T20:00:00.000Z"],
  ["London in winter", "Europe/London", "2026-01-15T08:00:00", "2026-01-15T08:00:00.000Z"],
  ["London in summer", "Europe/London", "2026-07-15T08:00:00", "2026-07-15T07:00:00.000Z"],
  ["London, the last second before spring", "Europe/London", "2026-03-29T00:59:59", "2026-03-29T00:59:59.000Z"],
  [
    "London, in the hour that spring leaves out, which runs on",
    "Europe/London",
    "2026-03-29T01:30:00",
    "2026-03-29T01:30:00.000Z",
  ],
  ["London, the first second of spring", "Europe/London", "2026-03-29T02:00:00", "2026-03-29T01:00:00.000Z"],
  ["London, before autumn", "Europe/London", "2026-10-25T00:59:59", "2026-10-24T23:59:59.000Z"],
  ["London, the hour lived twice is the first", "Europe/London", "2026-10-25T01:30:00", "2026-10-25T00:30:00.000Z"],
  ["London, after autumn", "Europe/London", "2026-10-25T02:00:00", "2026-10-25T02:00:00.000Z"],
  [
    "Lord Howe, before half an hour of spring",
    "Australia/Lord_Howe",
    "2026-10-04T01:59:59",
    "2026-10-03T15:29:59.000Z",
  ],
  ["Lord Howe, in the half hour left out", "Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00.000Z"],
  ["Lord Howe, after it", "Australia/Lord_Howe", "2026-10-04T02:30:00", "2026-10-03T15:30:00.000Z"],
  ["Lord Howe, in the half hour lived twice", "Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00.000Z"],
  ["Lord Howe, after that", "Australia/Lord_Howe", "2026-04-05T02:00:00", "2026-04-04T15:30:00.000Z"],
  ["Kathmandu", "Asia/Kathmandu", "2026-01-15T08:00:00", "2026-01-15T02:15:00.000Z"],
  ["Kiritimati, a day ahead", "Pacific/Kiritimati", "2026-01-15T08:00:00", "2026-01-14T18:00:00.000Z"],
])("%s", (_name, zone, at, utc) => {
  expect(new Date(zoneToUtc(zone)(civil(at), UNKNOWN)).toISOString()).toBe(utc);
});

test.each([
  [
    "the first time, in order",
    "Europe/London",
    "2026-10-25T01:30:00",
    "2026-10-25T00:29:59Z",
    "2026-10-25T00:30:00.000Z",
  ],
  [
    "the first time, behind a pause",
    "Europe/London",
    "2026-10-25T01:50:00",
    "2026-10-24T23:00:00Z",
    "2026-10-25T00:50:00.000Z",
  ],
  ["the first time, late", "Europe/London", "2026-10-25T01:59:50", "2026-10-25T01:00:10Z", "2026-10-25T00:59:50.000Z"],
  [
    "the second time begins",
    "Europe/London",
    "2026-10-25T01:00:00",
    "2026-10-25T00:59:59Z",
    "2026-10-25T01:00:00.000Z",
  ],
  [
    "the second time goes on",
    "Europe/London",
    "2026-10-25T01:30:00",
    "2026-10-25T01:29:59Z",
    "2026-10-25T01:30:00.000Z",
  ],
  ["the second time, late", "Europe/London", "2026-10-25T01:59:50", "2026-10-25T02:00:10Z", "2026-10-25T01:59:50.000Z"],
  [
    "far behind, it is taken as it was",
    "Europe/London",
    "2026-10-25T01:30:00",
    "2026-10-26T00:00:00Z",
    "2026-10-25T00:30:00.000Z",
  ],
  [
    "half an hour lived twice",
    "Australia/Lord_Howe",
    "2026-04-05T01:30:00",
    "2026-04-04T14:59:59Z",
    "2026-04-04T15:00:00.000Z",
  ],
  [
    "no hour lived twice, a line that is late",
    "Europe/London",
    "2026-10-24T01:30:00",
    "2026-10-24T01:30:00Z",
    "2026-10-24T00:30:00.000Z",
  ],
  ["in spring", "Europe/London", "2026-03-29T01:30:00", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00.000Z"],
  ["UTC", "UTC", "2026-10-25T01:30:00", "2026-10-25T02:30:00Z", "2026-10-25T01:30:00.000Z"],
])("by where the stream is: %s", (_name, zone, at, near, utc) => {
  expect(new Date(zoneToUtc(zone)(civil(at), Date.parse(near))).toISOString()).toBe(utc);
});

test("is the same for every order of questions", () => {
  const forwards = zoneToUtc("Europe/London");
  const backwards = zoneToUtc("Europe/London");
  const times = Array.from({ length: 400 }, (_, quarter) => civil("2026-10-23T00:00:00") + quarter * 900_000 + 1);
  const answers = times.map((at) => forwards(at, UNKNOWN));
  expect(times.toReversed().map((at) => backwards(at, UNKNOWN))).toEqual(answers.toReversed());
  expect(new Set(answers.map((utc, index) => (times[index] ?? 0) - utc))).toEqual(new Set([0, 3_600_000]));
});

test("keeps its answers right when it has to forget some", () => {
  const toUtc = zoneToUtc("Europe/London");
  for (let quarter = 0; quarter < 5000; quarter += 1) toUtc(civil("2026-01-01T00:00:00") + quarter * 900_000, UNKNOWN);
  expect(toUtc(civil("2026-07-15T08:00:00"), UNKNOWN)).toBe(civil("2026-07-15T07:00:00"));
});

test("refuses a zone that is not known", () => {
  expect(() => zoneToUtc("Europe/Atlantis")).toThrow(RangeError);
});
