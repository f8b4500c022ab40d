// Every `squall …` that a page tells people to type is a command with options that it has, and words that they take.

import { globSync } from "node:fs";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { commandTree } from "../../services/squall/command-line/command-tree.ts";
import { createProgram } from "../../services/squall/program.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { pageBlocks } from "../support/page-blocks.ts";

const tree = commandTree(createProgram("1.2.3", () => Promise.resolve()));
const PAGES = globSync(["*.md", "docs/**/*.md"], { cwd: ROOT }).toSorted();

/** The words behind `squall` of each command in a line; "…" and placeholders in capitals are for the reader to fill in. In a container it is squall.js. */
function commandsIn(line: string): string[][] {
  return line
    .replace(/(?:^|\s)#.*$/u, "")
    .replace(/^(?:docker|kubectl) .*\/services\/squall\/squall\.js /u, "squall ")
    .split(/\|\|?|&&|;|\$\(|(?<=\s)do\s/u)
    .flatMap((part) => {
      const words = part.trim().match(/"[^"]*"|'[^']*'|[^\s"']+/gu) ?? [];
      while (/^(?:npx|sudo|-u|\w+=.*)$/u.test(words[0] ?? "")) {
        if (words.shift() === "-u") words.shift();
      }
      const [program, ...rest] = words;
      const end = rest.findIndex((word) => /^[>)<]/u.test(word));
      return program === "squall" ? [end < 0 ? rest : rest.slice(0, end)] : [];
    });
}

/** What is wrong with it; undefined: nothing. */
function faultOf([name, ...words]: readonly string[]): string | undefined {
  if (name === undefined || name === "--version" || name === "--help") return undefined;
  const command = tree.commands.find((one) => one.name === name);
  if (command === undefined) return `no command ${name}`;
  for (const [place, word] of words.entries()) {
    if (!/^--?[a-z]/u.test(word)) continue;
    const [written = "", inline] = word.split("=", 2);
    const option = command.options.find(({ names }) => names.includes(written));
    if (option === undefined) return `squall ${name} has no ${written}`;
    const value = inline ?? words[place + 1] ?? "";
    if (option.value?.kind !== "words" || value.startsWith("$")) continue;
    const given = option.value.isList ? value.split(",") : [value];
    const unknown = given.find((one) => option.value?.kind === "words" && !option.value.words.includes(one));
    if (unknown !== undefined) return `squall ${name} ${written} takes no ${unknown}`;
  }
  return undefined;
}

test("commands are found, and faults", () => {
  expect(
    commandsIn("sudo -u squall squall doctor --for ingest && A=1 npx squall silences | cat; squall x # y"),
  ).toEqual([["doctor", "--for", "ingest"], ["silences"], ["x"]]);
  expect(commandsIn("kubectl exec POD -- /nodejs/bin/node /app/services/squall/squall.js silences --kafka")).toEqual([
    ["silences", "--kafka"],
  ]);
  expect(faultOf(["doctor", "--for", "ingest"])).toBeUndefined();
  expect(faultOf(["doctor", "--for", "nobody"])).toBe("squall doctor --for takes no nobody");
  expect(faultOf(["replay", "--colour"])).toBe("squall replay has no --colour");
  expect(faultOf(["play"])).toBe("no command play");
});

test("what the pages say is what the command takes", () => {
  const commands = PAGES.flatMap((page) =>
    pageBlocks(relative("docs", page)).flatMap(({ text }) =>
      text
        .replaceAll(/\\\n\s*/gu, " ")
        .split("\n")
        .flatMap((line) => commandsIn(line).map((words) => ({ page, words }))),
    ),
  );
  expect(commands.length).toBeGreaterThan(50);
  const faults = commands.flatMap(({ page, words }) => {
    const fault = faultOf(words);
    return fault === undefined ? [] : [`${page}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test("Kafka's tools and kcat have the port and the login of the samples", () => {
  const lines = PAGES.flatMap((page) => pageBlocks(relative("docs", page)))
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => /(?:--bootstrap-server|-b) kafka1\.example\.org/u.test(line));
  expect(lines.length).toBeGreaterThan(5);
  const isLoggedIn = (line: string): boolean =>
    line.includes("--bootstrap-server kafka1.example.org:9093 --command-config admin.properties ") ||
    line.includes("kcat -F kcat.properties -b kafka1.example.org:9093 ");
  expect(lines.filter((line) => !isLoggedIn(line))).toEqual([]);
});
