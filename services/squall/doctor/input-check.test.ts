import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { ROOT } from "../../../test/e2e/squall-process.ts";
import { whyDenied } from "../../../shared/adapters/files/file-rights.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import type { Finding } from "./finding.ts";
import type { InputCheckDeps } from "./input-check.ts";
import { fileFindings, folderFindings } from "./input-check.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SMALL_STORM = join(ROOT, "test/testdata/postfix/small-storm.log");
const ENDS = Date.UTC(2016, 10, 14, 9, 59, 54);

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function looked(path: string, change: Partial<InputCheckDeps> = {}): Promise<string[]> {
  const config = await loadStandaloneConfiguration([path], {}, {});
  const deps = { config, nowMs: ENDS + 5000, ownZone: "UTC", whyDenied: () => undefined, ...change };
  const [input] = config.inputs;
  let findings: Finding[] = [];
  if (input?.kind === "file") findings = fileFindings(input, deps);
  if (input?.kind === "files") findings = folderFindings(input, deps);
  return findings.map(({ level, text, mend = [] }) =>
    [`${level}: ${text}`, ...mend].join(" | ").replaceAll(folder, "DIR"),
  );
}

test("a log that is written now", async () => {
  const path = join(folder, "mail.log");
  copyFileSync(SMALL_STORM, path);
  utimesSync(path, ENDS / 1000, ENDS / 1000);
  expect(await looked(path)).toEqual([
    expect.stringMatching(/^ok: can be read by .* \(uid \d+\), 164 kB$/u),
    "ok: postfix: 100 % of the last 689 lines understood, 95 % tell of mail",
    "ok: newest line stamped 2016-11-14 09:59:54 (UTC), agrees with the clock",
    "ok: header lines: 100 % of 63 mails have them",
  ]);
  expect((await looked(`${folder}/ma*.log`))[0]).toBe("ok: 1 file matches, the newest is DIR/mail.log");
});

test("what is not there, or can never be followed", async () => {
  mkdirSync(join(folder, "a-folder"), { recursive: true });
  const absent = await looked(join(folder, "absent.log"));
  expect(absent).toEqual([
    "warn: is not there yet | It is waited for. Where does the mail server log? ls DIR; journalctl -u 'postfix*'",
  ]);
  expect(await looked(join(folder, "no/mail.log"))).toEqual([
    "fail: there is no folder DIR/no | Is the path written right?",
  ]);
  expect(await looked(join(folder, "a-folder"))).toEqual([
    "fail: is no regular file: it cannot be followed | Read a pipe by standard input: squall standalone - < PIPE",
  ]);
  expect(await looked(put("old.gz", gzipSync("x")))).toEqual([
    "fail: is compressed: it cannot be followed | Follow the plain log; give compressed ones to: squall learn FILE…",
  ]);
  expect(await looked(put("empty.log", ""))).toEqual([
    expect.stringMatching(/^ok: .*: empty so far, nothing to judge$/u),
  ]);
  expect(await looked(`${folder}/none-*`)).toEqual([
    "warn: no file matches yet | It is waited for: the first file that matches is read from its start.",
  ]);
  expect(await looked(`${folder}/nowhere/`)).toEqual([
    "fail: there is no folder DIR/nowhere | Name the folder that it is in.",
  ]);
});

test("dots, brackets and signs of a pattern stand for themselves", async () => {
  put("a[1]+x.log", "");
  put("a1x.log", "");
  put("a[1]+xxlog", "");
  expect((await looked(`${folder}/a[1]+?.log`))[0]).toBe("ok: 1 file matches, the newest is DIR/a[1]+x.log");
});

test("what is denied, by whom, and which group would do", async () => {
  const denied = { path: "/var/log/mail.log", isFolder: false, owner: "root", group: "adm", mode: "rw-r-----" };
  const [byGroup] = await looked(put("x.log", ""), { whyDenied: () => ({ ...denied, groupWouldDo: true }) });
  expect(byGroup).toMatch(
    /^fail: \/var\/log\/mail\.log cannot be read: it is root's, group adm, mode rw-r-----; this is \S+ \(uid \d+\) \| usermod -aG adm \S+ {6}\(and start squall anew; with systemd: SupplementaryGroups=adm\)$/u,
  );
  const alone = { ...denied, mode: "rw-------", groupWouldDo: false };
  const [byAcl] = await looked(join(folder, "x.log"), { whyDenied: () => alone });
  expect(byAcl).toContain("| setfacl -m u:");
  const inside = { ...alone, path: "/root", isFolder: true };
  const [byFolder] = await looked(join(folder, "x.log"), { whyDenied: () => inside });
  expect(byFolder).toMatch(/^fail: the folder \/root lets nobody else through: .* \| setfacl -m u:\S+:x \/root$/u);
});

test("the first step of a path that denies is named", () => {
  const inner = join(folder, "closed/inner");
  mkdirSync(inner, { recursive: true });
  const path = join(inner, "mail.log");
  writeFileSync(path, "");
  chmodSync(path, 0o640);
  chmodSync(inner, 0o750);
  const denying = (what: string) => (at: string) => {
    if (at === what) throw Object.assign(new Error("denied"), { code: "EACCES" });
  };
  expect(whyDenied(path, { access: () => undefined })).toBeUndefined();
  expect(whyDenied(path, { access: denying(path) })).toMatchObject({ path, isFolder: false, mode: "rw-r-----" });
  expect(whyDenied(path, { access: denying(inner) })).toMatchObject({ path: inner, isFolder: true, mode: "rwxr-x---" });
  const absent = (): never => {
    throw Object.assign(new Error("absent"), { code: "ENOENT" });
  };
  expect(whyDenied(path, { access: absent })).toBeUndefined();
});

test("another user is denied what only root may read", (context) => {
  if (process.getuid?.() !== 0) context.skip("only root can become another user");
  const path = put("secret.log", "x");
  chmodSync(path, 0o600);
  chmodSync(folder, 0o755);
  const rights = join(ROOT, "shared/adapters/files/file-rights.ts");
  const source = `const { whyDenied } = await import(${JSON.stringify(rights)});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    console.log(JSON.stringify(whyDenied(${JSON.stringify(path)})));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", source], { encoding: "utf8" });
  const denied = { path, isFolder: false, owner: "root", group: "root", mode: "rw-------", groupWouldDo: false };
  expect(JSON.parse(stdout)).toEqual(denied);
});
