import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { probeConnection } from "../../../shared/adapters/net/connection-probe.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import type { FileInput } from "../standalone/standalone-settings.ts";
import { doctorFindings } from "./doctor.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is found of inputs where none is named. */
async function inputsFound(defaultInput: FileInput | undefined): Promise<string[]> {
  const env = { HOME: folder, SQUALL_METRICS_ADDRESS: "off", SQUALL_CONSOLE_ADDRESS: "off" };
  const config = await loadStandaloneConfiguration([], { state: join(folder, "state") }, env);
  const findings = doctorFindings({
    config,
    secretFiles: [],
    sendTest: false,
    nodeVersion: "v24",
    hasPipedInput: false,
    defaultInput,
    searchPath: "",
    ownZone: "UTC",
    nowMs: () => Date.now(),
    ports: {
      stateHolder: () => Promise.resolve(undefined),
      missingPorts: () => Promise.resolve([]),
      sendTest: () => Promise.resolve({ ok: true, text: "" }),
      isPublic: () => false,
      probe: probeConnection,
      whyDenied: () => undefined,
    },
  });
  const found: string[] = [];
  for await (const { level, subject, text } of findings) {
    if (subject.startsWith("input")) found.push(`${level} ${subject}: ${text}`);
  }
  return found;
}

test("nothing is named, and the system has no log: nothing is read", async () => {
  expect(await inputsFound(undefined)).toEqual([
    "fail inputs: nothing is read: none is named, and none of /var/log/mail.log, /var/log/maillog, /var/log/mail is there",
  ]);
});

test("nothing is named: the log that standalone reads then is looked at", async () => {
  const path = join(folder, "mail.log");
  writeFileSync(path, "Lorem ipsum dolor sit amet.\n");
  const found = await inputsFound({ kind: "file", name: path, path, format: "auto", timezone: "UTC", from: "end" });
  expect(found[0]).toBe(`ok inputs: none is named: squall standalone reads a pipe, else ${path}, which is there`);
  expect(found.slice(1)).not.toEqual([]);
  for (const one of found.slice(1)) expect(one).toContain(` input ${path}: `);
});
