// Vector, encoding.codec json: from its file source the line as it stood there; from its syslog source the message, with the parts of
// the header beside it ("host" is who sent it, "hostname" whom the header names).

import type { JsonEnvelope } from "./json-envelope.ts";

export const vectorJson: JsonEnvelope = {
  name: "vector-json",
  knownBy: ["message", "timestamp"],
  line: "message",
  header: { stamp: ["timestamp"], host: ["hostname", "host"], tag: "appname", processId: "procid" },
};
