// What the command understands (program.ts) -> the same as plain values, of which completions and the manual page are made.

import type { Argument, Command, Option } from "commander";

/** What may stand there, for a shell that completes it. */
export type ValueKind =
  | { readonly kind: "words"; readonly words: readonly string[]; readonly isList: boolean }
  | { readonly kind: "file" | "directory" | "command" | "text" };

export interface CommandOption {
  /** "-q", "--quiet": as they are written, one at least. */
  readonly names: readonly string[];
  /** "<file>" as the help has it; "" for a flag. */
  readonly placeholder: string;
  readonly description: string;
  /** Undefined: it takes none. */
  readonly value: ValueKind | undefined;
}

export interface CommandArgument {
  /** "<files...>", "[target]". */
  readonly placeholder: string;
  readonly description: string;
  readonly value: ValueKind;
}

export interface CommandNode {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  /** What the help says behind its options: examples, exit codes. */
  readonly notes: string;
}

export interface CommandTree extends CommandNode {
  readonly commands: readonly CommandNode[];
}

export function commandTree(program: Command): CommandTree {
  const commands = program.createHelp().visibleCommands(program).map(nodeOf);
  const words = commands.map(({ name }) => name);
  return { ...nodeOf(program), commands: commands.map((node) => (node.name === "help" ? about(node, words) : node)) };
}

/** Commander's own, which knows nothing of what may stand behind it. */
function about(help: CommandNode, words: readonly string[]): CommandNode {
  return {
    ...help,
    arguments: help.arguments.map((one) => ({ ...one, value: { kind: "words", words, isList: false } })),
  };
}

function nodeOf(command: Command): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map(argumentOf),
    options: help.visibleOptions(command).map((option) => optionOf(option, help.optionDescription(option))),
    notes: notesOf(command),
  };
}

function argumentOf(argument: Argument): CommandArgument {
  const dots = argument.variadic ? "..." : "";
  const name = `${argument.name()}${dots}`;
  return {
    placeholder: argument.required ? `<${name}>` : `[${name}]`,
    description: argument.description,
    value: valueOf(argument.name(), argument.argChoices),
  };
}

function optionOf(option: Option, description: string): CommandOption {
  const placeholder = /[<[].*$/u.exec(option.flags)?.[0] ?? "";
  const takes = option.required || option.optional;
  return {
    names: [option.short, option.long].flatMap((name) => name ?? []),
    placeholder,
    description,
    value: takes ? valueOf(placeholder.slice(1, -1), option.argChoices) : undefined,
  };
}

/** By what the help calls it: that is all that is known of a value without a closed set. */
const KINDS: Readonly<Record<string, "file" | "directory" | "command">> = {
  file: "file",
  files: "file",
  inputs: "file",
  where: "file",
  directory: "directory",
  command: "command",
};

function valueOf(name: string, choices: readonly string[] | undefined): ValueKind {
  if (choices !== undefined) return { kind: "words", words: choices, isList: name.endsWith(",...") };
  return { kind: KINDS[name] ?? "text" };
}

/** The help without what commander makes of options and arguments. */
function notesOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (piece) => void (text += piece) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}
