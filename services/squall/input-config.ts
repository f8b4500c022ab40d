// `inputs:` of the configuration -> what standalone reads: files that grow, files of a folder, syslog on a port, standard input.

import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { listenAddressText } from "../../shared/runtime/listen-address.ts";
import { FORMAT_NAMES } from "../ingest/formats.ts";
import { listenAddress, path, timeZone } from "./config-values.ts";
import { between } from "./receiver-config.ts";
import type { InputSettings } from "./standalone/standalone-settings.ts";

/** More would be more series than the metrics may have. */
const INPUTS_MAX = 32;
const KINDS = ["file", "files", "syslog", "stdin"] as const;

const filePath = path.refine((text) => text !== "-", { error: 'write standard input as "stdin: true"' });

const pattern = filePath
  .refine((text) => !/[*?]/u.test(dirname(text)), {
    error: "may have * and ? in the file's name only, not in a folder's",
  })
  .refine((text) => text.endsWith("/") || /[*?]/u.test(text), {
    error:
      'names one file: write it as "file: …"; or a pattern such as /var/log/mail-*.log, or a folder with / at its end',
  });

const syslog = z
  .strictObject({ udp: listenAddress.exactOptional(), tcp: listenAddress.exactOptional() })
  .refine(({ udp, tcp }) => udp !== undefined || tcp !== undefined, { error: "needs udp or tcp, or both" });

const inputFields = z.strictObject({
  file: filePath.exactOptional().describe("A log that grows; it need not be there yet. Rotation is followed."),
  files: pattern
    .exactOptional()
    .describe(
      "The files of one folder: /var/log/mail-*.log, or all of them: /srv/logs/. New ones are read from their start.",
    ),
  syslog: syslog.exactOptional().describe("Ports for RFC 3164 and RFC 5424. A port alone listens on loopback."),
  stdin: z.literal(true).exactOptional().describe("Standard input, as in: journalctl -f | squall standalone -"),
  format: z
    .enum(["auto", ...FORMAT_NAMES])
    .default("auto")
    .describe("Of the lines; auto tells by content."),
  timezone: timeZone.exactOptional().describe("Zone of stamps that name none; default: timezone of the configuration."),
  from: z
    .enum(["start", "end"])
    .exactOptional()
    .describe("Where a file begins that was never read before; default: end. Of files only."),
});

type InputFields = z.output<typeof inputFields>;

function kindsOf(fields: object): string[] {
  return KINDS.filter((kind) => Object.hasOwn(fields, kind));
}

const [oneKind, when] = between((fields: object) => kindsOf(fields).length === 1);
const [fromFits] = between(
  (fields: object) => !Object.hasOwn(fields, "from") || Object.hasOwn(fields, "file") || Object.hasOwn(fields, "files"),
);

const inputConfig = inputFields
  .refine(oneKind, { error: `needs one of: ${KINDS.join(", ")}`, ...when })
  .refine(fromFits, { error: "means something for file and files only", path: ["from"], ...when });

/** What two inputs must not have in common. */
function claimsOf({ file, files, syslog: ports, stdin }: InputFields): string[] {
  return [
    ...(file === undefined ? [] : [`the file ${resolve(file)}`]),
    ...(files === undefined ? [] : [`the files ${files}`]),
    ...(ports?.udp === undefined || ports.udp.port === 0 ? [] : [`the UDP port ${listenAddressText(ports.udp)}`]),
    ...(ports?.tcp === undefined || ports.tcp.port === 0 ? [] : [`the TCP port ${listenAddressText(ports.tcp)}`]),
    ...(stdin === undefined ? [] : ["standard input"]),
  ];
}

export const inputsConfig = z
  .array(inputConfig)
  .max(INPUTS_MAX)
  .superRefine((inputs, context) => {
    const seen = new Set<string>();
    for (const [index, input] of inputs.entries()) {
      for (const claim of claimsOf(input)) {
        if (seen.has(claim))
          context.addIssue({ code: "custom", path: [index], message: `reads ${claim} a second time` });
        seen.add(claim);
      }
    }
  });

/** `timezone`: that of the configuration. */
export function inputSettings(inputs: z.output<typeof inputsConfig>, timezone: string): InputSettings[] {
  return inputs.map((fields) => inputOf(fields, timezone));
}

function inputOf(fields: InputFields, zone: string): InputSettings {
  const { file, files, syslog: ports, format, timezone = zone, from = "end" } = fields;
  if (file !== undefined) return { kind: "file", name: file, path: resolve(file), format, timezone, from };
  if (files !== undefined) {
    const [folder, wanted] = files.endsWith("/") ? [files, "*"] : [dirname(files), basename(files)];
    return { kind: "files", name: files, folder: resolve(folder), pattern: wanted, format, timezone, from };
  }
  if (ports === undefined) return { kind: "stdin", name: "standard input", format, timezone };
  const { udp, tcp } = ports;
  const where = [
    ...(udp === undefined ? [] : [`udp ${listenAddressText(udp)}`]),
    ...(tcp === undefined ? [] : [`tcp ${listenAddressText(tcp)}`]),
  ];
  return { kind: "syslog", name: `syslog ${where.join(" ")}`, udp, tcp, format, timezone };
}
