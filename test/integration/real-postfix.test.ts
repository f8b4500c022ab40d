import { describe, expect, onTestFinished, test, type TestContext } from "vitest";

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { stormAdvice } from "../../services/detector/advice/storm-advice.ts";
import { replayHere } from "../e2e/replay-here.ts";
import { CONVERSATION, LIST, MEMBERS } from "../support/list-conversation.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import { startRealPostfix, type RealPostfix } from "../support/real-postfix.ts";

const LONG_QUEUE_ID = /^[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{12,16}$/;
const SHORT_QUEUE_ID = /^[0-9A-F]{6,12}$/;

/** Ends like the list's own address. */
const OTHER_LIST = `small-${LIST}`;
/** Goes to another list, though its head and body look as if it went to the list. */
const NAMES_THE_LIST = {
  sender: "member01@example.org",
  recipients: [OTHER_LIST],
  headers: [`To: <${LIST}>`, `recipient: ${LIST}`, `Subject: ${LIST}`, "Message-ID: <other.1@client.example.org>"],
  body: `recipient: ${LIST}`,
};

describe("a real Postfix", () => {
  test("logs a conversation on a list with short queue ids", async (context) => {
    const postfix = await postfixAfterConversation(context, false);
    expectConversation(postfix.log(), SHORT_QUEUE_ID);
  });

  test("logs a conversation on a list with long queue ids", async (context) => {
    const postfix = await postfixAfterConversation(context, true);
    expectConversation(postfix.log(), LONG_QUEUE_ID);
  });

  test("leaves a log in which squall sees the storm, short queue ids", (context) => expectStorm(context, false));
  test("leaves a log in which squall sees the storm, long queue ids", (context) => expectStorm(context, true));

  test("holds what is queued when the advice is pasted, and deletes it in a second step, short queue ids", (context) =>
    expectClearing(context, false));
  test("holds what is queued when the advice is pasted, and deletes it in a second step, long queue ids", (context) =>
    expectClearing(context, true));

  test("is gone after it was stopped, twice", async (context) => {
    realPart("postfix", context);
    const postfix = await startRealPostfix({ lists: {} });
    await postfix.stop();
    await postfix.stop();
    await expect(postfix.send({ sender: "", recipients: [], headers: [] })).rejects.toThrow("ECONNREFUSED");
  });
});

async function expectStorm(context: TestContext, longQueueIds: boolean): Promise<void> {
  const postfix = await postfixAfterConversation(context, longQueueIds);
  const config = fileURLToPath(new URL("../testdata/small-lists-page.yaml", import.meta.url));
  const { code, out, err } = await replayHere([postfix.logFile], { config, minSeverity: "warning" });
  expect(code).toBe(0);
  const [opened, ...later] = out.trimEnd().split("\n").map(stormAlertOf);
  expect(later.map((alert) => alert?.type)).not.toContain("storm.opened");
  expect(opened).toMatchObject({
    type: "storm.opened",
    list: LIST,
    starter: "member01@example.org",
    subject: "Test",
    evidence: { audience: 30, autoReplies: 0, firstMessageId: "root.1@client.example.org" },
  });
  expect(opened?.evidence.replyAlls).toBeGreaterThanOrEqual(3);
  expect(opened?.evidence.replyAlls).toBeLessThanOrEqual(4);
  expect(err).toContain(`${LIST}: audience 30, 5 messages, 4 of them reply-alls tied to a thread`);
  expect(err).toContain(" 0 rejected");
  expect(err).toContain(
    "100 % of 5 messages to 20 people or more have header lines in the log, 100 % name their thread",
  );
}

/** A queue full of a storm, and the advice's commands for Postfix run one after the other, as a person would. */
async function expectClearing(context: TestContext, longQueueIds: boolean): Promise<void> {
  realPart("postfix", context);
  const lists = { [LIST]: MEMBERS, [OTHER_LIST]: MEMBERS };
  const postfix = await startRealPostfix({ lists, longQueueIds, holds: true });
  onTestFinished(() => postfix.stop());
  const shell = (command: string): string =>
    execFileSync("bash", ["-c", command], {
      env: { PATH: "/usr/sbin:/usr/bin:/bin", MAIL_CONFIG: postfix.config },
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
  const listed = (mark: string): string[] =>
    Array.from(shell("postqueue -p").matchAll(/^(\w{6,})([*!]?) +\d/gm))
      .filter(([, , found]) => found === mark)
      .map(([, id = ""]) => id)
      .toSorted();
  const ids: string[] = [];
  for (const mail of [...CONVERSATION, NAMES_THE_LIST])
    ids.push(/queued as (\w+)/.exec(await postfix.send(mail))?.[1] ?? "(not queued)");
  await pollUntil(() => listed("").length === ids.length, { deadlineMs: 30_000, what: "all mails to be queued" });

  const known = ids.slice(0, 2).map((queueId) => ({ host: "mx", queueId }));
  const commands = (list: { readonly list?: string }): string[] =>
    stormAdvice({ ...list, queueIds: known, messageIds: ["root.1@client.example.org"] })
      .filter(({ system }) => system === "postfix")
      .map(({ command }) => command);
  const deleting = (command: string): string => command.replace(/postsuper -h -$/u, "postsuper -d -");
  const [, byId = "", bySearch = ""] = commands({ list: LIST.toUpperCase() });
  shell(byId);
  expect(listed("!")).toEqual(ids.slice(0, 2).toSorted());
  shell(bySearch);
  expect(listed("!")).toEqual(ids.slice(0, 5).toSorted());
  // Two went to one person: answers all the same, for whoever has no list's address to search by.
  expect(listed("")).toEqual(ids.slice(5).toSorted());
  shell(deleting(byId));
  expect(listed("!")).toEqual(ids.slice(2, 5).toSorted());
  shell(deleting(bySearch));
  expect([listed("!"), listed("")]).toEqual([[], ids.slice(5).toSorted()]);
  const byAnswer = commands({}).at(-1) ?? "";
  shell(byAnswer);
  shell(deleting(byAnswer));
  expect([listed("!"), listed("")]).toEqual([[], ids.slice(7)]);
  shell(bySearch);
}

function stormAlertOf(line: string): StormAlert | undefined {
  const decoded = decodeStormAlert(line);
  return decoded.ok ? decoded.alert : undefined;
}

/** A Postfix that has taken in the whole conversation and delivered it; it ends with the test, however that ends. */
async function postfixAfterConversation(context: TestContext, longQueueIds: boolean): Promise<RealPostfix> {
  realPart("postfix", context);
  const postfix = await startRealPostfix({ lists: { [LIST]: MEMBERS }, longQueueIds });
  onTestFinished(() => postfix.stop());
  for (const mail of CONVERSATION) await postfix.send(mail);
  await postfix.waitForRemoved(CONVERSATION.length);
  return postfix;
}

function expectConversation(log: string, queueIdShape: RegExp): void {
  const queueIds = Array.from(log.matchAll(/: (\w+): removed\n/g), (match) => match[1]);
  expect(queueIds).toHaveLength(CONVERSATION.length);
  for (const queueId of queueIds) expect(queueId).toMatch(queueIdShape);

  const toList = linesOf(log, "reply.4@client.example.org");
  const origin =
    "from localhost[127.0.0.1]; from=<member04@example.org> to=<all-staff@lists.example> proto=ESMTP helo=<client.example.org>";
  const deliveries = toList.filter((line) => line.includes("status=sent"));
  const others = toList.filter((line) => !deliveries.includes(line)).map((line) => line.replace(/size=\d+/, "size=N"));
  const expected = [
    "smtpd: client=localhost[127.0.0.1]",
    `cleanup: info: header From: <member04@example.org> ${origin}`,
    `cleanup: info: header Subject: Re: [all-staff] please stop; from=<nobody@example.org> to=<nobody@example.org> ${origin}`,
    `cleanup: info: header In-Reply-To: <reply.3@client.example.org> ${origin}`,
    "cleanup: info: header References: <root.1@client.example.org>??<reply.2@client.example.org>" +
      `??<reply.3@client.example.org> ${origin}`,
    "cleanup: message-id=<reply.4@client.example.org>",
    "qmgr: from=<member04@example.org>, size=N, nrcpt=30 (queue active)",
    "qmgr: removed",
  ];
  expect(others.toSorted()).toEqual(expected.toSorted());
  expect(deliveries.map((line) => /to=<([^>]+)>, orig_to=<all-staff@lists.example>,/.exec(line)?.[1])).toEqual(MEMBERS);

  const toOnePerson = linesOf(log, "reply.6@client.example.org");
  expect(toOnePerson.filter((line) => line.includes("nrcpt=1 "))).toHaveLength(1);
  expect(toOnePerson.filter((line) => line.includes("orig_to="))).toEqual([]);
}

/** What the log says of the mail with this Message-ID, without stamps, process ids and queue id. */
function linesOf(log: string, messageId: string): string[] {
  const queueId = new RegExp(`: (\\w+): message-id=<${messageId}>`).exec(log)?.[1] ?? "(no such mail)";
  return log
    .split("\n")
    .filter((line) => line.includes(`: ${queueId}: `))
    .map((line) => line.replace(/^.* postfix\/(\w+)\[\d+\]: \w+: /, "$1: "));
}
