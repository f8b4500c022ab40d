// Writes the bench's logs into .cache/bench once; later runs find them there.

import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

import { exchangeLog } from "./exchange-log.ts";
import { mailLog, type MailLogSettings } from "./mail-log.ts";

export interface LogFile {
  readonly path: string;
  readonly lines: number;
}

/** Raise it when mail-log.ts changes, so that no old file is measured. */
const GENERATION = 1;
const CHUNK_CHARACTERS = 1 << 20;

const FOLDER = join(import.meta.dirname, "../../.cache/bench");

export function logFile(name: string, settings: MailLogSettings): LogFile {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}-${settings.lines}-v${GENERATION}.log`);
  if (!existsSync(path)) {
    process.stderr.write(`writing ${name}, ${settings.lines} lines\n`);
    writeLines(`${path}.part`, settings.system === "exchange" ? exchangeLog(settings) : mailLog(settings));
    renameSync(`${path}.part`, path);
  }
  return { path, lines: settings.lines };
}

/** The same log, compressed by a program that leaves the file and writes one beside it. */
export function compressedFile(
  { path, lines }: LogFile,
  suffix: string,
  [program = "", ...options]: readonly string[],
): LogFile {
  const packed = `${path}.${suffix}`;
  if (!existsSync(packed)) execFileSync(program, [...options, path], { stdio: "inherit" });
  return { path: packed, lines };
}

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, "w");
  let chunk = "";
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    writeSync(file, chunk);
    chunk = "";
  }
  writeSync(file, chunk);
  closeSync(file);
}
