// Folders of images under test, each by the process that made it: one that was killed cannot clear up, so the next one does.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "squall-image-";

export function newImageFolder(): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Where the containers of an image stand, a folder each, and what runc knows of them. */
export function containerFolders(imageFolder: string): { readonly bundles: string; readonly state: string } {
  return { bundles: join(imageFolder, "containers"), state: join(imageFolder, "runc") };
}

/** What processes that are no more have left: containers that may still run, and folders. */
export function removeLeftBehind(runc: string): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`, "u").exec(name) ?? [];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const folder = join(tmpdir(), name);
    const { state } = containerFolders(folder);
    for (const id of existsSync(state) ? readdirSync(state) : []) removeContainer(runc, state, id);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills it where it runs; nothing where there is none. */
export function removeContainer(runc: string, state: string, id: string): void {
  execFileSync(runc, ["--root", state, "delete", "--force", id], { stdio: "ignore" });
}
