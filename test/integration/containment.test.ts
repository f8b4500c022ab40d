// The commands of docs/containment.md, taken from the page, on a real Postfix and a real Exim with a storm in their queues.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { MEMBERS } from "../support/list-conversation.ts";
import { pageBlocks } from "../support/page-blocks.ts";
import { pollUntil } from "../support/poll.ts";
import { startRealExim } from "../support/real-exim.ts";
import { realPart } from "../support/real-part.ts";
import { startRealPostfix } from "../support/real-postfix.ts";
import type { OutgoingMail } from "../support/smtp-client.ts";

/** As the page has it. */
const LIST = "all-staff@example.org";
const OTHER = "not-all-staff@example.org";
const members = MEMBERS.map((member) => member.replace("@example.org", "@example.net"));

/** Blocks of one mail system: the first sets the variables that the others use. `values`: for this test. */
function scripts(heading: string, values: Readonly<Record<string, string>>): string[] {
  const [variables = "", ...steps] = pageBlocks("containment.md")
    .filter((block) => block.heading === heading && block.language === "sh")
    .map(({ text }) => text);
  let set = variables;
  for (const [name, value] of Object.entries(values)) {
    expect(set).toMatch(new RegExp(`^${name}=`, "mu"));
    set = set.replace(new RegExp(`^${name}=.*$`, "mu"), `${name}=${value}`);
  }
  expect(set).toContain(`list=${LIST}`);
  return steps.map((step) => `${set}\n${step}`);
}

function mailTo(list: string, number: number): OutgoingMail {
  return {
    sender: `writer${number}@example.net`,
    recipients: [list],
    headers: [`To: <${list}>`, `Subject: Re: ${LIST}`, `Message-ID: <${list}.${number}@client.example.net>`],
  };
}

