// The services of docker-compose.yml in containers of the image: the launcher that puts them there.

import { serviceOf } from "../compose-storm.ts";
import type { ComposeFile } from "../compose-file.ts";
import type { Launcher } from "../native-compose.ts";
import type { Containers, Limits } from "./containers.ts";

export function limitsOf(file: ComposeFile, name: string): Limits {
  const { mem_limit: memoryBytes, pids_limit: processes, cpus } = serviceOf(file, name);
  return { memoryBytes, processes, cpus };
}

export interface Composed {
  readonly launcher: Launcher;
  /** Of each service's container, once it was started. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Each service in a container of its own, with its limits; its health check within that. */
export function composedIn(containers: Containers, file: ComposeFile): Composed {
  const ids = new Map<string, string>();
  const launcher: Launcher = {
    start(service, { words, env }) {
      const { id, command } = containers.prepare({ words, env, limits: limitsOf(file, service) });
      ids.set(service, id);
      return command;
    },
    beside: (service, { words, env }) => containers.beside(ids.get(service) ?? "", words, env),
  };
  return { launcher, ids };
}
