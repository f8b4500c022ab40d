// The image that the Dockerfile builds, unpacked: its root as a folder, and what a container of it is begun with.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { z } from "zod";
import { ROOT } from "../../e2e/squall-process.ts";
import { realPart } from "../real-part.ts";
import { removeLeftBehind } from "./image-folders.ts";
import { call, ImageStore } from "./image-store.ts";
import { commitStandInBases } from "./stand-in-bases.ts";

const TAG = "squall:test";

/** An OCI runtime's configuration, as umoci makes it of the image's. */
const runtimeConfig = z.looseObject({
  process: z.looseObject({
    user: z.object({ uid: z.number(), gid: z.number() }),
    args: z.array(z.string()),
    env: z.array(z.string()),
    cwd: z.string(),
  }),
  mounts: z.array(z.looseObject({ destination: z.string() })),
  linux: z.looseObject({ namespaces: z.array(z.object({ type: z.string() })) }),
});

const imageConfig = z.object({
  Labels: z.record(z.string(), z.string()),
  User: z.string(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()),
  Healthcheck: z.object({ Test: z.array(z.string()) }),
});

const inspected = z.object({ Docker: z.object({ config: imageConfig }) });

export type RuntimeConfig = z.infer<typeof runtimeConfig>;

export interface UnpackedImage {
  /** Holds all of it, and may hold what belongs to it. */
  readonly folder: string;
  readonly root: string;
  readonly runtime: RuntimeConfig;
  /** What `docker inspect` shows of it. */
  readonly config: z.infer<typeof imageConfig>;
  /** What another target of the Dockerfile writes, as a folder. */
  readonly written: (target: string) => Promise<string>;
  readonly remove: () => void;
}

/** Builds it over bases of ours. Minutes, most of them `npm ci`. */
export async function buildImage(
  context: Pick<TestContext, "skip">,
  buildArgs: Readonly<Record<string, string>>,
): Promise<UnpackedImage> {
  removeLeftBehind(realPart("runc", context));
  const store = new ImageStore(realPart("buildah", context));
  try {
    await commitStandInBases(store, realPart("image-roots", context));
    return await unpacked(store, realPart("umoci", context), buildArgs);
  } catch (error) {
    store.remove();
    throw error;
  }
}

async function unpacked(
  store: ImageStore,
  umoci: string,
  buildArgs: Readonly<Record<string, string>>,
): Promise<UnpackedImage> {
  const build = await buildOf(buildArgs);
  // OCI's own format knows no health check.
  await store.run(...build, "--format=docker", `--tag=${TAG}`, ROOT);
  const { Docker: docker } = inspected.parse(JSON.parse(await store.run("inspect", "--type=image", TAG)));
  const layout = join(store.folder, "layout");
  await store.run("push", "--quiet", TAG, `oci:${layout}:squall`);
  const bundle = join(store.folder, "bundle");
  await call(umoci, ["unpack", "--image", `${layout}:squall`, bundle]);
  return {
    folder: store.folder,
    root: join(bundle, "rootfs"),
    runtime: runtimeConfig.parse(JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"))),
    config: docker.config,
    async written(target) {
      const folder = join(store.folder, `target-${target}`);
      await store.run(...build, `--target=${target}`, `--output=type=local,dest=${folder}`, ROOT);
      return folder;
    },
    remove: () => {
      store.remove();
    },
  };
}

async function buildOf(buildArgs: Readonly<Record<string, string>>): Promise<string[]> {
  const args = Object.entries(buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`);
  // What npm has fetched for this checkout it need not fetch again.
  const cache = await call("npm", ["config", "get", "cache"]);
  const dockerfile = join(ROOT, "deploy/image/Dockerfile");
  return ["build", "--pull-never", `--volume=${cache}:/root/.npm`, `--file=${dockerfile}`, ...args];
}
