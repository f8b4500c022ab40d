// What kafkajs decodes of fetches goes through `hideTakenBack`. It has no place for that, so its decoders are wrapped where they are kept.

import { createRequire } from "node:module";
import { type FetchedPartition, hideTakenBack } from "./taken-back.ts";

interface FetchResponse {
  decode: (raw: unknown) => Promise<{ readonly responses: readonly { readonly partitions: FetchedPartition[] }[] }>;
}

/** Versions of the answer that name transactions. */
const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];

let isMended = false;

/** For all consumers of this process, from now on. Throws where kafkajs is not the one that this was written for. */
export function mendFetches(): void {
  if (isMended) return;
  const load = createRequire(import.meta.url);
  for (const version of VERSIONS) {
    const response: unknown = load(`kafkajs/src/protocol/requests/fetch/v${version}/response`);
    if (!isFetchResponse(response)) throw new Error(`kafkajs decodes fetches of version ${version} in another way`);
    const { decode } = response;
    response.decode = async (raw) => {
      const answer = await decode(raw);
      for (const { partitions } of answer.responses) for (const partition of partitions) hideTakenBack(partition);
      return answer;
    };
  }
  isMended = true;
}

function isFetchResponse(module: unknown): module is FetchResponse {
  return typeof module === "object" && module !== null && "decode" in module && typeof module.decode === "function";
}
