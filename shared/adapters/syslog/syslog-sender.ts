// Log lines to a syslog port, as a mail server's syslog sends them: the priority before each, a datagram or a line a message.

import type { ByteSink } from "../files/byte-sink.ts";
import type { SyslogAddress } from "./syslog-address.ts";
import type { SyslogSenderDependencies } from "./syslog-messages.ts";
import { tcpSender } from "./tcp-sender.ts";
import { udpSender } from "./udp-sender.ts";

/** Takes whole lines. `write` resolves to false once the signal is aborted before they were sent. */
export function syslogSender(address: SyslogAddress, deps: SyslogSenderDependencies): ByteSink {
  return address.transport === "tcp" ? tcpSender(address, deps) : udpSender(address, deps);
}
