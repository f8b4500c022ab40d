// What the command understands (services/squall/command-line) -> its manual page, squall(1), in the macros of man(7).

import type { CommandNode, CommandOption, CommandTree } from "../../services/squall/command-line/command-tree.ts";
import { EXIT } from "../../services/squall/exit-codes.ts";

const EXIT_WORDS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "Done.",
  failed: "Something failed; an input that could not be read to its end counts.",
  usage: "The command line is wrong.",
  storm: "A storm opened (replay --fail-on-storm).",
  unavailable: "No squall is there to do what was asked, or no broker answers.",
  configuration: "The configuration is wrong or cannot be read.",
  interrupted: "Interrupted.",
};

const DESCRIPTION = [
  "squall reads the log of a mail server, works out which thread each message belongs to, measures how fast people answer in each thread and on each list, and raises an alert while a reply-all storm is still a handful of messages.",
  "Without a command it is squall standalone. As a service on Apache Kafka each of its stages is a command of its own.",
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    "SQUALL_…",
    "Every setting of the configuration has a variable: SQUALL_ and its path, as SQUALL_WEBHOOK_URL for webhook: {url: …}. It stands over the file, and an option of the command line over it.",
  ],
  [
    "SQUALL_STATE",
    "State directory, where --state names none; else STATE_DIRECTORY as systemd sets it, else a directory of the user's.",
  ],
  ["HTTP_PROXY, HTTPS_PROXY, NO_PROXY", "Ways to web hooks."],
  ["NO_COLOR", "No colours, whatever it is set to."],
  ["SQUALL_DEBUG", "1: where an internal error happened is shown."],
];

const FILES: readonly (readonly [string, string])[] = [
  ["/etc/squall/squall.yaml", "Configuration of the systemd units; nowhere is one read that --config does not name."],
  ["/var/lib/squall", "State directory of the service; ~/.local/state/squall else."],
];

export function manPage(
  tree: CommandTree,
  { version, date }: { readonly version: string; readonly date: string },
): string {
  const lines = [
    `.\\" Made of the command's own definitions: npm run generate:man`,
    `.TH SQUALL 1 ${date} "squall ${version}" "User Commands"`,
    ".SH NAME",
    "squall \\- see an e\\-mail reply\\-all storm at its third reply",
    ".SH SYNOPSIS",
    ...tree.commands.flatMap((command, index) => [...(index === 0 ? [] : [".br"]), synopsis(tree.name, command)]),
    ".SH DESCRIPTION",
    ...paragraphs(DESCRIPTION),
    ".SH OPTIONS",
    ...tree.options.flatMap(option),
    ".SH COMMANDS",
    ...tree.commands.flatMap((command) => section(tree.name, command)),
    ".SH EXIT STATUS",
    ...entries(Object.entries(EXIT).map(([name, code]) => [String(code), wordsOf(name)])),
    ".SH ENVIRONMENT",
    ...entries(ENVIRONMENT),
    ".SH FILES",
    ...entries(FILES),
  ];
  return `${lines.join("\n")}\n`;
}

function wordsOf(name: string): string {
  return Object.entries(EXIT_WORDS).find(([known]) => known === name)?.[1] ?? "";
}

function synopsis(program: string, { name, options, arguments: known }: CommandNode): string {
  const rest = [...(options.length === 0 ? [] : ["[options]"]), ...known.map(({ placeholder }) => placeholder)].join(
    " ",
  );
  return `.B ${escaped(`${program} ${name}`)}\n${escaped(rest)}`.trimEnd();
}

function section(program: string, command: CommandNode): string[] {
  return [
    `.SS ${escaped(`${program} ${command.name}`)}`,
    ...textLines(sentence(command.description)),
    ...command.arguments.flatMap(({ placeholder, description }) => [
      ".TP",
      `.I ${escaped(placeholder)}`,
      ...textLines(sentence(description || "A command.")),
    ]),
    ...command.options.flatMap(option),
    ...notes(command.notes),
  ];
}

function option({ names, placeholder, description }: CommandOption): string[] {
  const written = names.map((name) => `\\fB${escaped(name)}\\fR`).join(", ");
  const value = placeholder === "" ? "" : ` \\fI${escaped(placeholder)}\\fR`;
  return [".TP", `${written}${value}`, ...textLines(sentence(description))];
}

function isLiteral(line: string): boolean {
  return line.startsWith("  ");
}

/** As they stand in the help: a title, and lines that are indented below it. */
function notes(text: string): string[] {
  if (text === "") return [];
  const lines: string[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    if (isLiteral(line) !== open && line !== "") {
      lines.push(...(open ? [".EE", ".RE"] : [".RS", ".EX"]));
      open = !open;
    }
    if (line === "") continue;
    if (open) lines.push(guarded(escaped(line.slice(2))));
    else lines.push(".PP", ...textLines(line));
  }
  return open ? [...lines, ".EE", ".RE"] : lines;
}

function entries(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.flatMap(([term, text]) => [".TP", `.B ${escaped(term)}`, ...textLines(text)]);
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : [".PP"]), ...textLines(text)]);
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?)]$/u.test(first) ? first : `${first}.`;
}

/** A sentence begins a line, as roff has it, for the space behind its end; no line is long. */
function textLines(text: string): string[] {
  return escaped(text)
    .split(/(?<=[.!?]) (?=[A-Z])/u)
    .flatMap(wrapped)
    .map(guarded);
}

const LINE_MAX = 78;

function wrapped(sentenceText: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentenceText.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > LINE_MAX) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Backslashes and what roff would make typography of. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replaceAll("'", String.raw`\(aq`)
    .replaceAll("`", String.raw`\(ga`)
    .replaceAll("~", String.raw`\(ti`)
    .replaceAll("^", String.raw`\(ha`)
    .replaceAll("…", "...");
}

/** A line that begins like a request. */
function guarded(line: string): string {
  return line.startsWith(".") ? String.raw`\&${line}` : line;
}
