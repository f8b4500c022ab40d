// The state directory: where it is, and opening it as the one process that may write to it.

import { resolve } from "node:path";
import type { FolderLock } from "../../shared/adapters/files/folder-lock.ts";
import { lockFolder } from "../../shared/adapters/files/folder-lock.ts";
import { openStateFolder } from "../../shared/adapters/files/state-folder.ts";
import { createDisk } from "../../shared/adapters/files/state-log/disk.ts";
import type { FileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import type { Environment } from "../../shared/runtime/config-layers.ts";
import { stateFallback } from "./standalone-flags.ts";

export interface StateDirectory {
  readonly folder: string;
  readonly log: FileStateLog;
  readonly lock: FolderLock;
  /** Closes the log and lets others have the directory. */
  close(): Promise<void>;
}

export interface StateDirectoryOptions {
  /** What this process is called where another is refused: `squall standalone`. */
  readonly title: string;
  /** It is only a moment. */
  readonly isBrief: boolean;
  /** How long to wait for another that is only a moment, ms. */
  readonly waitMs: number;
}

/** Makes the directory (0700) when it is missing, takes it, and opens the log in it. Throws StateLogError. */
export async function openStateDirectory(folder: string, options: StateDirectoryOptions): Promise<StateDirectory> {
  const owner = await openStateFolder(folder);
  const lock = await lockFolder(folder, { ...options, owner });
  try {
    const log = await openFileStateLog(createDisk(folder, owner), { checkHeld: () => lock.checkHeld() });
    return {
      folder,
      log,
      lock,
      async close() {
        try {
          await log.close();
        } finally {
          await lock.release();
        }
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Where the packaged service keeps it. */
export const SERVICE_STATE_FOLDER = "/var/lib/squall";

/** The directory that is meant: `--state`, else SQUALL_STATE, else STATE_DIRECTORY (systemd), else that of the user. */
export function stateFolder(
  flag: string | undefined,
  env: Environment,
): { readonly folder: string; readonly isNamed: boolean } {
  const ofEnvironment = env["SQUALL_STATE"] ?? "";
  const named = flag ?? (ofEnvironment === "" ? undefined : ofEnvironment);
  if (named !== undefined) return { folder: resolve(named), isNamed: true };
  const { flag: by, value } = stateFallback(env);
  return { folder: resolve(value), isNamed: by === "STATE_DIRECTORY" };
}
