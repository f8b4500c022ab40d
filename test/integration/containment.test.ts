// The commands of docs/containment.md, taken from the page, on a real Postfix and a real Exim with a storm in their queues.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
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
  await pollUntil(async () => (await postfix.send(mailTo(LIST, 5)).catch(String)).includes("closed for the moment"), {
    deadlineMs: 30_000,
    what: "the list to be closed",
  });
  await postfix.send(mailTo(OTHER, 6));
  const others = 2;
  shell(hold);
  expect(Number(shell(look))).toBe(queued("!"));
  const held = queued("!");
  expect(held).toBeGreaterThanOrEqual(3);
  shell(release);
  await pollUntil(() => queued("!") === 0, { deadlineMs: 30_000, what: "the mail to go on" });
  shell(hold);
  shell(remove);
  await pollUntil(() => queued("") === others && queued("!") === 0, {
    deadlineMs: 30_000,
    what: "the mail to be gone",
  });
  shell(open);
  expect(readFileSync(table, "utf8")).toBe("");
  await pollUntil(async () => (await postfix.send(mailTo(LIST, 7)).catch(String)).includes("queued as"), {
    deadlineMs: 30_000,
    what: "the list to be open",
  });
});

test("Exim: the list is found, closed, its mail frozen, let go and deleted, and the list opened", async (context) => {
  const lists = { "all-staff": members, "not-all-staff": members };
  const exim = await startRealExim(realPart("exim", context), { domain: "example.org", lists });
  onTestFinished(() => exim.stop());
  const [find = "", close = "", freeze = "", thaw = "", remove = "", open = ""] = scripts("Exim", {
    aliases: exim.aliases,
  });
  for (const number of [1, 2, 3]) await exim.send(mailTo(LIST, number));
  await exim.send(mailTo(OTHER, 4));
  const queued = (options: string): number => exim.shell(`exiqgrep ${options} -i`).split("\n").filter(Boolean).length;
  expect(queued("-r .")).toBe(4);

  expect(exim.shell(find)).toContain(`<-- ${LIST}`);
  exim.shell(close);
  const answer = (number: number): Promise<string> => exim.send(mailTo(LIST, number)).catch(String);
  expect(await answer(5)).toContain("closed for the moment");
  expect(await exim.send(mailTo(OTHER, 6))).toContain("OK");
  expect(exim.shell(freeze)).toContain("3 matches out of 5 messages");
  expect(queued("-z")).toBe(3);
  exim.shell(thaw);
  expect(queued("-z")).toBe(0);
  exim.shell(remove);
  expect(queued("-r .")).toBe(2);
  exim.shell(open);
  expect(await answer(7)).toContain("OK");
});
