// `npm run previous-release -- REF`: packs a tag or commit, and puts the package where test/contract/previous-release.test.ts looks for the
// release before this one. To be run once a release was made, with its tag: what is released next is held to it.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const TARGET = join(ROOT, "test/testdata/previous-release");

function run(cwd: string, command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
}

const [ref] = process.argv.slice(2);
if (ref === undefined) throw new Error("which? npm run previous-release -- v0.1.0");
const commit = run(ROOT, "git", "rev-parse", "--verify", `${ref}^{commit}`);
// Beside the target: it is moved there, and moved files stay on one disk.
mkdirSync(TARGET, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "squall-pack-"));
const tree = join(folder, "tree");
try {
  run(ROOT, "git", "worktree", "add", "--detach", tree, commit);
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  const made = mkdtempSync(join(TARGET, ".packing-"));
  try {
    run(tree, "npm", "pack", "--pack-destination", made);
    for (const before of readdirSync(TARGET).filter((name) => name.endsWith(".tgz"))) rmSync(join(TARGET, before));
    for (const name of readdirSync(made)) renameSync(join(made, name), join(TARGET, name));
  } finally {
    rmSync(made, { recursive: true });
  }
  const committed = run(ROOT, "git", "show", "--no-patch", "--format=%cI", commit);
  writeFileSync(join(TARGET, "commit.txt"), `${ref === commit ? "" : `${ref} `}${commit} of ${committed}\n`);
} finally {
  run(ROOT, "git", "worktree", "remove", "--force", tree);
  rmSync(folder, { recursive: true, force: true });
}
