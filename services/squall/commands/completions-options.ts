// `squall completions SHELL`: what the shell is to know of this command, on standard output.

import { Argument, type Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import type { Run } from "../terminal.ts";
import type { Shell } from "../command-line/completion.ts";

const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

const EXAMPLES = `
Examples:
  squall completions bash > /etc/bash_completion.d/squall
  squall completions zsh > /usr/local/share/zsh/site-functions/_squall
  squall completions fish > /etc/fish/completions/squall.fish
`;

export function addCompletions(program: Command, run: Run): void {
  program
    .command("completions")
    .addArgument(new Argument("<shell>", "for which shell").choices(SHELLS))
    .description("print what completes squall's commands, options and values in a shell")
    .addHelpText("after", EXAMPLES)
    .action((shell: Shell) =>
      run(async (terminal) => {
        const { completionFor } = await import("../command-line/completion.ts");
        terminal.out(completionFor(shell, program));
        return EXIT.done;
      }),
    );
}
