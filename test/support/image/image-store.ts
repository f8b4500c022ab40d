// buildah with a store of its own in a temporary folder: it sees no image of the machine's, and leaves none behind.

import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { newImageFolder } from "./image-folders.ts";

/** `npm ci` on a busy machine among them. */
const CALL_MS = 540_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const SAID_CHARACTERS = 6000;

/** Calls a program to its end. Rejects with the end of what it said where it fails. */
export async function call(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { timeout: CALL_MS, maxBuffer: OUTPUT_BYTES_MAX, env: { ...process.env, ...env } };
  try {
    return (await promisify(execFile)(program, args, options)).stdout.trim();
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).slice(-SAID_CHARACTERS) : "";
    throw new Error(`${program} ${args.join(" ")}: ${said}`, { cause: error });
  }
}

export class ImageStore {
  readonly folder = newImageFolder();
  private readonly program: string;

  /** `program`: buildah, run by root. */
  constructor(program: string) {
    this.program = program;
  }

  run(...args: readonly string[]): Promise<string> {
    // vfs: plain copies, so that nothing is mounted that could be left behind.
    const store = ["--root", join(this.folder, "images"), "--runroot", join(this.folder, "run")];
    return call(this.program, [...store, "--storage-driver", "vfs", ...args], { BUILDAH_ISOLATION: "chroot" });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
