// What the command understands -> completion for zsh.

import type { CommandArgument, CommandNode, CommandOption, CommandTree, ValueKind } from "./command-tree.ts";

export function zshCompletion({ name, commands, options }: CommandTree): string {
  return `#compdef ${name}
# Completion of ${name} for zsh: made by ${name} completions zsh
_${name}() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${command.description}`)}`).join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe -t commands command commands
    _arguments ${options.flatMap(specOf).join(" ")}
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(caseOf).join("\n")}
  esac
}
# Read by its name from a folder of $fpath it is a function; read by itself it sets one up.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function caseOf({ name, options, arguments: known }: CommandNode): string {
  const specs = [...options.flatMap(specOf), ...known.map(argumentSpec)];
  return `    ${name})\n      _arguments -s \\\n${specs.map((spec) => `        ${spec}`).join(" \\\n")}\n      ;;`;
}

function specOf({ names, description, value, placeholder }: CommandOption): string[] {
  const takes = value === undefined ? "" : `:${plain(placeholder)}:${actionOf(value)}`;
  return names.map((name) => {
    const equals = value !== undefined && name.startsWith("--") ? "=" : "";
    return quoted(`${name}${equals}[${bracketed(description)}]${takes}`);
  });
}

function argumentSpec({ placeholder, value }: CommandArgument): string {
  const place = placeholder.includes("...") ? "*" : "";
  const isOptional = placeholder.startsWith("[") && place === "";
  return quoted(`${place}${isOptional ? "::" : ":"}${plain(placeholder)}:${actionOf(value)}`);
}

function actionOf(value: ValueKind): string {
  switch (value.kind) {
    case "words":
      return value.isList ? `_sequence compadd - ${value.words.join(" ")}` : `(${value.words.join(" ")})`;
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "command":
      return "_command_names";
    default:
      return " ";
  }
}

function plain(placeholder: string): string {
  return placeholder.replaceAll(/[<>[\].,]/gu, "");
}

function bracketed(text: string): string {
  return text.replaceAll(/[[\]\\]/gu, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
