// One row an arrow of the architecture: a file, a line it says, and whether the linter and the scan must object.

export type Arrow = readonly [path: string, text: string, forbidden: boolean];

export const ARROWS: readonly Arrow[] = [
  // core -> shared/domain and its own service
  ["services/ingest/line.ts", 'import { a } from "../../shared/domain/mail-event.ts";', false],
  ["services/ingest/line.ts", 'import { a } from "./combine.ts";', false],
  ["services/ingest/parsers/line.ts", 'import { a } from "../combine.ts";', false],
  ["services/ingest/line.ts", 'import { createHash } from "node:crypto";', false],
  ["services/ingest/line.ts", 'import { a } from "../../shared/runtime/config.ts";', true],
  ["services/ingest/line.ts", 'import { a } from "../../shared/adapters/files.ts";', true],
  ["services/ingest/line.ts", 'import { a } from "../assembler/mail-table.ts";', true],
  ["services/ingest/parsers/line.ts", 'import { a } from "../../detector/thread.ts";', true],
  ["services/detector/rule.ts", 'import type { A } from "../squall/replay.ts";', true],
  ["services/detector/rule.ts", 'export { a } from "../console/page.ts";', true],
  ["services/detector/rule.ts", 'export const a = await import("../../shared/runtime/clock.ts");', true],
  ["services/assembler/mail.ts", 'import { a } from "../../test/support/log.ts";', true],
  ["services/assembler/mail.ts", 'import { readFileSync } from "node:fs";', true],
  ["services/assembler/mail.ts", 'import { connect } from "net";', true],
  ["services/recorder/points.ts", 'import { Point } from "@influxdata/influxdb-client";', true],
  ["services/alerter/routing.ts", 'import { parse } from "yaml";', true],
  ["services/squall/simulate/storm.ts", 'import { a } from "../../../shared/domain/mail-event.ts";', false],
  ["services/squall/simulate/storm.ts", 'import { writeFileSync } from "node:fs";', true],
  ["services/squall/simulate/storm.ts", 'import { a } from "../../ingest/line.ts";', true],

  // main -> shell -> core, shared/runtime, shared/adapters
  ["services/detector/main.ts", 'import { a } from "./detector-shell.ts";', false],
  ["services/detector/detector-shell.ts", 'import { a } from "../../shared/adapters/kafka.ts";', false],
  ["services/detector/detector-shell.ts", 'import { a } from "../../shared/runtime/clock.ts";', false],
  ["services/detector/detector-shell.ts", 'import { a } from "../assembler/mail.ts";', true],
  ["services/detector/detector-shell.ts", 'import { Kafka } from "kafkajs";', true],
  ["services/detector/detector-shell.ts", 'import { createServer } from "node:http";', true],
  ["services/alerter/telling-shell.ts", 'import { request } from "undici";', true],
  ["services/alerter/telling-shell.ts", 'import ipaddr from "ipaddr.js";', true],
  ["services/alerter/telling-shell.ts", 'import { a } from "../../shared/adapters/http/http-client.ts";', false],
  ["services/detector/rule.test.ts", 'import { readFileSync } from "node:fs";', false],
  ["services/detector/rule.test.ts", 'import { a } from "../squall/simulate/storm.ts";', true],

  // the live page runs in a browser
  ["services/console/page/page.ts", 'import type { A } from "../console-view.ts";', false],
  ["services/console/page/page.ts", 'import { a } from "./elements.ts";', false],
  ["services/console/page/uplot.ts", 'export { a } from "uplot";', false],
  ["services/console/page/page.ts", "setTimeout(() => undefined, 1);", false],
  ["services/console/page/page.ts", 'import { a } from "../console-shell.ts";', true],
  ["services/console/page/page.ts", 'import { a } from "../../../shared/domain/topics.ts";', true],
  ["services/console/page/page.ts", 'import { readFileSync } from "node:fs";', true],
  ["services/console/page/page.ts", 'import { a } from "lodash";', true],
  ["services/console/console-view.ts", 'import { a } from "./page/page.ts";', true],

  // services/squall composes every service
  ["services/squall/replay.ts", 'import { a } from "../detector/rule.ts";', false],
  ["services/squall/replay.ts", 'import { openSync } from "node:fs";', false],
  ["services/squall/replay.ts", 'import { Kafka } from "kafkajs";', true],
  ["services/squall/replay.ts", 'import { request } from "undici";', true],
  ["services/squall/replay.ts", 'import { a } from "../../test/support/log.ts";', true],

  // shared
  ["shared/domain/topics.ts", 'import { z } from "zod";', false],
  ["shared/domain/topics.ts", 'import { a } from "../runtime/clock.ts";', true],
  ["shared/domain/topics.ts", 'import { a } from "../adapters/files.ts";', true],
  ["shared/domain/topics.ts", 'import { a } from "../../services/ingest/line.ts";', true],
  ["shared/domain/topics.ts", 'import { readFileSync } from "node:fs";', true],
  ["shared/domain/topics.ts", 'import { parse } from "yaml";', true],
  ["shared/runtime/config.ts", 'import { parse } from "yaml";', false],
  ["shared/runtime/config.ts", 'import { a } from "../domain/topics.ts";', true],
  ["shared/runtime/config.ts", 'import { a } from "../adapters/files.ts";', true],
  ["shared/runtime/config.ts", 'import { Kafka } from "kafkajs";', true],
  ["shared/runtime/config.ts", 'import { request } from "undici";', true],
  ["shared/runtime/metrics.ts", 'import { Registry } from "prom-client";', false],
  ["shared/adapters/kafka.ts", 'import { Registry } from "prom-client";', true],
  ["services/squall/standalone.ts", 'import { Registry } from "prom-client";', true],
  ["services/detector/detector-shell.ts", 'import { Registry } from "prom-client";', true],
  ["services/detector/rule.ts", 'import { Registry } from "prom-client";', true],
  ["shared/adapters/kafka/client.ts", 'import { Kafka } from "kafkajs";', false],
  ["shared/adapters/http/http-client.ts", 'import { Kafka } from "kafkajs";', true],
  ["shared/adapters/files/file.ts", 'import lz4 from "lz4js";', true],
  ["shared/adapters/kafka.ts", 'import { a } from "../runtime/clock.ts";', false],
  ["shared/adapters/http/http-client.ts", 'import { request } from "undici";', false],
  ["shared/adapters/kafka.ts", 'import { a } from "../domain/topics.ts";', true],
  ["shared/adapters/kafka.ts", 'import { a } from "../../services/ingest/line.ts";', true],

  // pure files know no time, chance, environment or terminal
  ["services/ingest/line.ts", "export const a = new Date(0).toISOString();", false],
  ["services/ingest/line.ts", "export const a = Date.now();", true],
  ["services/ingest/line.ts", "export const a = Math.random();", true],
  ["services/ingest/line.ts", 'export const a = process.env["HOME"];', true],
  ["services/ingest/line.ts", "console.log(1);", true],
  ["services/ingest/line.ts", "setTimeout(() => undefined, 1);", true],
  ["services/squall/simulate/storm.ts", "export const a = Math.random();", true],
  ["shared/domain/topics.ts", "export const a = Date.now();", true],
  ["shared/domain/topics.ts", "export const a = Math.random();", true],
  ["shared/domain/topics.ts", 'export const a = process.env["HOME"];', true],
  ["shared/domain/topics.ts", "console.log(1);", true],
];

/** What only the scan sees: the linter has no rule for it. */
export const SCAN_ONLY: readonly string[] = [
  "export const a = new Date();",
  "export const a = Date();",
  "export const a = globalThis.process;",
  "export const a = new Date(0).getHours();",
  'export const a = "a".localeCompare("b");',
  "export const a = crypto.randomUUID();",
  'export type A = import("../../shared/runtime/clock.ts").Clock;',
  "// oxlint-disable-next-line no-console",
];
