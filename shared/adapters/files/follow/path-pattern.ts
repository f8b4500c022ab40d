// "/var/log/mail-%Y%m%d.log", "/logs/MSGTRK*.LOG" -> the files that are there, in series: files of one series follow one another.
//
//   * ? [a-z]        as in a shell, in any part of the path; a name that begins with a dot is matched by a dot only
//   %Y %y %m %d %j %H %M %S %b %%     as in strftime
//
// With % the series is all that the rest of the path has in common, and the time orders it. Without, the date in a name does:
// MSGTRK2026112617-1.LOG and MSGTRK2026112618-1.LOG are one series, MSGTRKMS2026112617-1.LOG is another's, and so are mx1.log and mx2.log.

import { basename, dirname, join, parse, resolve, sep } from "node:path";
import { InputError } from "../file-error.ts";
import { isCompressedName, withoutCompression } from "./file-place.ts";
import { namesIn } from "./rotated-path.ts";
import { naturalKey } from "./rotation-name.ts";

/** What orders a date: year, month, day, day of the year, hour, minute, second. */
const FIELDS: Readonly<Record<string, { readonly regex: string; readonly place: number }>> = {
  Y: { regex: "\\d{4}", place: 0 },
  y: { regex: "\\d{2}", place: 0 },
  m: { regex: "\\d{2}", place: 1 },
  b: { regex: "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", place: 1 },
  d: { regex: "\\d{2}", place: 2 },
  j: { regex: "\\d{3}", place: 3 },
  H: { regex: "\\d{2}", place: 4 },
  M: { regex: "\\d{2}", place: 5 },
  S: { regex: "\\d{2}", place: 6 },
};
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** A date in a name, and what numbers follow it; or seconds since 1970. */
const DATE = /(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?:[-_.T]?\d+)*|(?<!\d)\d{10}(?!\d)/u;
const IS_PATTERN = /[*?[]|%[A-Za-z%]/u;

/** A part of the path: a name, or what a name must look like. */
type Part = string | { readonly regex: RegExp; readonly fields: readonly string[] };

export interface Member {
  readonly path: string;
  /** What its series is called; its own path, less the compression, where its name has no date. */
  readonly series: string;
  readonly isDated: boolean;
  /** Members compare by it as text. */
  readonly order: string;
}

export interface PathPattern {
  /** As it was given. */
  readonly path: string;
  /** All that is there, in order. Throws the system's error. */
  readonly members: () => readonly Member[];
  /** What a path would be among them. */
  readonly member: (path: string) => Member | undefined;
  /** The deepest folder that is named in full. */
  readonly folder: string;
}

export function isPattern(path: string): boolean {
  return IS_PATTERN.test(path);
}

/** Throws InputError for what is no pattern of ours. */
export function pathPattern(pattern: string): PathPattern {
  const full = resolve(pattern);
  const { root } = parse(full);
  const names = full.slice(root.length).split(sep);
  const parts = names.map((name) => (isPattern(name) ? compiled(name, pattern) : name));
  const fixed = parts.findIndex((part) => typeof part !== "string");
  const member = (path: string): Member | undefined => memberOf(path, { names, parts, root });
  return {
    path: pattern,
    folder: join(root, ...names.slice(0, fixed)),
    member,
    members() {
      const paths = expanded(root, parts);
      const found = paths.map(member).filter((one) => one !== undefined);
      return found.toSorted((a, b) => (a.order < b.order ? -1 : 1));
    },
  };
}

/** Of a file that is there both plain and compressed, the plain one. */
function expanded(root: string, parts: readonly Part[]): string[] {
  let paths = [root];
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1;
    if (typeof part === "string" && !isLast) {
      paths = paths.map((path) => join(path, part));
      continue;
    }
    paths = paths.flatMap((path) => {
      const names = new Set(namesIn(path));
      const wanted = [...names].filter(
        (name) => isWanted(name, part) || (isLast && isWanted(withoutCompression(name), part)),
      );
      return wanted
        .filter((name) => !isLast || !isCompressedName(name) || !names.has(withoutCompression(name)))
        .map((name) => join(path, name));
    });
  }
  return paths;
}

