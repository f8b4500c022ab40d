// The ports of squall itself, of metrics and the live page -> are they free.

import { tryTcpPort } from "../../../shared/adapters/net/port-trial.ts";
import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import type { Finding } from "./finding.ts";
import type { PortCheck } from "./port-check.ts";
import { portFinding } from "./port-check.ts";

/** Who may have them already. */
type Holders = Pick<PortCheck, "holder" | "perhaps">;

const METRICS_MEND = 'set another with --metrics, SQUALL_METRICS_ADDRESS or metrics: {address: …}; "off" for none';
const PAGE_MEND = "set another with --console, SQUALL_CONSOLE_ADDRESS or console: {address: …}";

/** `address` undefined: off. */
export function metricsFinding(address: ListenAddress | undefined, holders: Holders): Promise<Finding> {
  return ownPortFinding({ subject: "metrics", mend: METRICS_MEND }, address, holders);
}

/** `address` undefined: off. */
export function pageFinding(address: ListenAddress | undefined, holders: Holders): Promise<Finding> {
  return ownPortFinding({ subject: "live page", mend: PAGE_MEND }, address, holders);
}

async function ownPortFinding(
  port: Pick<PortCheck, "subject" | "mend">,
  address: ListenAddress | undefined,
  holders: Holders,
): Promise<Finding> {
  if (address === undefined) return { level: "ok", subject: port.subject, text: "off" };
  return portFinding({ ...port, address, tryPort: tryTcpPort, ...holders });
}
