// syslog-ng, $(format-json --scope rfc5424 --exclude DATE --key ISODATE). With flags(no-parse) MESSAGE is the line whole.

import type { JsonEnvelope } from "./json-envelope.ts";

export const syslogNgJson: JsonEnvelope = {
  name: "syslog-ng-json",
  knownBy: ["MESSAGE", "HOST"],
  line: "MESSAGE",
  header: { stamp: ["ISODATE", "DATE"], host: ["HOST"], tag: "PROGRAM", processId: "PID" },
};