function isWanted(name: string, part: Part): boolean {
  return typeof part === "string" ? name === part : part.regex.test(name);
}

interface Compiled {
  readonly root: string;
  readonly names: readonly string[];
  readonly parts: readonly Part[];
}

function memberOf(path: string, { root, names, parts }: Compiled): Member | undefined {
  const plain = withoutCompression(path);
  const given = plain.slice(root.length).split(sep);
  if (given.length !== parts.length) return undefined;
  const time: (string | undefined)[] = [];
  const series: string[] = [];
  for (const [at, part] of parts.entries()) {
    const name = given[at] ?? "";
    if (typeof part === "string") {
      if (name !== part) return undefined;
      series.push(name);
      continue;
    }
    const match = part.regex.exec(name);
    if (match === null) return undefined;
    for (const [index, field] of part.fields.entries()) {
      if (FIELDS[field] !== undefined) time[FIELDS[field].place] = timeValue(field, match[index + 1] ?? "");
    }
    series.push(part.fields.some((field) => field in FIELDS) ? seriesName(names[at] ?? "", part.fields, match) : name);
  }
  const key = naturalKey(plain);
  if (time.length > 0) {
    const order = Array.from({ length: 7 }, (_, place) => time[place] ?? "").join(" ");
    return { path, series: join(root, ...series), isDated: true, order: `${order} ${key}` };
  }
  const name = basename(plain);
  const isDated = DATE.test(name);
  const named = isDated ? join(dirname(plain), name.replace(DATE, "*")) : plain;
  return { path, series: named, isDated, order: key };
}

function timeValue(field: string, text: string): string {
  if (field === "y") return `20${text}`;
  return field === "b" ? String(MONTHS.indexOf(text) + 1).padStart(2, "0") : text;
}

/** The pattern again, what stood for its stars put in: "mail-mx1-%Y%m%d.log". */
function seriesName(pattern: string, fields: readonly string[], match: RegExpExecArray): string {
  let at = 0;
  return pattern.replace(TOKEN, (token) => {
    if (token === "%%") return "%";
    at += 1;
    return (fields[at - 1] ?? "") in FIELDS ? token : (match[at] ?? "");
  });
}

const TOKEN = /%.|\*|\?|\[!?[^\]]+\]/gsu;

function compiled(name: string, pattern: string): Part {
  const fields: string[] = [];
  let regex = "";
  let from = 0;
  for (const match of name.matchAll(TOKEN)) {
    regex += literal(name.slice(from, match.index));
    from = match.index + match[0].length;
    regex += compiledToken(match[0], { fields, pattern });
  }
  regex += literal(name.slice(from));
  const hidden = name.startsWith(".") ? "" : "(?!\\.)";
  try {
    return { regex: new RegExp(`^${hidden}${regex}$`, sep === "\\" ? "isu" : "su"), fields };
  } catch {
    throw new InputError(`${pattern}: the brackets in it make no pattern`);
  }
}

function compiledToken(
  token: string,
  { fields, pattern }: { readonly fields: string[]; readonly pattern: string },
): string {
  if (token === "%%") return "%";
  if (!token.startsWith("%")) {
    fields.push(token);
    if (token === "*") return "(.*)";
    return token === "?" ? "(.)" : `(${token.replace(/^\[!/u, "[^").replaceAll("\\", "\\\\")})`;
  }
  const field = token.slice(1);
  const known = FIELDS[field];
  if (known === undefined) {
    const all = Object.keys(FIELDS).map((name) => `%${name}`);
    throw new InputError(`${pattern}: ${token} is not known; known are ${all.join(" ")} %%`);
  }
  fields.push(field);
  return `(${known.regex})`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
