// A shell -> its completion of the command.

import type { Command } from "commander";
import { bashCompletion } from "./bash-completion.ts";
import { commandTree, type CommandTree } from "./command-tree.ts";
import { fishCompletion } from "./fish-completion.ts";
import { zshCompletion } from "./zsh-completion.ts";

export type Shell = "bash" | "zsh" | "fish";

const WRITERS: Readonly<Record<Shell, (tree: CommandTree) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function completionFor(shell: Shell, program: Command): string {
  return WRITERS[shell](commandTree(program));
}
