// Ports that standalone will listen on -> are they free.

import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import { isLoopback, ListenError, listenAddressText } from "../../../shared/runtime/listen-address.ts";
import type { PortToTry } from "../../../shared/adapters/net/port-trial.ts";
import type { Finding } from "./finding.ts";

export interface PortCheck {
  readonly subject: string;
  readonly address: ListenAddress;
  readonly tryPort: (port: PortToTry) => Promise<Error | undefined>;
  /** A squall that runs already, in words: its own ports are taken. */
  readonly holder: string | undefined;
  /** The squall that runs already has not got it: it was taken when that started. */
  readonly isMissing?: boolean;
  /** One that may run already and cannot be asked, in words. */
  readonly perhaps?: string;
  /** The setting that names another port. */
  readonly mend: string;
}

export async function portFinding(check: PortCheck): Promise<Finding> {
  const { subject, address, tryPort, holder, perhaps, mend } = check;
  const error = await tryPort(address);
  const where = listenAddressText(address);
  if (holder !== undefined && check.isMissing === true) return missingFinding(check, holder, error !== undefined);
  if (error === undefined) {
    return {
      level: "ok",
      subject,
      text: `${where} is free${isLoopback(address) ? "" : "; other machines can reach it"}`,
    };
  }
  const { code, message } = new ListenError(subject, address, { error, mend });
  if (code === "EADDRINUSE" && holder !== undefined) {
    return { level: "ok", subject, text: `${where} is in use, as it should be while ${holder} runs` };
  }
  if (code === "EADDRINUSE" && perhaps !== undefined) {
    const text = `${where} is in use, as it should be if it is ${perhaps} that has it`;
    return { level: "warn", subject, text, mend: [`ss -lntup | grep ${address.port}`, `Else ${mend}.`] };
  }
  const mends =
    code === "EADDRINUSE" ? [`Who has it: ss -lntup | grep ${address.port}`, `Or ${mend}.`] : [`Else ${mend}.`];
  return {
    level: "fail",
    subject,
    text: message.slice(message.indexOf("cannot")).replace(`; ${mend}`, ""),
    mend: mends,
  };
}

function missingFinding({ subject, address, mend }: PortCheck, holder: string, isTaken: boolean): Finding {
  const where = listenAddressText(address);
  const runs = `${holder} runs without it`;
  if (!isTaken) {
    const text = `${where} is free, but was not when squall was started: ${runs}`;
    return { level: "fail", subject, text, mend: ["Start squall again."] };
  }
  return {
    level: "fail",
    subject,
    text: `${where} is not squall's: ${runs}`,
    mend: [`Who has it: ss -lntup | grep ${address.port}`, `Free it, or ${mend}; then start squall again.`],
  };
}
