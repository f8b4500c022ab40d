// Filebeat and Logstash's json codec: the line as it stood in the file, in "message". "@timestamp" is when it was read, and "host" is
// who read it: the line's own header tells both better.

import type { JsonEnvelope } from "./json-envelope.ts";

export const filebeatJson: JsonEnvelope = {
  name: "filebeat-json",
  knownBy: ["message", "@timestamp"],
  line: "message",
};
