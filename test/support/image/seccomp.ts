// The system calls that container engines let a container make unless told otherwise, as the machine's containers-common has them -> what an
// OCI runtime takes, for a process without capabilities.

import { readFileSync } from "node:fs";
import { z } from "zod";

const PROFILE = "/usr/share/containers/seccomp.json";

/** By Node's name of the machine: the profile's, and those of the runtime. */
const MACHINES: Readonly<Record<string, { readonly name: string; readonly own: string }>> = {
  x64: { name: "amd64", own: "SCMP_ARCH_X86_64" },
  arm64: { name: "arm64", own: "SCMP_ARCH_AARCH64" },
};

const condition = z.object({ arches: z.array(z.string()).nullish(), caps: z.array(z.string()).nullish() });

const profileSchema = z.object({
  defaultAction: z.string(),
  defaultErrnoRet: z.number(),
  archMap: z.array(z.object({ architecture: z.string(), subArchitectures: z.array(z.string()) })),
  syscalls: z.array(
    z.object({
      names: z.array(z.string()),
      action: z.string(),
      errnoRet: z.number().optional(),
      args: z.array(z.record(z.string(), z.union([z.number(), z.string()]))).nullish(),
      includes: condition.default({}),
      excludes: condition.default({}),
    }),
  ),
});

/** The `linux.seccomp` of an OCI runtime's configuration. */
export function defaultSeccomp(): object {
  const machine = MACHINES[process.arch];
  if (machine === undefined) throw new Error(`it is not known which system calls ${process.arch} has`);
  const { defaultAction, defaultErrnoRet, archMap, syscalls } = profileSchema.parse(
    JSON.parse(readFileSync(PROFILE, "utf8")),
  );
  const { subArchitectures = [] } = archMap.find(({ architecture }) => architecture === machine.own) ?? {};
  return {
    defaultAction,
    defaultErrnoRet,
    architectures: [machine.own, ...subArchitectures],
    syscalls: syscalls
      .filter(({ includes, excludes }) => {
        const isOurs = includes.arches?.includes(machine.name) ?? true;
        return isOurs && (includes.caps ?? []).length === 0 && excludes.arches?.includes(machine.name) !== true;
      })
      .map(({ names, action, errnoRet, args }) => ({
        names,
        action,
        ...(errnoRet === undefined ? {} : { errnoRet }),
        ...(args ? { args } : {}),
      })),
  };
}
