// What a query of InfluxQL asks for -> what is wrong with it, by the measurements that the recorder writes.

import { type MeasurementDescription, MEASUREMENTS } from "../../../services/recorder/points/measurements.ts";

const QUOTED = /"([^"]+)"/gu;
/** Within quotes a variable may stand for a text; outside none does here. */
const WITHOUT_PATTERNS = /=~ \/\^[^/]*\$\//gu;

/** One sentence a fault. */
export function faultsOf(query: string): string[] {
  const text = query.replaceAll(WITHOUT_PATTERNS, "=~ //");
  const [, measurement = ""] = /FROM "([^"]+)"/u.exec(text) ?? [];
  const described = new Map<string, MeasurementDescription>(Object.entries(MEASUREMENTS)).get(measurement);
  if (described === undefined) return [`nobody writes a measurement ${measurement}`];
  return [...namedWrongly(text, measurement, described), ...groupedWrongly(text, described), ...askedWrongly(text)];
}

function namedWrongly(text: string, measurement: string, { tags, fields }: MeasurementDescription): string[] {
  const made = new Set(Array.from(text.matchAll(/ AS "([^"]+)"/gu), ([, name]) => name));
  const named = Array.from(text.matchAll(QUOTED), ([, name = ""]) => name);
  const known = (name: string): boolean => name === measurement || name in tags || name in fields || made.has(name);
  return named.filter((name) => !known(name)).map((name) => `${measurement} has no tag or field ${name}`);
}

function groupedWrongly(text: string, { tags }: MeasurementDescription): string[] {
  const groups = Array.from(text.matchAll(/GROUP BY ([^)]*?)(?: fill\b|\)|$)/gu), ([, by = ""]) => by);
  const named = groups.flatMap((by) => Array.from(by.matchAll(QUOTED), ([, name = ""]) => name));
  const chosen = Array.from(text.matchAll(/"([^"]+)" =~/gu), ([, name = ""]) => name);
  return [...named, ...chosen].filter((name) => !(name in tags)).map((name) => `${name} is no tag`);
}

/** What 1.8 and 2.7 answer wrongly, or not within the time that is looked at. */
function askedWrongly(text: string): string[] {
  if (text.startsWith("SHOW TAG VALUES ")) return [];
  const [, inner] = /FROM \((.*)\)/u.exec(text) ?? [];
  const calls = inner?.match(/\b(?:sum|max|min|mean|last|first|count|top)\(/gu)?.length ?? 1;
  return [
    ...(text.split("$timeFilter").length === 2 ? [] : ["it does not look at the time that is chosen, once"]),
    ...(calls === 1 ? [] : ["a subquery with more than one function"]),
    ...(inner?.includes(" time(") === true ? ["a subquery that groups by time"] : []),
  ];
}
