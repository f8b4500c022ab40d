// Images in the place of the Dockerfile's bases, made here, where no container registry can be asked: Debian's libraries, this process' own
// Node, and for the base that builds a shell and the machine's npm. They are at the places of the real ones as far as the Dockerfile relies on
// them; what else the real ones hold, nobody has seen here.

import { existsSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { ImageStore } from "./image-store.ts";

/** What a base is made of, and what it says of itself. */
interface BasePlan {
  readonly name: string;
  /** From here to there, in order. */
  readonly copies: readonly (readonly [string, string])[];
  readonly config: readonly string[];
}

const AUTHORITIES = "/usr/local/share/authorities.pem";

/** What the Dockerfile is told to take instead of its own: nobody can make an image of a given digest. */
export const STAND_INS = { BUILD_BASE: "localhost/squall-build-base", RUN_BASE: "localhost/squall-run-base" } as const;

/** `roots`: the folder that .ci/install-real-parts has made for it. */
export async function commitStandInBases(store: ImageStore, roots: string): Promise<void> {
  await commit(store, buildBase(store, roots));
  await commit(store, runBase(store, roots));
}

/** As node:24-trixie-slim: Node and npm under /usr/local, a shell. */
function buildBase(store: ImageStore, roots: string): BasePlan {
  const commands = join(store.folder, "commands");
  mkdirSync(commands);
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(commands, "npm"));
  // An authority of the machine's own stands between it and whoever serves packages.
  const authorities = process.env["NODE_EXTRA_CA_CERTS"] ?? "";
  const trusts = authorities !== "" && existsSync(authorities);
  return {
    name: STAND_INS.BUILD_BASE,
    copies: [
      [join(roots, "build"), "/"],
      [process.execPath, "/usr/local/bin/node"],
      [npmFolder(), "/usr/local/lib/node_modules/npm"],
      [commands, "/usr/local/bin"],
      ...(trusts ? [[authorities, AUTHORITIES] as const] : []),
    ],
    config: [
      "--env=PATH=/usr/local/bin:/usr/bin:/bin",
      ...(trusts ? [`--env=NODE_EXTRA_CA_CERTS=${AUTHORITIES}`] : []),
    ],
  };
}

/** As distroless' nodejs24: Node under /nodejs, nothing else that could be run, and a user who is not root. */
function runBase(store: ImageStore, roots: string): BasePlan {
  const lib = join(store.folder, "lib");
  mkdirSync(join(lib, "dpkg/status.d"), { recursive: true });
  return {
    name: STAND_INS.RUN_BASE,
    copies: [
      [join(roots, "run"), "/"],
      [lib, "/var/lib"],
      [process.execPath, "/nodejs/bin/node"],
    ],
    config: [
      "--env=PATH=/usr/bin:/bin",
      "--user=65532",
      "--workingdir=/home/nonroot",
      '--entrypoint=["/nodejs/bin/node"]',
    ],
  };
}

async function commit(store: ImageStore, { name, copies, config }: BasePlan): Promise<void> {
  const container = await store.run("from", "scratch");
  for (const [from, to] of copies) await store.run("copy", "--quiet", container, from, to);
  await store.run("config", ...config, container);
  await store.run("commit", "--quiet", "--rm", container, name);
}

/** That of the npm which the machine's PATH finds. */
function npmFolder(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const npm = folders.map((folder) => join(folder, "npm")).find(existsSync);
  if (npm === undefined) throw new Error("there is no npm on the PATH");
  return dirname(dirname(realpathSync(npm)));
}
