// `influx:` of the configuration -> where the recorder writes.

import { z } from "zod";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { duration, name } from "./config-values.ts";
import { certificatesFile } from "./pem-config.ts";
import { between } from "./receiver-config.ts";
import type { ReadSecret } from "./secret-config.ts";
import { credential, inFile, secretUnread } from "./secret-config.ts";
import type { InfluxSettings } from "./service-settings.ts";
import { defaultInfluxSettings } from "./service-settings.ts";

const URL_CHARS_MAX = 2048;

/** Read without a slash at its end. */
const serverUrl = z
  .string()
  .meta({ format: "uri" })
  .transform((text, context) => {
    const url = text.length <= URL_CHARS_MAX && URL.canParse(text) ? new URL(text) : undefined;
    const message = urlFault(url);
    if (url === undefined || message !== undefined) {
      context.addIssue({ code: "custom", message: message ?? "" });
      return z.NEVER;
    }
    return url.href.replace(/\/+$/u, "");
  });

function urlFault(url: URL | undefined): string | undefined {
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return "is no URL of an InfluxDB: write http://host:8086 or https://…";
  }
  if (url.username !== "" || url.password !== "") {
    return 'must not hold a name or a password: they go into token (of InfluxDB 1.8 as "name:password")';
  }
  return url.search === "" && url.hash === ""
    ? undefined
    : "must end with the path: bucket and org are settings of their own";
}

export function influxConfig(read: ReadSecret) {
  const [hasUrl, when] = between((fields) => Object.hasOwn(fields, "url"));
  const [hasBucket] = between((fields) => Object.hasOwn(fields, "bucket") || !Object.hasOwn(fields, "url"));
  const [one] = between((fields) => !(Object.hasOwn(fields, "token") && Object.hasOwn(fields, "tokenFile")));
  const [isTls] = between((fields) => !Object.hasOwn(fields, "ca") || !isHttp(fields));
  return z
    .strictObject({
      url: serverUrl.exactOptional().describe("Of the server. SQUALL_INFLUX_URL."),
      token: credential
        .exactOptional()
        .describe('May write to the bucket. Of InfluxDB 1.8 "name:password". SQUALL_INFLUX_TOKEN.'),
      tokenFile: inFile(credential, read, secretUnread)
        .exactOptional()
        .describe("File that holds the token, instead of token. SQUALL_INFLUX_TOKEN_FILE."),
      org: name.exactOptional().describe("Of InfluxDB 2. SQUALL_INFLUX_ORG."),
      bucket: name
        .exactOptional()
        .describe(
          'Where points go; it must be there. Of InfluxDB 1.8 "database/retention-policy". SQUALL_INFLUX_BUCKET.',
        ),
      ca: certificatesFile(read).exactOptional().describe("Who signed the server's certificate: path of a PEM file."),
      timeout: duration("1s", "5m").prefault(formatDuration(defaultInfluxSettings.timeoutMs)).describe("Of one write."),
    })
    .refine(hasUrl, { error: "is needed: where the server is, such as http://127.0.0.1:8086", path: ["url"], ...when })
    .refine(hasBucket, { error: "is needed: where points are to go", path: ["bucket"], ...when })
    .refine(one, { error: "cannot stand beside token: give one of them", path: ["tokenFile"], ...when })
    .refine(isTls, { error: "is of no use with http: write https://… as url", path: ["ca"], ...when });
}

function isHttp(fields: object): boolean {
  return "url" in fields && typeof fields.url === "string" && fields.url.startsWith("http:");
}

export function influxSettings(fields: z.output<ReturnType<typeof influxConfig>>): InfluxSettings {
  const { url = "", token, tokenFile, org = "", bucket = "", ca, timeout } = fields;
  return { url, token: token ?? tokenFile, org, bucket, ca, timeoutMs: timeout };
}
