// A webhook's receiver on loopback that takes everything, and what it was told in the order in which it was.

import { createServer } from "node:http";
import { z } from "zod";

export const alertSchema = z.looseObject({
  type: z.string(),
  stormId: z.string(),
  revision: z.number(),
  list: z.string().optional(),
  detectedAt: z.string(),
  resolvedAt: z.string().optional(),
  evidence: z.looseObject({ replyAlls: z.number(), deliveriesSoFar: z.number(), messageIds: z.array(z.string()) }),
});

export type HeardAlert = z.infer<typeof alertSchema>;

/** One request. */
export interface Heard {
  readonly id: string;
  /** By this process' monotonic clock, ms. */
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly alert: HeardAlert;
}

export interface AlertReceiver {
  readonly url: string;
  readonly heard: readonly Heard[];
  readonly close: () => Promise<void>;
}

export async function alertReceiver(): Promise<AlertReceiver> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const { headers } = request;
      heard.push({
        id: String(headers["webhook-id"]),
        atMs: performance.now(),
        headers,
        body,
        alert: alertSchema.parse(JSON.parse(body)),
      });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}/alerts`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
