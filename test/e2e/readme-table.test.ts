// The README's table of answers needed, row by row against the program.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { replayHere } from "./replay-here.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const STARTS_AT = Date.UTC(2026, 10, 24, 8);
const ANSWER_EVERY_MS = 30_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

interface Setting {
  readonly people: number;
  readonly history: boolean;
  readonly headers: boolean;
}

function mail(at: number, id: string, from: string, over: object): string {
  const event = {
    v: 1,
    at: new Date(at).toISOString(),
    messageId: `${id}@x.example`,
    from: `${from}@x.example`,
    lists: ["all@x.example"],
  };
  return JSON.stringify({ ...event, ...over });
}

/** Twenty threads of the days before, two answers each by people who always write. */
function history(recipients: number): string[] {
  return Array.from({ length: 20 }, (_, day) => {
    const at = STARTS_AT - (25 - day) * DAY_MS;
    const hints = { references: [`old${day}@x.example`] };
    return [
      mail(at, `old${day}`, "regular0", { recipients }),
      mail(at + 3 * HOUR_MS, `old${day}.1`, "regular1", { recipients, hints }),
      mail(at + 6 * HOUR_MS, `old${day}.2`, "regular2", { recipients, hints }),
    ];
  }).flat();
}

function logOf({ people: recipients, history: known, headers }: Setting): string {
  const hints = headers ? { hints: { references: ["root@x.example"] } } : {};
  const answers = Array.from({ length: 40 }, (_, index) =>
    mail(STARTS_AT + (index + 1) * ANSWER_EVERY_MS, `answer${index}`, `new${index}`, { recipients, ...hints }),
  );
  const root = mail(STARTS_AT, "root", "starter", { recipients });
  return [...(known ? history(recipients) : []), root, ...answers, ""].join("\n");
}

async function answersNeeded(setting: Setting): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "squall-table-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "mail.ndjson");
  writeFileSync(path, logOf(setting));
  const { out } = await replayHere([path], { minSeverity: "warning" });
  const decoded = decodeStormAlert(out.split("\n")[0] ?? "");
  return decoded.ok && decoded.alert.type === "storm.opened" ? decoded.alert.evidence.replyAlls : undefined;
}

/** Cells of the row that begins with `head`. */
function rowOf(head: string): string[] {
  const line = README.split("\n").find((row) => row.startsWith(`| ${head} |`)) ?? "";
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

/** Both ends of each column: "1,700 to 99,999" stands for two lists. */
const COLUMNS = rowOf("people on the list").map((cell) =>
  Array.from(cell.matchAll(/[\d,]+/g), ([number]) => Number(number.replaceAll(",", ""))),
);

describe("the README's table of answers needed", () => {
  test.each([
    ["with history, answers by newcomers", true, true],
    ["without history", false, true],
    ["without history, no header lines in the log", false, false],
  ] as const)("%s", async (head, known, headers) => {
    const cells = rowOf(head).map(Number);
    expect(cells).toHaveLength(COLUMNS.length);
    expect(cells.length).toBeGreaterThan(3);
    for (const [column, sizes] of COLUMNS.entries()) {
      for (const people of sizes) {
        expect([people, await answersNeeded({ people, history: known, headers })]).toEqual([people, cells[column]]);
      }
    }
  });
});
