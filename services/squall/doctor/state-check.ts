// The state directory -> is it there or can it be made, can it be written to, is there room, does another process hold it.

import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { whatIsWrong } from "../../../shared/adapters/files/file-error.ts";
import { ownLogin, ownName } from "../../../shared/adapters/files/file-rights.ts";
import { byteCount } from "../words.ts";
import type { Finding } from "./finding.ts";

/** Who holds a state directory, in words ("process 4711"); undefined when nobody does. Leaves it as it is. */
export type StateHolder = (directory: string) => Promise<string | undefined>;

const ROOM_MIN_BYTES = 268_435_456;

export interface StateFacts {
  readonly findings: readonly Finding[];
  /** Who holds it: a squall that runs, whose ports are taken for that reason. */
  readonly holder: string | undefined;
}

export async function stateFacts(directory: string, holderOf: StateHolder): Promise<StateFacts> {
  const subject = `state ${directory}`;
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) return { findings: [absent(subject, directory)], holder: undefined };
  if (!stat.isDirectory()) {
    const mend = ["Name a directory: --state, SQUALL_STATE or state: in the configuration."];
    return { findings: [{ level: "fail", subject, text: "is no directory", mend }], holder: undefined };
  }
  const unwritable = whyNotWritable(directory);
  if (unwritable !== undefined) return { findings: [notWritable(subject, directory, unwritable)], holder: undefined };
  const writable: Finding = { level: "ok", subject, text: `can be written to by ${ownName()}` };
  const holder = await holderOf(directory);
  const held: Finding =
    holder === undefined
      ? { level: "ok", subject, text: "no other process holds it" }
      : {
          level: "warn",
          subject,
          text: `is held by ${holder}`,
          mend: ["If that is the squall that is meant to run, all is well; a second one would refuse to start."],
        };
  return { findings: [writable, held, ...privacy(subject, directory, stat.mode), room(subject, directory)], holder };
}

function absent(subject: string, directory: string): Finding {
  let parent = dirname(directory);
  while (parent !== dirname(parent) && statSync(parent, { throwIfNoEntry: false }) === undefined)
    parent = dirname(parent);
  const why = whyNotWritable(parent);
  if (why === undefined) return { level: "ok", subject, text: "is not there yet and can be made" };
  const mend = [`install -d -m 700 -o ${ownLogin()} ${directory}      (with systemd: StateDirectory=squall)`];
  return {
    level: "fail",
    subject,
    text: `is not there, and cannot be made in ${parent} by ${ownName()}: ${why}`,
    mend,
  };
}

function notWritable(subject: string, directory: string, why: string): Finding {
  const mend = [`chown -R ${ownLogin()} ${directory}      (or run this as the user that squall runs as: sudo -u USER)`];
  return { level: "fail", subject, text: `cannot be written to by ${ownName()}: ${why}`, mend };
}

/** Writes, and writes through to the disk, a file of its own, and takes it away again. */
function whyNotWritable(directory: string): string | undefined {
  let own: string | undefined;
  try {
    own = mkdtempSync(join(directory, ".squall-doctor-"));
    const file = join(own, "trial");
    const descriptor = openSync(file, "wx", 0o600);
    try {
      writeSync(descriptor, "squall doctor\n");
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
      unlinkSync(file);
    }
    return undefined;
  } catch (error) {
    return whatIsWrong(error, "writing");
  } finally {
    if (own !== undefined) rmdirSync(own);
  }
}

function privacy(subject: string, directory: string, mode: number): Finding[] {
  if ((mode & 0o007) === 0) return [];
  const text = "can be looked into by every user: it holds addresses of people";
  return [{ level: "warn", subject, text, mend: [`chmod o= ${directory}`] }];
}

function room(subject: string, directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory);
  const text = `${byteCount(bavail * bsize)} free`;
  if (bavail * bsize >= ROOM_MIN_BYTES) return { level: "ok", subject, text };
  return {
    level: "warn",
    subject,
    text,
    mend: ["When the disk is full the state is not written and alerts wait: make room."],
  };
}
