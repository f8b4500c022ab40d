// An input of standalone -> can it be read, what is in it, do its stamps agree with the clock, are header lines there.

import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../../../shared/adapters/files/file-error.ts";
import type { Denied, whyDenied } from "../../../shared/adapters/files/file-rights.ts";
import { ownLogin, ownName } from "../../../shared/adapters/files/file-rights.ts";
import { readLogEnds } from "../../../shared/adapters/files/log-ends.ts";
import type { FileInput, FilesInput, StandaloneConfig } from "../standalone/standalone-settings.ts";
import { byteCount } from "../words.ts";
import { clockFinding } from "./clock-check.ts";
import type { Finding } from "./finding.ts";
import { sampleOf } from "./log-sample.ts";
import { formatFinding, headerFinding } from "./sample-check.ts";

/** What is looked at of a log: some 20,000 lines. */
const TAIL_BYTES = 4_194_304;

export interface InputCheckDeps {
  readonly config: StandaloneConfig;
  readonly nowMs: number;
  readonly ownZone: string;
  readonly whyDenied: typeof whyDenied;
}

export function fileFindings(input: FileInput, deps: InputCheckDeps): Finding[] {
  const subject = `input ${input.name}`;
  const denied = deps.whyDenied(input.path);
  if (denied !== undefined) return [deniedFinding(subject, denied)];
  if (!exists(input.path)) return [absentFinding(subject, dirname(input.path))];
  return logFindings(subject, input.path, input, deps);
}

export function folderFindings(input: FilesInput, deps: InputCheckDeps): Finding[] {
  const subject = `input ${input.name}`;
  const { folder } = input;
  const denied = deps.whyDenied(join(folder, "x")) ?? deps.whyDenied(folder);
  if (denied !== undefined) return [deniedFinding(subject, denied)];
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => matches(name, input.pattern));
  } catch {
    return [{ level: "fail", subject, text: `there is no folder ${folder}`, mend: ["Name the folder that it is in."] }];
  }
  const newest = newestOf(names.map((name) => join(folder, name)));
  if (newest === undefined) {
    const mend = ["It is waited for: the first file that matches is read from its start."];
    return [{ level: "warn", subject, text: "no file matches yet", mend }];
  }
  const count = `${names.length} ${names.length === 1 ? "file matches" : "files match"}, the newest is ${newest}`;
  const unreadable = deps.whyDenied(newest);
  if (unreadable !== undefined) return [{ level: "ok", subject, text: count }, deniedFinding(subject, unreadable)];
  return [{ level: "ok", subject, text: count }, ...logFindings(subject, newest, input, deps)];
}

function logFindings(
  subject: string,
  path: string,
  input: FileInput | FilesInput,
  { config, nowMs, ownZone }: InputCheckDeps,
): Finding[] {
  try {
    const ends = readLogEnds(path, TAIL_BYTES);
    if (!ends.isFile) {
      const mend = ["Read a pipe by standard input: squall standalone - < PIPE"];
      return [{ level: "fail", subject, text: "is no regular file: it cannot be followed", mend }];
    }
    if (ends.isCompressed) {
      const mend = ["Follow the plain log; give compressed ones to: squall learn FILE…"];
      return [{ level: "fail", subject, text: "is compressed: it cannot be followed", mend }];
    }
    const readable: Finding = {
      level: "ok",
      subject,
      text: `can be read by ${ownName()}, ${byteCount(ends.sizeBytes)}`,
    };
    if (ends.sizeBytes === 0) return [{ ...readable, text: `${readable.text}: empty so far, nothing to judge` }];
    const { format, timezone } = input;
    const sample = sampleOf(ends, { format, timezone, config, nowMs });
    const { newestMs, isWithoutZone } = sample;
    const clock = { writtenAtMs: ends.writtenAtMs, nowMs, isWithoutZone, timezone, ownZone };
    return [
      readable,
      formatFinding(subject, sample, format),
      ...(newestMs === undefined || sample.format === undefined ? [] : [clockFinding(subject, { ...clock, newestMs })]),
      ...headerFinding(subject, sample),
    ];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [{ level: "fail", subject, text: error.message }];
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function newestOf(paths: readonly string[]): string | undefined {
  const dated = paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ path, mtimeMs: stat.mtimeMs }] : [];
  });
  return dated.toSorted((a, b) => b.mtimeMs - a.mtimeMs || (a.path < b.path ? 1 : -1))[0]?.path;
}

/** `*`: any characters; `?`: one. */
function matches(name: string, pattern: string): boolean {
  const source = pattern.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${source.replaceAll(String.raw`\*`, ".*").replaceAll(String.raw`\?`, ".")}$`, "su").test(name);
}

function absentFinding(subject: string, folder: string): Finding {
  if (!exists(folder)) {
    return { level: "fail", subject, text: `there is no folder ${folder}`, mend: ["Is the path written right?"] };
  }
  const mend = [`It is waited for. Where does the mail server log? ls ${folder}; journalctl -u 'postfix*'`];
  return { level: "warn", subject, text: "is not there yet", mend };
}

function deniedFinding(subject: string, denied: Denied): Finding {
  const { path, isFolder, owner, group, mode, groupWouldDo } = denied;
  const what = isFolder ? `the folder ${path} lets nobody else through` : `${path} cannot be read`;
  const text = `${what}: it is ${owner}'s, group ${group}, mode ${mode}; this is ${ownName()}`;
  const user = ownLogin();
  const mend = groupWouldDo
    ? [`usermod -aG ${group} ${user}      (and start squall anew; with systemd: SupplementaryGroups=${group})`]
    : [
        `setfacl -m u:${user}:${isFolder ? "x" : "r"} ${path}`,
        ...(isFolder ? [] : ["and let logrotate keep it so: create 0640 root adm, and a group that squall is in"]),
      ];
  return { level: "fail", subject, text, mend };
}
