// deploy/systemd, judged by systemd's own tools, and held to what the program knows.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";
import type { TestContext } from "vitest";

import { squallSchema } from "../../services/squall/squall-config.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { EXIT } from "../../services/squall/exit-codes.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { realPart } from "../support/real-part.ts";

const FOLDER = join(ROOT, "deploy/systemd");
const UNIT = readFileSync(join(FOLDER, "squall.service"), "utf8");
/** Of a service on Kafka, by its name. */
const TEMPLATE = readFileSync(join(FOLDER, "squall@.service"), "utf8");
const UNITS = [
  ["squall.service", UNIT],
  ["squall@detector.service", TEMPLATE],
] as const;
/** systemd's own measure of what a service could do: 0 nothing, 10 everything. In tenths. */
const EXPOSURE_MAX = 15;

const folder = mkdtempSync(join(tmpdir(), "squall-systemd-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The unit with a program that is there, as systemd-analyze asks for. */
function unitHere(text = UNIT, name = "squall.service"): string {
  const path = join(folder, name);
  writeFileSync(path, text.replace("/usr/local/bin/squall", join(ROOT, "services/squall/squall.js")));
  return path;
}

function analyze(context: TestContext, ...args: readonly string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(realPart("systemd-analyze", context), args, { encoding: "utf8" });
  return { code: status, said: `${stdout}${stderr}` };
}

function valuesOf(name: string, unit = UNIT): string[] {
  return Array.from(unit.matchAll(new RegExp(`^${name}=(.*)$`, "gmu")), ([, value]) => value ?? "");
}

describe("systemd", () => {
  test.for(UNITS)("finds nothing wrong with %s, with its comments switched on too", ([name, unit], context) => {
    expect(analyze(context, "verify", unitHere(unit, name))).toEqual({ code: 0, said: "" });
    const on = unit.replaceAll(/^#(?=(LoadCredential|Environment)=)/gmu, "");
    expect(on).not.toBe(unit);
    expect(analyze(context, "verify", unitHere(on, name))).toEqual({ code: 0, said: "" });
  });

  test("would find a mistake", (context) => {
    const wrong = UNIT.replace("ProtectSystem=strict", "ProtectSytem=strict");
    expect(analyze(context, "verify", unitHere(wrong)).said).toContain("ProtectSytem");
  });

  test.for(UNITS)("measures little exposure of %s", ([name, unit], context) => {
    const args = ["security", "--offline=yes", `--threshold=${EXPOSURE_MAX}`, "--no-pager", unitHere(unit, name)];
    const { code, said } = analyze(context, ...args);
    expect(said).toContain("Overall exposure level");
    expect(code).toBe(0);
  });

  test("knows the system calls that the filter names", (context) => {
    const { code } = analyze(context, "syscall-filter", "@system-service", "@privileged", "@resources");
    expect(code).toBe(0);
  });
});

test("what Node needs is left to it, and nothing is started again that would fail again", () => {
  expect(valuesOf("MemoryDenyWriteExecute")).toEqual(["no"]);
  expect(valuesOf("RestartPreventExitStatus")).toEqual([`${EXIT.usage} ${EXIT.configuration}`]);
  expect(valuesOf("SuccessExitStatus")).toEqual([`${EXIT.interrupted}`]);
  expect(valuesOf("ExecReload")).toEqual(["/bin/kill -HUP $MAINPID"]);
  expect(valuesOf("RestrictAddressFamilies")).toEqual(["AF_INET AF_INET6 AF_UNIX"]);
});

test("a service goes on from its last flush whatever ended it, but for what a start does not mend; SIGHUP reads nothing again", () => {
  expect(valuesOf("Restart", TEMPLATE)).toEqual(["always"]);
  expect(valuesOf("RestartPreventExitStatus", TEMPLATE)).toEqual([`${EXIT.usage} ${EXIT.configuration}`]);
  expect(valuesOf("ExecReload", TEMPLATE)).toEqual([]);
  expect(valuesOf("ExecStart", TEMPLATE)).toEqual(["/usr/local/bin/squall %i --config /etc/squall/squall.yaml"]);
  expect(valuesOf("MemoryDenyWriteExecute", TEMPLATE)).toEqual(["no"]);
});

test("every variable that unit and environment file name is one that squall knows", () => {
  const known = new Set(settingsOf(squallSchema({}), "SQUALL").map(({ env }) => env));
  const named = `${UNIT}${TEMPLATE}${readFileSync(join(FOLDER, "squall.env"), "utf8")}`.matchAll(
    /\b(SQUALL_[A-Z_]*[A-Z])\b=/gu,
  );
  const names = Array.from(named, ([, name]) => name ?? "");
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test("the user's description is understood", (context) => {
  realPart("systemd-analyze", context);
  const root = join(folder, "root");
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nadm:x:4:\nsystemd-journal:x:101:\n");
  const args = [`--root=${root}`, join(FOLDER, "squall.sysusers")];
  const { status, stderr } = spawnSync("systemd-sysusers", args, { encoding: "utf8" });
  expect({ status, stderr: stderr.replaceAll(/^Creating .*\n/gmu, "") }).toEqual({ status: 0, stderr: "" });
  expect(readFileSync(join(root, "etc/passwd"), "utf8")).toMatch(
    /^squall:x:\d+:\d+:squall:\/var\/lib\/squall:\S*nologin$/mu,
  );
  const groups = readFileSync(join(root, "etc/group"), "utf8").split("\n");
  expect(groups).toEqual(expect.arrayContaining(["adm:x:4:squall", "systemd-journal:x:101:squall"]));
});
