// The JSON shapes of shippers that squall reads. A new one is a file of its own and a line here.

import { filebeatJson } from "./filebeat-json.ts";
import { fluentBitJson } from "./fluent-bit-json.ts";
import type { JsonEnvelope } from "./json-envelope.ts";
import { rsyslogJson } from "./rsyslog-json.ts";
import { syslogNgJson } from "./syslog-ng-json.ts";
import { vectorJson } from "./vector-json.ts";

/** In the order in which they are tried: Filebeat has a "log" that is no line. */
export const JSON_ENVELOPES: readonly JsonEnvelope[] = [
  rsyslogJson,
  syslogNgJson,
  filebeatJson,
  vectorJson,
  fluentBitJson,
];
