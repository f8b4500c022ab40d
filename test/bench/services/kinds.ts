// The logs that the services are measured on: those of bench.ts, one site each.

import type { MailLogSettings } from "../mail-log.ts";

export interface Kind {
  readonly name: string;
  readonly settings: MailLogSettings;
}

/** A storm on a list of 25,000; `lines` before it is scaled. */
export function deliveries(lines: number): Kind {
  return {
    name: "deliveries",
    settings: {
      lines,
      recipients: () => 25_000,
      live: 4,
      headerLines: true,
      toList: true,
      linesPerSecond: 2000,
    },
  };
}

/** Mails of 1 to 3 recipients. */
export function shortMails(lines: number): Kind {
  return {
    name: "short mails",
    settings: {
      lines,
      recipients: (mail) => 1 + (mail % 3),
      live: 16,
      headerLines: false,
      toList: false,
      linesPerSecond: 1000,
    },
  };
}
