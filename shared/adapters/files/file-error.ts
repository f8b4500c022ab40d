// What went wrong with a file -> one line that a person can act on.

/** An input that cannot be opened, or not be read to its end. The message is one line a person can act on. */
export class InputError extends Error {
  override readonly name = "InputError";
}

const READING: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "no such file (a part of the path is not a directory)",
  EMFILE: "too many open files",
  Z_BUF_ERROR: "the compressed data ends too early (truncated file?)",
  Z_DATA_ERROR: "the compressed data is damaged",
  ZSTD_error_corruption_detected: "the compressed data is damaged",
  ZSTD_error_checksum_wrong: "the compressed data is damaged",
  ZSTD_error_prefix_unknown: "the compressed data is damaged",
  ZSTD_error_srcSize_wrong: "the compressed data ends too early (truncated file?)",
};
const WRITING: Readonly<Record<string, string>> = { ...READING, ENOENT: "no such folder" };

/** What went wrong with a file, in one line that begins with its name. */
export function inWords(name: string, error: unknown, doing: "reading" | "writing" = "reading"): InputError {
  return new InputError(`${name}: ${whatIsWrong(error, doing)}`);
}

/** The same without the name. */
export function whatIsWrong(error: unknown, doing: "reading" | "writing" = "reading"): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  const known = (doing === "writing" ? WRITING : READING)[code];
  // "EIO: i/o error, read" -> "i/o error (EIO)"
  return known ?? message.replace(/^([A-Z0-9]+): ([^,]+),.*$/s, "$2 ($1)");
}
