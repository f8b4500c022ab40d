// Points into InfluxDB 1.8, 2.x and 3.x by /api/v2/write. The client's points and its transport are used, its WriteApi is not:
// that one tries again by itself, reads Retry-After: 30 as 30 ms, and drops what it gives up. Here a batch is one request.

import type { PointWriter, WriteOutcome } from "../../runtime/point-writer.ts";
import type { InfluxConnection, InfluxOptions } from "./influx-connection.ts";
import { openInflux } from "./influx-connection.ts";
import { pointLine } from "./point-line.ts";
import { outcomeOfAnswer, outcomeOfError } from "./write-answer.ts";

/** Throws for a URL that is none of http or https, or holds a user. */
export function createInfluxWriter(options: InfluxOptions): PointWriter {
  const connection = openInflux(options);
  return {
    lineOf: pointLine,
    write: (lines, signal) => writeBatch(connection, options, lines, signal),
    close: () => connection.close(),
  };
}

/** Where points are written to. */
export function writePath({ org, bucket }: Pick<InfluxOptions, "org" | "bucket">): string {
  const query = new URLSearchParams({ ...(org === "" ? {} : { org }), bucket, precision: "ms" });
  return `/api/v2/write?${query.toString()}`;
}

async function writeBatch(
  connection: InfluxConnection,
  options: InfluxOptions,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const secrets = secretsOf(options.token);
  try {
    const answer = await connection.send({
      method: "POST",
      path: writePath(options),
      body: lines.join("\n"),
      headers: { "content-type": "text/plain; charset=utf-8" },
      signal,
    });
    return outcomeOfAnswer(answer, lines.length, secrets);
  } catch (error) {
    if (signal.aborted) return { kind: "wait", reason: "aborted", detail: "" };
    return outcomeOfError(error, secrets);
  }
}

/** A token, and the password in one of 1.8. */
function secretsOf(token: string): readonly string[] {
  const colon = token.indexOf(":");
  return colon < 0 ? [token] : [token, token.slice(colon + 1)];
}
