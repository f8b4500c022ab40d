// `squall completions` in real shells: every command, every option of each and every word of a closed set is offered, as the command's own
// definitions have them.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandTree, type CommandTree } from "../../services/squall/command-line/command-tree.ts";
import type { Shell } from "../../services/squall/command-line/completion.ts";
import { createProgram } from "../../services/squall/program.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import { squall } from "./squall-process.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-completions-"));
const tree: CommandTree = commandTree(createProgram("1.2.3", () => Promise.resolve()));

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"] satisfies Shell[]) {
    const { code, out } = await squall(["completions", shell]);
    if (code !== 0) throw new Error(`squall completions ${shell} ended with ${code}`);
    writeFileSync(join(folder, shell), out);
  }
  writeFileSync(join(folder, "mail log.txt"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is typed -> all that must be offered. */
function expectations(): (readonly [typed: string, offered: readonly string[]])[] {
  return [
    ["squall ", tree.commands.map(({ name }) => name)],
    ...tree.commands.flatMap(({ name, options, arguments: known }) => [
      ...(options.length === 0
        ? []
        : [
            [`squall ${name} --`, options.flatMap(({ names }) => names.filter((one) => one.startsWith("--")))] as const,
          ]),
      ...options.flatMap(({ names, value }) =>
        value?.kind === "words" ? [[`squall ${name} ${names.at(-1)} `, value.words] as const] : [],
      ),
      ...known.flatMap(({ value }) => (value.kind === "words" ? [[`squall ${name} `, value.words] as const] : [])),
    ]),
  ];
}

test("there is something to be completed", () => {
  const typed = expectations();
  expect(typed.length).toBeGreaterThan(40);
  expect(typed.find(([text]) => text === "squall replay --min-severity ")?.[1]).toEqual([
    "watch",
    "warning",
    "critical",
  ]);
  expect(typed.filter(([, offered]) => offered.length === 0)).toEqual([]);
});

describe("bash", () => {
  /** The words of the line as bash cuts them, all lines in one shell: a "=" is a word. */
  function offered(lines: readonly (readonly string[])[]): string[][] {
    const asked = lines.map((words) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      return `COMP_WORDS=(${quoted}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _squall; printf '%s\\n' "\${COMPREPLY[@]}"; echo ---`;
    });
    const script = `source ${join(folder, "bash")}\ncd ${folder}\n${asked.join("\n")}`;
    const out = execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
    return out.split("---\n").map((part) => part.split("\n").filter((line) => line !== ""));
  }

  test("offers every command, option and word", () => {
    const typed = expectations();
    const answers = offered(typed.map(([text]) => text.split(" ")));
    typed.forEach(([text, words], place) => {
      expect([text, words.filter((word) => !(answers[place] ?? []).includes(word))]).toEqual([text, []]);
    });
  });

  test.each<[string[], string[]]>([
    [["squall", "repl"], ["replay"]],
    [
      ["squall", "sil"],
      ["silence", "silences"],
    ],
    [["squall", "replay", "--min-sev"], ["--min-severity"]],
    [["squall", "replay", "--min-severity", "cr"], ["critical"]],
    [
      ["squall", "replay", "--min-severity", "=", "w"],
      ["watch", "warning"],
    ],
    [
      ["squall", "replay", "--min-severity", "="],
      ["watch", "warning", "critical"],
    ],
    [["squall", "replay", "--advice", "postfix,ma"], ["postfix,mailman"]],
    [["squall", "replay", "mail"], ["mail log.txt"]],
    [["squall", "replay", "--config", "mail"], ["mail log.txt"]],
    [["squall", "replay", "--site", ""], []],
    [["squall", "simulate", "nhs"], ["nhs-2016"]],
    [["squall", "help", "top"], ["topics"]],
    [["squall", "nonsense", ""], []],
  ])("%j: %j", (words, want) => {
    expect(offered([words])[0]).toEqual(want);
  });

  test("is set up for squall", () => {
    const out = execFileSync("bash", ["--norc", "-c", `source ${join(folder, "bash")}; complete -p squall`], {
      encoding: "utf8",
    });
    expect(out).toContain("-F _squall squall");
  });
});

describe("fish", () => {
  test("offers every command, option and word", (context) => {
    const typed = expectations();
    const asked = typed.map(([text]) => `complete -C '${text}'; echo ---`).join("\n");
    const script = `source ${join(folder, "fish")}\n${asked}`;
    const out = execFileSync(realPart("fish", context), ["--no-config", "-c", script], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", HOME: folder },
    });
    const answers = out.split("---\n").map((part) => part.split("\n").map((line) => line.split("\t")[0] ?? ""));
    typed.forEach(([text, words], place) => {
      expect([text, words.filter((word) => !(answers[place] ?? []).includes(word))]).toEqual([text, []]);
    });
  });
});

describe("zsh", () => {
  /** What stands on the line once Tab was pressed behind what was typed, in a zsh at a terminal. */
  async function completed(zsh: string, lines: readonly string[]): Promise<string[]> {
    const said = join(folder, "zsh.said");
    writeFileSync(said, "");
    const setUp = [
      "autoload -Uz compinit && compinit -D -u",
      `source ${join(folder, "zsh")}`,
      "setopt no_auto_menu",
      `tell() { print -r -- "$BUFFER" >> ${said}; BUFFER=; zle reset-prompt }`,
      `ready() { print ready >> ${said} }`,
      "zle -N tell; zle -N zle-line-init ready",
      "bindkey '^I' complete-word '^G' tell",
    ];
    writeFileSync(join(folder, ".zshrc"), `${setUp.join("\n")}\n`);
    const terminal = spawn("script", ["-qfc", `${zsh} -i`, "/dev/null"], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: "/usr/bin:/bin", ZDOTDIR: folder, HOME: folder, TERM: "dumb", SHELL: zsh },
    });
    const has = (count: number): Promise<void> =>
      pollUntil(() => readFileSync(said, "utf8").split("\n").length > count, {
        deadlineMs: 30_000,
        what: "zsh to answer",
      });
    try {
      await has(1);
      for (const [index, line] of lines.entries()) {
        terminal.stdin.write(`${line}\t\u0007`);
        await has(index + 2);
      }
    } finally {
      terminal.kill("SIGKILL");
    }
    const [, ...answers] = readFileSync(said, "utf8").trimEnd().split("\n");
    return answers.map((line) => line.trimEnd());
  }

  test("completes commands, options, values and lists of values", async (context) => {
    const typed = {
      "squall repl": "squall replay",
      "squall replay --min-sev": "squall replay --min-severity=",
      "squall replay --min-severity=cr": "squall replay --min-severity=critical",
      "squall replay --min-severity cr": "squall replay --min-severity critical",
      "squall simulate nh": "squall simulate nhs-2016",
      "squall doctor --for al": "squall doctor --for alerter",
      "squall replay --advice postfix,mai": "squall replay --advice postfix,mailman,",
      "squall completions f": "squall completions fish",
    };
    expect(await completed(realPart("zsh", context), Object.keys(typed))).toEqual(Object.values(typed));
  });

  test("reads the whole of it, and holds every command and option", (context) => {
    const zsh = realPart("zsh", context);
    execFileSync(zsh, ["-f", "-n", join(folder, "zsh")]);
    const text = readFileSync(join(folder, "zsh"), "utf8");
    for (const { name, options } of tree.commands) {
      const part = text.split(`\n    ${name})\n`)[1]?.split("\n      ;;")[0] ?? "";
      expect([name, options.flatMap(({ names }) => names).filter((one) => !part.includes(`'${one}`))]).toEqual([
        name,
        [],
      ]);
    }
  });
});
