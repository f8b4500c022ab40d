import { expect, test } from "vitest";

import { commandWords } from "./command-words.ts";

test.each([
  ["/usr/local/bin/page", ["/usr/local/bin/page"]],
  ['/usr/local/bin/page "on call" --now', ["/usr/local/bin/page", "on call", "--now"]],
  ["page 'a \"b\" $c' d", ["page", 'a "b" $c', "d"]],
  ['page "a \\"b\\" \\\\ \\c"', ["page", 'a "b" \\ \\c']],
  ["page a\\ b", ["page", "a b"]],
  ["page ''", ["page", ""]],
  ["  page\ta  ", ["page", "a"]],
  ["page --to=ops~1 a#b", ["page", "--to=ops~1", "a#b"]],
  [
    `sh -c 'logger -t squall "$SQUALL_ALERT_TITLE" | cat'`,
    ["sh", "-c", 'logger -t squall "$SQUALL_ALERT_TITLE" | cat'],
  ],
  ["page pre'fix 'post", ["page", "prefix post"]],
])("%s", (text, argv) => {
  expect(commandWords(text)).toEqual({ ok: true, argv });
});

test.each([
  ["page | tee log", '"|" would mean nothing'],
  ["page > log", '">" would mean nothing'],
  ["page $SQUALL_ALERT_TYPE", '"$" would mean nothing'],
  ['page "$SQUALL_ALERT_TYPE"', '"$" would mean nothing'],
  ["page `date`", "would mean nothing"],
  ["page && other", '"&" would mean nothing'],
  ["~/bin/page", '"~" would mean nothing'],
  ["page *.txt", '"*" would mean nothing'],
  ["page 'a", "is not closed"],
  ["page \\", "ends in a backslash"],
  ["", "names no program"],
  ["   ", "names no program"],
])("%s is refused", (text, message) => {
  expect(commandWords(text)).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
});
