// Fluent Bit's tail input without a parser: the line in "log", beside a time of reading under one of several names.

import type { JsonEnvelope } from "./json-envelope.ts";

export const fluentBitJson: JsonEnvelope = {
  name: "fluent-bit-json",
  knownBy: ["log"],
  line: "log",
};