test("Postfix: the list is closed, its mail held, looked at, let go, held and deleted, and the list opened", async (context) => {
  realPart("postfix", context);
  const folder = mkdtempSync(join(tmpdir(), "squall-containment-"));
  const postfix = await startRealPostfix({ lists: { [LIST]: members, [OTHER]: members }, holds: true });
  onTestFinished(async () => {
    await postfix.stop();
    rmSync(folder, { recursive: true });
  });
  const table = join(folder, "stopped-lists");
  writeFileSync(table, "");
  const [close = "", hold = "", look = "", release = "", remove = "", open = ""] = scripts("Postfix", {
    table,
    ids: join(folder, "ids"),
  });
  const shell = (script: string): string =>
    execFileSync("bash", ["-c", script], {
      env: { PATH: "/usr/sbin:/usr/bin:/bin", MAIL_CONFIG: postfix.config },
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
  const queued = (mark: string): number =>
    [...shell("postqueue -p").matchAll(/^\w{6,}([*!]?) +\d/gmu)].filter(([, found]) => found === mark).length;
  for (const number of [1, 2, 3]) await postfix.send(mailTo(LIST, number));
  await postfix.send(mailTo(OTHER, 4));
  await pollUntil(() => queued("") === 4, { deadlineMs: 30_000, what: "all mails to be queued" });

  shell(close);
  shell(close);
  expect(readFileSync(table, "utf8").match(/^all-staff/gmu)).toHaveLength(1);
  const checks = shell("postconf -h smtpd_recipient_restrictions");
  expect(checks.split(`texthash:${table}`)).toHaveLength(2);
  await pollUntil(async () => (await postfix.send(mailTo(LIST, 5)).catch(String)).includes("closed for the moment"), {
    deadlineMs: 30_000,
    what: "the list to be closed",
  });
  await postfix.send(mailTo(OTHER, 6));
  const others = 2;
  shell(hold);
  const held = queued("!");
  expect(held).toBeGreaterThanOrEqual(3);
  const seen = shell(look).split("\n");
  expect(Number(seen[0])).toBe(held);
  expect(seen.filter((line) => line === `original_recipient: ${LIST}`)).toHaveLength(held);
  expect(seen.filter((line) => line === `Subject: Re: ${LIST}`)).toHaveLength(held);
  expect(seen).toContain("sender: writer3@example.net");
  shell(release);
  await pollUntil(() => queued("!") === 0, { deadlineMs: 30_000, what: "the mail to go on" });
  shell(hold);
  // What was let go on since is not held, and stays.
  const [first = ""] = readFileSync(join(folder, "ids"), "utf8").split("\n");
  shell(`postsuper -H ${first}`);
  shell(remove);
  await pollUntil(() => queued("") === others + 1 && queued("!") === 0, {
    deadlineMs: 30_000,
    what: "the held mail to be gone",
  });
  shell(hold);
  shell(remove);
  await pollUntil(() => queued("") === others && queued("!") === 0, {
    deadlineMs: 30_000,
    what: "the mail to be gone",
  });
  writeFileSync(table, `${readFileSync(table, "utf8")}${OTHER} REJECT of another storm\n`);
  shell(open);
  expect(readFileSync(table, "utf8")).toBe(`${OTHER} REJECT of another storm\n`);
  await pollUntil(async () => (await postfix.send(mailTo(LIST, 7)).catch(String)).includes("queued as"), {
    deadlineMs: 30_000,
    what: "the list to be open",
  });
});

test("Exim: the list is found, closed, its mail frozen, let go and deleted, and the list opened", async (context) => {
  const lists = { "all-staff": members, "not-all-staff": members };
  const exim = await startRealExim(realPart("exim", context), { domain: "example.org", lists });
  onTestFinished(() => exim.stop());
  const [find = "", close = "", freeze = "", look = "", thaw = "", remove = "", open = ""] = scripts("Exim", {
    aliases: exim.aliases,
  });
  const folded = readFileSync(exim.aliases, "utf8").replaceAll(", ", ",\n  ");
  writeFileSync(exim.aliases, folded);
  for (const number of [1, 2, 3]) await exim.send(mailTo(LIST, number));
  await exim.send(mailTo(OTHER, 4));
  const queued = (options: string): number => exim.shell(`exiqgrep ${options} -i`).split("\n").filter(Boolean).length;
  expect(queued("-r .")).toBe(4);

  expect(exim.shell(find)).toContain(`<-- ${LIST}`);
  exim.shell(close);
  expect(() => exim.shell(close)).toThrow("Command failed");
  const answer = (number: number): Promise<string> => exim.send(mailTo(LIST, number)).catch(String);
  expect(await answer(5)).toContain("closed for the moment");
  expect(await exim.send(mailTo(OTHER, 6))).toContain("OK");
  expect(exim.shell(freeze)).toContain("3 matches out of 5 messages");
  expect(queued("-z")).toBe(3);
  const seen = exim.shell(look);
  expect(seen.match(/<writer[123]@example\.net>/gu)).toHaveLength(3);
  expect(seen.match(/ Subject: Re: all-staff@example\.org$/gmu)).toHaveLength(3);
  exim.shell(thaw);
  expect(queued("-z")).toBe(0);
  // What is not frozen is not deleted.
  exim.shell(remove);
  expect(queued("-r .")).toBe(5);
  exim.shell(freeze);
  exim.shell(remove);
  expect(queued("-r .")).toBe(2);
  exim.shell(open);
  expect(readFileSync(exim.aliases, "utf8")).toBe(folded);
  expect(await answer(7)).toContain("OK");
});

/** How an alias file may have the list. */
const ENTRIES: readonly (readonly [name: string, entry: string])[] = [
  ["on one line", "all-staff: anna@example.net, bert@example.net\n"],
  [
    "folded, with a comment and an empty line in it",
    "all-staff: anna@example.net,\n\tbert@example.net,\n# new\n\n  carl@example.net\n",
  ],
  ["in capitals", "All-Staff: anna@example.net\n"],
  ["in quotes", '"all-staff": anna@example.net\n'],
  ["before a space, without a colon", "all-staff anna@example.net\n"],
  ["by its whole address", "all-staff@example.org: anna@example.net\n"],
];

describe("Exim: an alias file with the list", () => {
  const other = "all.staff: not@example.net\nnot-all-staff: also,\n  not@example.net\n";
  const after = "root: admin@example.net\n";

  function aliasFile(text: string) {
    const folder = mkdtempSync(join(tmpdir(), "squall-aliases-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "aliases");
    writeFileSync(file, text, { mode: 0o640 });
    const [, close = "", , , , , open = ""] = scripts("Exim", { aliases: file });
    const run = (script: string): { status: number | null; said: string } => {
      const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
      return { status, said: stderr };
    };
    return {
      close: () => run(close),
      open: () => run(open),
      read: () => readFileSync(file, "utf8"),
      write: (changed: string) => writeFileSync(file, changed),
      left: () => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]),
    };
  }

  function refused({ status, said }: { readonly status: number | null; readonly said: string }): string {
    expect(status).toBe(1);
    return said;
  }

  test.each(ENTRIES)("%s: closed once, pasted twice, opened as it was", (_name, entry) => {
    const aliases = aliasFile(other + entry + after);
    expect(aliases.close().status).toBe(0);
    const closed = aliases.read();
    const entries = closed.split("\n").filter((line) => /^[^#]/u.test(line));
    const [closing = ""] = entries.splice(3, 1);
    expect(closing).toMatch(/^"?all-staff(@example\.org)?"?: :fail: This list is closed/iu);
    expect(entries).toEqual([...other.trimEnd().split("\n"), after.trimEnd()]);
    expect(refused(aliases.close())).toContain("closed already");
    expect(aliases.read()).toBe(closed);
    // What is changed in the meantime is not undone.
    aliases.write(`${closed}hostmaster: admin@example.net\n`);
    expect(aliases.open().status).toBe(0);
    expect(aliases.read()).toBe(`${other}${entry}${after}hostmaster: admin@example.net\n`);
    expect(refused(aliases.open())).toContain("was not closed");
    expect(aliases.left()).toEqual([["aliases", 0o640]]);
  });

  test.each([
    ["no entry", "", "has 0 entries"],
    ["two entries", "all-staff: anna@example.net\nAll-Staff: bert@example.net\n", "has 2 entries"],
  ])("%s: nothing is changed", (_name, entry, said) => {
    const aliases = aliasFile(other + entry + after);
    expect(refused(aliases.close())).toContain(said);
    expect(aliases.read()).toBe(other + entry + after);
    expect(aliases.left()).toEqual([["aliases", 0o640]]);
  });
});
