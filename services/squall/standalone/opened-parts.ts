// What standalone opens before it reads a line, in this order: the port that tells how it is, the state directory, the way out, the
// file of rejected lines.

import { CappedLines } from "../../../shared/adapters/files/capped-lines.ts";
import type { HttpClient } from "../../../shared/adapters/http/http-client.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { proxyOf } from "../../../shared/adapters/http/proxy-settings.ts";
import type { Environment } from "../../../shared/runtime/config-layers.ts";
import type { RejectedLine } from "../replay/dead-letter.ts";
import { deadLetter } from "../replay/dead-letter.ts";
import type { StateDirectory } from "../state-directory.ts";
import { openStateDirectory } from "../state-directory.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";
import type { Status } from "./status.ts";
import { openStatus } from "./status.ts";

/** Another that holds the state directory for a moment is waited for. */
const HELD_MS = 10_000;
const DEAD_LETTER_BYTES_MAX = 100 * 1024 * 1024;

export interface OpenedParts {
  readonly status: Status;
  readonly directory: StateDirectory;
  readonly http: HttpClient;
  readonly deadLetters: DeadLetters | undefined;
}

export interface OpenPartsOptions {
  /** File that rejected lines are appended to. */
  readonly deadLetter: string | undefined;
  readonly version: string;
  readonly env: Environment;
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** How to close what was opened. */
  readonly onClose: (close: () => Promise<void> | void) => void;
}

/** Rejected lines with their reasons, appended up to 100 MiB. */
export class DeadLetters {
  private readonly lines: CappedLines;

  /** Throws InputError. */
  constructor(path: string, onEnd: (message: string) => void) {
    this.lines = new CappedLines({ path, bytesMax: DEAD_LETTER_BYTES_MAX, onEnd });
  }

  write(rejected: RejectedLine): void {
    this.lines.write(deadLetter(rejected));
  }

  flush(): void {
    this.lines.flush();
  }

  close(): void {
    this.lines.close();
  }
}

/** Throws StateLogError and InputError; what was opened by then is closed by `onClose`. */
export async function openParts(
  { metrics, state }: StandaloneConfig,
  { deadLetter: path, version, env, say, onClose }: OpenPartsOptions,
): Promise<OpenedParts> {
  const nodeVersion = process.versions.node;
  const { address } = metrics;
  const status = await openStatus({ address, version, nodeVersion, nowMs: () => performance.now(), say });
  onClose(status.close);
  const directory = await openStateDirectory(state, { title: "squall standalone", isBrief: false, waitMs: HELD_MS });
  onClose(() => directory.close());
  const http = createHttpClient({ ...defaultHttpClientOptions, proxy: proxyOf(env) });
  onClose(() => http.close());
  const deadLetters = path === undefined ? undefined : new DeadLetters(path, say);
  onClose(() => deadLetters?.close());
  return { status, directory, http, deadLetters };
}
