// rsyslog, template(type="list" option.jsonf="on") with timereported, hostname, syslogtag and msg. It writes "\/" for "/", and leaves
// the space before the message. Where imfile read the line from a file, msg has the header that stood there, and the others are
// rsyslog's own: the header within counts, as in its text formats.

import type { JsonEnvelope } from "./json-envelope.ts";

export const rsyslogJson: JsonEnvelope = {
  name: "rsyslog-json",
  knownBy: ["msg", "syslogtag"],
  line: "msg",
  header: { stamp: ["timereported", "timegenerated"], host: ["hostname"], tag: "syslogtag" },
};
