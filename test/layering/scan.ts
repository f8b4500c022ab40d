// source text -> findings: imports that go against the arrows, impure words in pure files, files that grew too long.
// Works on the text, on purpose: it shares nothing with the linter whose rules it doubles.

import { posix } from "node:path";

import { forbiddenFile, forbiddenPackage, placeOf, PURE_ROOMS } from "./rooms.ts";

export interface Source {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const LINES_MAX = 250;

const IMPORT = /(?:(?<=[\s}*])from\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)(["'`])([^"'`\s,;()]+)\1/g;

/** What a pure file may not say, and why. */
const IMPURE_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bDate\s*\.\s*now\b/, "Date.now: time is an argument"],
  [/\bnew\s+Date\s*(?:\(\s*\)|;|,|\))/, "new Date(): time is an argument"],
  [/(?<!\bnew\s+)(?<![.\w])Date\s*\(/, "Date(): time is an argument"],
  [/\bperformance\s*\./, "performance: time is an argument"],
  [/\bMath\s*\.\s*random\b/, "Math.random: randomness is a seeded argument"],
  [/\b(?:randomBytes|randomUUID|randomInt|getRandomValues)\b/, "randomness is a seeded argument"],
  [/\b(?:process|globalThis)\s*[.[]/, "process and globalThis: a core knows no environment"],
  [/\bconsole\s*\./, "console: a core says it in its result"],
  [/\b(?:setTimeout|setInterval|setImmediate|fetch)\s*\(/, "timers and fetch belong to shells"],
  [
    /\.(?:get|set)(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds)\s*\(|\.getTimezoneOffset\b/,
    "local time: the machine's time zone would change the output; use the UTC methods",
  ],
  [/\.(?:localeCompare|toLocale\w*)\s*\(/, "the machine's locale would change the output; compare code units"],
];

/** Comments and nothing else become blanks, line for line, so that a comment may name what the code may not. */
function withoutComments(text: string): string {
  const tokens = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(tokens, (token) => (token.startsWith("/") ? token.replaceAll(/[^\n]/g, " ") : token));
}

/** The words of a quoted text are no code; a template may hold some and stays. */
function withoutStrings(code: string): string {
  return code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}

/** Every module that the text names in an import, export … from, import(…) or require(…). */
export function importsOf(text: string): string[] {
  return Array.from(withoutComments(text).matchAll(IMPORT), (match) => match[2] ?? "");
}

/** One sentence for each thing in `source` that the architecture forbids. */
export function findingsIn(source: Source): string[] {
  const findings: string[] = [];
  const place = placeOf(source.path);
  const lines = source.text.split("\n").length - 1;
  if (lines > LINES_MAX && !source.path.endsWith(".test.ts")) {
    findings.push(`${source.path}: ${lines} lines; a file has ${LINES_MAX} at most, split it by noun`);
  }
  if (place === undefined || place.room === "test") return findings;
  for (const specifier of importsOf(source.text)) {
    const why = forbiddenImport(source.path, specifier);
    if (why !== undefined) findings.push(`${source.path} imports ${specifier}: ${why}`);
  }
  if (PURE_ROOMS.has(place.room)) findings.push(...impureWords(source));
  if (/(?:oxlint|eslint)-disable|@ts-(?:ignore|nocheck)/.test(source.text)) {
    findings.push(`${source.path}: switches a check off`);
  }
  return findings;
}

const KAFKA_FOLDER = "shared/adapters/kafka/";

function isOnlyForKafka(specifier: string): boolean {
  return /^(?:kafkajs|lz4js)/.test(specifier);
}

function forbiddenImport(path: string, specifier: string): string | undefined {
  const from = placeOf(path);
  if (from === undefined) return undefined;
  if (isOnlyForKafka(specifier) && from.room === "adapters" && !path.startsWith(KAFKA_FOLDER))
    return "only shared/adapters/kafka imports kafkajs and its codecs";
  if (!specifier.startsWith(".")) return forbiddenPackage(from, specifier);
  const target = posix.join(posix.dirname(path), specifier);
  const to = placeOf(target);
  return to === undefined ? `${target} is in no room` : forbiddenFile(from, to);
}

function impureWords(source: Source): string[] {
  const lines = withoutStrings(withoutComments(source.text)).split("\n");
  return lines.flatMap((line, index) =>
    IMPURE_WORDS.filter(([pattern]) => pattern.test(line)).map(
      ([, why]) => `${source.path}:${index + 1}: not in a pure file: ${why}`,
    ),
  );
}
