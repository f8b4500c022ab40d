// What the command understands -> completion for fish.

import type { CommandNode, CommandOption, CommandTree, ValueKind } from "./command-tree.ts";

export function fishCompletion({ name, commands, options }: CommandTree): string {
  const lines = [
    `# Completion of ${name} for fish: made by ${name} completions fish`,
    `complete -c ${name} -f`,
    ...options.map((option) => `complete -c ${name} -n __fish_use_subcommand ${optionWords(option)}`),
    ...commands.map(
      (command) => `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`,
    ),
    ...commands.flatMap((command) => linesOf(name, command)),
  ];
  return `${lines.join("\n")}\n`;
}

function linesOf(program: string, { name, options, arguments: known }: CommandNode): string[] {
  const when = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
  const last = known.at(-1);
  const words = last === undefined ? "" : valueWords(last.value);
  return [...options.map((option) => `${when} ${optionWords(option)}`), ...(words === "" ? [] : [`${when} ${words}`])];
}

function optionWords({ names, description, value }: CommandOption): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === undefined ? "" : ` -r ${valueWords(value)}`;
  return `${flags.join(" ")}${takes.trimEnd()} -d ${quoted(description)}`;
}

function valueWords(value: ValueKind): string {
  switch (value.kind) {
    case "words":
      return value.isList
        ? `-f -a ${quoted(`(__fish_append , ${value.words.join(" ")})`)}`
        : `-f -a ${quoted(value.words.join(" "))}`;
    case "file":
      return "-F";
    case "directory":
      return "-f -a '(__fish_complete_directories)'";
    case "command":
      return "-f -a '(__fish_complete_command)'";
    default:
      return "";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
