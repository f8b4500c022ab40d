// docker-compose.yml as compose's own parser understands it, and what is in the image that it builds.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { ROOT } from "../e2e/squall-process.ts";

const CALL_MS = 30_000;

const condition = z.enum(["service_started", "service_healthy", "service_completed_successfully"]);

const service = z.looseObject({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  entrypoint: z.array(z.string()).nullish(),
  command: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition })).default({}),
  healthcheck: z
    .object({
      disable: z.boolean().default(false),
      test: z.array(z.string()).default([]),
      timeout: z.string().optional(),
    })
    .optional(),
  ports: z.array(z.object({ host_ip: z.string(), target: z.number() })).default([]),
  volumes: z
    .array(
      z.object({
        type: z.enum(["bind", "volume"]),
        source: z.string(),
        target: z.string(),
        read_only: z.boolean().default(false),
      }),
    )
    .default([]),
  restart: z.string(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  mem_limit: z.coerce.number().default(0),
  pids_limit: z.number().default(0),
  cpus: z.number().default(0),
  stop_grace_period: z.string().optional(),
});

const composeFile = z.object({ services: z.record(z.string(), service) });

export type ComposeService = z.infer<typeof service>;
export type ComposeFile = z.infer<typeof composeFile>;
export type StartCondition = z.infer<typeof condition>;

/**
 * Rejects with what compose says where it refuses the file. `program`: docker-compose; `env`: as in .env, with the profile among it, else there
 * is no service in it.
 */
export async function parsedCompose(program: string, env: Readonly<Record<string, string>>): Promise<ComposeFile> {
  const args = ["--file", join(ROOT, "docker-compose.yml"), "--env-file", "/dev/null", "config", "--format", "json"];
  const { stdout } = await promisify(execFile)(program, args, {
    timeout: CALL_MS,
    env: { HOME: "/nonexistent", ...env },
  });
  return composeFile.parse(JSON.parse(stdout));
}

/** The words that the image begins a command with. */
export function imageEntrypoint({ build }: ComposeService): string[] {
  const text = readFileSync(join(ROOT, build?.dockerfile ?? ""), "utf8");
  const [, words = ""] = /^ENTRYPOINT (\[.*\])$/mu.exec(text) ?? [];
  return z.array(z.string()).parse(JSON.parse(words));
}
