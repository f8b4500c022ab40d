// Postfix lines in journald's JSON export (`journalctl -o json`).

import { createJournalReader } from "../envelopes/journal-json.ts";
import type { LogFormat } from "../formats.ts";
import { parseJsonObject } from "../json-line.ts";
import { PostfixParser } from "./postfix.ts";

export const journalFormat: LogFormat<"journal"> = {
  name: "journal",
  create(context) {
    const reader = createJournalReader({
      hosts: context.hosts,
      streamTime: context.streamTime,
      arrival: context.arrival,
      parser: new PostfixParser(context),
    });
    return {
      parse(bytes, start, end) {
        const parsed = parseJsonObject(bytes, start, end);
        return typeof parsed === "string" ? parsed : reader.read(parsed);
      },
    };
  },
};
