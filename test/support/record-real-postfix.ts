// Records test/testdata/postfix/real-postfix-3.7-alias.log from the machine's Postfix: node test/support/record-real-postfix.ts
// Needs root and Postfix. What names this machine (its folders, our own probes) does not get into the file.

import { writeFileSync } from "node:fs";

import { CONVERSATION, LIST, MEMBERS } from "./list-conversation.ts";
import { startRealPostfix } from "./real-postfix.ts";

const FILE = `${import.meta.dirname}/../testdata/postfix/real-postfix-3.7-alias.log`;

const postfix = await startRealPostfix({ lists: { [LIST]: MEMBERS } });
try {
  for (const mail of CONVERSATION) await postfix.send(mail);
  await postfix.waitForRemoved(CONVERSATION.length);
  const lines = postfix.log().split("\n");
  const firstMail = lines.findIndex((line) => line.includes(": client="));
  writeFileSync(FILE, lines.slice(firstMail - 1).join("\n"));
  console.log(`${lines.length - firstMail} lines`);
} finally {
  await postfix.stop();
}
