// What the command understands -> completion for bash, 4 or later. No bash-completion is needed.

import type { CommandNode, CommandTree, ValueKind } from "./command-tree.ts";

export function bashCompletion({ name, commands, options }: CommandTree): string {
  const own = [...commands.map((command) => command.name), ...options.flatMap(({ names }) => names)];
  return `# Completion of ${name} for bash: made by ${name} completions bash
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  # --option=value is three words to bash.
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(own)} -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]}:$prev in
${valueCases(commands).join("\n")}
  esac
  case \${COMP_WORDS[1]}:$cur in
${commands.map(optionCase).join("\n")}
${commands.flatMap(argumentCase).join("\n")}
  esac
}
complete -o bashdefault -F _${name} ${name}
`;
}

/** Options that take the same are one case. */
function valueCases(commands: readonly CommandNode[]): string[] {
  const cases = new Map<string, string[]>();
  for (const { name: command, options } of commands) {
    for (const { names, value } of options) {
      if (value === undefined) continue;
      const patterns = names.map((name) => `${command}:${name}`);
      cases.set(reply(value), [...(cases.get(reply(value)) ?? []), ...patterns]);
    }
  }
  return Array.from(cases, ([act, patterns]) => `    ${patterns.join(" | ")})\n      ${act}\n      return ;;`);
}

function optionCase({ name, options }: CommandNode): string {
  const names = options.flatMap(({ names: known }) => known);
  return `    ${name}:-*) COMPREPLY=($(compgen -W ${quoted(names)} -- "$cur")) ;;`;
}

/** The last argument is the one that may come again. */
function argumentCase({ name, arguments: known }: CommandNode): string[] {
  const last = known.at(-1);
  return last === undefined ? [] : [`    ${name}:*) ${reply(last.value)} ;;`];
}

function reply(value: ValueKind): string {
  switch (value.kind) {
    case "words":
      return value.isList
        ? `local before=; [[ $cur != *,* ]] || before=\${cur%,*},; COMPREPLY=($(compgen -P "$before" -W ${quoted(value.words)} -- "\${cur##*,}"))`
        : `COMPREPLY=($(compgen -W ${quoted(value.words)} -- "$cur"))`;
    case "file":
      return `compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur")`;
    case "directory":
      return `compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur")`;
    case "command":
      return `COMPREPLY=($(compgen -c -- "$cur"))`;
    default:
      return "COMPREPLY=()";
  }
}

function quoted(words: readonly string[]): string {
  return `'${words.join(" ")}'`;
}
