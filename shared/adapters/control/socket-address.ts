// A socket in a folder -> an address that the operating system takes, however long the folder's path is.

import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { StateLogError } from "../../runtime/state-log.ts";

/** What fits everywhere: Linux takes 107 bytes, macOS 103. */
const ADDRESS_BYTES_MAX = 103;

export interface SocketAddress {
  readonly path: string;
  /** The address is not used any more. */
  release(): void;
}

/** Throws StateLogError where a long path cannot be shortened. */
export function socketAddress(folder: string, name: string): SocketAddress {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= ADDRESS_BYTES_MAX) return { path, release: () => undefined };
  if (process.platform !== "linux") {
    const most = `a socket in it may have a path of ${ADDRESS_BYTES_MAX} bytes`;
    throw new StateLogError("access", `${folder}: the path is too long: ${most}; name a shorter one with --state`);
  }
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${fd}/${name}`, release: () => closeSync(fd) };
}
