// The ports by which squall is looked at, and what `squall doctor` asks the one that runs: which of them it could not have.

import type { ControlHandler } from "../../shared/adapters/control/control-server.ts";

export const OWN_PORTS = ["metrics", "live page"] as const;
export type OwnPort = (typeof OWN_PORTS)[number];

const QUESTION = "list-missing-ports";
export const MISSING_PORTS_QUESTION = { do: QUESTION } as const;

/** Answers that question; every other is `others`'. */
export function withMissingPorts(missing: readonly OwnPort[], others: ControlHandler): ControlHandler {
  return async (request) => {
    const isAsked = typeof request === "object" && request !== null && "do" in request && request.do === QUESTION;
    return isAsked ? { v: 1, missing } : others(request);
  };
}

/** The ports in an answer; none where it is not understood. */
export function missingPortsIn(answered: unknown): OwnPort[] {
  if (typeof answered !== "object" || answered === null || !("missing" in answered)) return [];
  const { missing } = answered;
  return Array.isArray(missing) ? OWN_PORTS.filter((port) => missing.includes(port)) : [];
}
