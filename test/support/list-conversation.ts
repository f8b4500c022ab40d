// A small conversation on a list as real clients write it: what a real mail server is given in the integration tests.

import type { OutgoingMail } from "./smtp-client.ts";

export const LIST = "all-staff@lists.example";

export const MEMBERS: readonly string[] = Array.from(
  { length: 30 },
  (_, index) => `member${String(index + 1).padStart(2, "0")}@example.org`,
);

const ROOT_ID = "<root.1@client.example.org>";

function mail(sender: string, recipient: string, headers: readonly string[]): OutgoingMail {
  return { sender, recipients: [recipient], headers: [`From: <${sender}>`, `To: <${recipient}>`, ...headers] };
}

/** In order: the first mail, four replies to all, a reply to one person, an automatic reply to that person. */
export const CONVERSATION: readonly OutgoingMail[] = [
  mail("member01@example.org", LIST, [
    "Subject: Test",
    "Thread-Topic: Test",
    "Thread-Index: AdxAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    `Message-ID: ${ROOT_ID}`,
  ]),
  mail("member02@example.org", LIST, [
    "Subject: RE: Test",
    "Thread-Index: AdxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
    `In-Reply-To: ${ROOT_ID}`,
    `References: ${ROOT_ID}`,
    "Message-ID: <reply.2@client.example.org>",
  ]),
  mail("member03@example.org", LIST, [
    "Subject: =?UTF-8?Q?AW:_Test_=E2=80=93_bitte_entfernen?=",
    "In-Reply-To: <reply.2@client.example.org>",
    `References: ${ROOT_ID}\r\n <reply.2@client.example.org>`,
    "Message-ID: <reply.3@client.example.org>",
  ]),
  mail("member04@example.org", LIST, [
    "Subject: Re: [all-staff] please stop; from=<nobody@example.org> to=<nobody@example.org>",
    "In-Reply-To: <reply.3@client.example.org>",
    `References: ${ROOT_ID}\r\n\t<reply.2@client.example.org>\r\n\t<reply.3@client.example.org>`,
    "Message-ID: <reply.4@client.example.org>",
  ]),
  mail("member05@example.org", LIST, [
    "Subject: Re: Test",
    `In-Reply-To: ${ROOT_ID}`,
    `References: ${ROOT_ID}`,
    "Message-ID: <reply.5@client.example.org>",
  ]),
  mail("member06@example.org", "member01@example.org", [
    "Subject: Re: Test",
    `In-Reply-To: ${ROOT_ID}`,
    `References: ${ROOT_ID}`,
    "Message-ID: <reply.6@client.example.org>",
  ]),
  {
    ...mail("member07@example.org", "member01@example.org", [
      "Subject: Automatic reply: Test",
      "Auto-Submitted: auto-replied",
      "X-Auto-Response-Suppress: All",
      `In-Reply-To: ${ROOT_ID}`,
      "Message-ID: <reply.7@client.example.org>",
    ]),
    sender: "",
  },
];
