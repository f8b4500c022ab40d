// What the operating system says of a file of the state -> StateLogError.

import type { StateLogFault } from "../../../runtime/state-log.ts";
import { StateLogError } from "../../../runtime/state-log.ts";
import { whatIsWrong } from "../file-error.ts";

/** EFBIG: a limit on the size of files (ulimit -f). */
const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const ACCESS = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EEXIST"]);

const WORDS: Readonly<Record<string, string>> = {
  EDQUOT: "no space left in the disk quota",
  EFBIG: "the file may not grow (ulimit -f)",
  EROFS: "the disk can only be read",
  EEXIST: "is no folder",
};

export function stateFault(path: string, error: unknown): StateLogError {
  if (error instanceof StateLogError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new StateLogError(faultOf(code), `${path}: ${WORDS[code] ?? whatIsWrong(error, "writing")}`);
}

function faultOf(code: string): StateLogFault {
  if (FULL.has(code)) return "full";
  return ACCESS.has(code) ? "access" : "failed";
}
