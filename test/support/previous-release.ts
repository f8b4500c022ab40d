// The release before this one, as it was packed: its command, and its parts (stage-parts.ts). `npm run previous-release` makes it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { STAGE_PART_MODULES, STAGE_PARTS, type StageParts } from "./stage-parts.ts";

const ROOT = join(import.meta.dirname, "../..");
const TARBALLS = join(ROOT, "test/testdata/previous-release");

export class PreviousRelease {
  private readonly folder = mkdtempSync(join(tmpdir(), "squall-previous-"));

  constructor() {
    const tarball = readdirSync(TARBALLS).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new Error(`no package in ${TARBALLS}: npm run previous-release -- REF`);
    execFileSync("tar", ["-xzf", join(TARBALLS, tarball), "-C", this.folder]);
    // It has the libraries of today: what it read and wrote is its own.
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Its `squall`, for Node. */
  get command(): string {
    return join(this.folder, "package/services/squall/squall.js");
  }

  async parts(): Promise<StageParts> {
    const found: Record<string, unknown> = {};
    for (const module of STAGE_PART_MODULES) {
      const read: unknown = await import(pathToFileURL(join(this.folder, `package/dist/${module}.js`)).href);
      Object.assign(found, read);
    }
    if (!hasParts(found)) throw new Error("the release before has not all parts: its tests are to be told of it");
    return found;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function hasParts(found: Readonly<Record<string, unknown>>): found is Record<string, unknown> & StageParts {
  return Object.keys(STAGE_PARTS).every((name) => found[name] !== undefined);
}
