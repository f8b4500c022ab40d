// man/squall.1 is what the command's definitions make of it, and a manual page that readers of manual pages take without a word.
// After a change of an option: npm run generate:man

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandTree } from "../../services/squall/command-line/command-tree.ts";
import { createProgram } from "../../services/squall/program.ts";
import packageJson from "../../package.json" with { type: "json" };
import { ROOT } from "../e2e/squall-process.ts";
import { manPage } from "../support/man-page.ts";
import { realPart } from "../support/real-part.ts";

const PATH = join(ROOT, "man/squall.1");
const { version } = packageJson;
const tree = commandTree(createProgram(version, () => Promise.resolve()));

function committed(): string {
  try {
    return readFileSync(PATH, "utf8");
  } catch {
    return "";
  }
}

/** Bold is a character that is printed twice. */
function withoutOverprints(text: string): string {
  return text.split("\b").reduce((read, rest) => read.slice(0, -1) + rest);
}

/** The day on which it was made. */
function dateOf(page: string): string {
  return /^\.TH \S+ \S+ (\S+)/mu.exec(page)?.[1] ?? "";
}

test("stands as the definitions have it", () => {
  const before = committed();
  if (process.env["UPDATE_GOLDENS"] === "1" && manPage(tree, { version, date: dateOf(before) }) !== before) {
    mkdirSync(join(ROOT, "man"), { recursive: true });
    writeFileSync(PATH, manPage(tree, { version, date: new Date().toISOString().slice(0, 10) }));
  }
  const page = committed();
  expect(dateOf(page)).toMatch(/^\d{4}-\d\d-\d\d$/u);
  expect(page).toBe(manPage(tree, { version, date: dateOf(page) }));
});

test("names every command and every option", () => {
  const page = committed().replaceAll(String.raw`\-`, "-");
  for (const { name, options } of tree.commands) {
    const part = page.split(`\n.SS squall ${name}\n`)[1]?.split(/\n\.S[SH] /u)[0] ?? "";
    expect([name, options.flatMap(({ names }) => names).filter((one) => !part.includes(`\\fB${one}\\fR`))]).toEqual([
      name,
      [],
    ]);
  }
});

test("mandoc finds nothing wrong with it", (context) => {
  const { stdout, stderr } = spawnSync(realPart("mandoc", context), ["-T", "lint", "-W", "style", PATH], {
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toBe("");
});

test("is read by mandoc as it is meant: sections, terms, examples as they are", (context) => {
  const { stdout, status } = spawnSync(realPart("mandoc", context), ["-T", "utf8", "-O", "width=120", PATH], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  const plain = withoutOverprints(stdout);
  for (const heading of ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES"]) {
    expect(plain).toMatch(new RegExp(`^${heading}$`, "mu"));
  }
  expect(plain).toContain("journalctl -u 'postfix*' -o short-iso | squall replay -\n");
  expect(plain).toContain("--min-severity <level>");
  expect(plain).toContain("squall replay --report incident.html mail.log");
});
