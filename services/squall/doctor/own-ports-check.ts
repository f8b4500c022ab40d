// The ports of squall itself, of metrics and the live page -> are they free.

import { tryTcpPort } from "../../../shared/adapters/net/port-trial.ts";
import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import type { Finding } from "./finding.ts";
import type { PortCheck } from "./port-check.ts";
import { portFinding } from "./port-check.ts";
import { CONSOLE_MEND, METRICS_MEND } from "../port-mends.ts";

/** Who may have them already. */
type Holders = Pick<PortCheck, "holder" | "perhaps" | "isMissing">;

/** `address` undefined: off. */
export function metricsFinding(address: ListenAddress | undefined, holders: Holders): Promise<Finding> {
  return ownPortFinding({ subject: "metrics", mend: METRICS_MEND }, address, holders);
}

/** `address` undefined: off. */
export function pageFinding(address: ListenAddress | undefined, holders: Holders): Promise<Finding> {
  return ownPortFinding({ subject: "live page", mend: CONSOLE_MEND }, address, holders);
}

async function ownPortFinding(
  port: Pick<PortCheck, "subject" | "mend">,
  address: ListenAddress | undefined,
  holders: Holders,
): Promise<Finding> {
  if (address === undefined) return { level: "ok", subject: port.subject, text: "off" };
  return portFinding({ ...port, address, tryPort: tryTcpPort, ...holders });
}
