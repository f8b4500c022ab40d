import { expect, test } from "vitest";

import { AT, fragment } from "../../test/support/fragment.ts";
import { SlabWriter } from "../../test/support/slab-of.ts";
import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import type { Headers } from "../../shared/domain/mail-fragment.ts";
import { packRecord } from "../../shared/domain/packed/from-slab.ts";
import { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import { automaticReason } from "./automatic.ts";
import { isAutomatic } from "./packed-automatic.ts";

function packed(sender: string | undefined, headers: Headers | undefined): boolean {
  const mails = new PackedMails();
  const slab = new SlabWriter().slabOf([fragment({ acceptedAt: AT, messageId: "a@x", sender, headers })]);
  return isAutomatic(mails, packRecord(mails, slab, 0));
}

const SUBJECTS = [
  "Hello",
  "Re: Hello",
  "Automatic reply: Hello",
  "AUTO-REPLY: x",
  "auto",
  "Out of office",
  "Out of the office: back on Monday",
  "Outing on Friday",
  "Automatische Antwort: x",
  "Abwesenheitsnotiz",
  "Abwesend",
  "Abwegig",
  "Automatisch antwoord: x",
  "Afwezig: x",
  "R\u00e9ponse automatique : x",
  "Absence du bureau: x",
  "Risposta automatica: x",
  "Fuori sede",
  "Respuesta autom\u00e1tica: x",
  "Fuera de la oficina",
  "Resposta autom\u00e1tica: x",
  "Aus\u00eancia: x",
  "Autosvar: x",
  "Automaattinen vastaus: x",
  "Odpowied\u017a automatyczna: x",
  "Automatick\u00e1 odpov\u011b\u010f: x",
  "Autoreply: x",
  "\u0430\u0432\u0442\u043e\u043e\u0442\u0432\u0435\u0442: x",
  "\u81ea\u52d5\u5fdc\u7b54: x",
  "Undeliverable: x",
  "Undelivered Mail Returned",
  "Delivery Status Notification",
  "Recall: x",
  "Recalling last week",
  "=?UTF-8?Q?Automatic_reply:_x?=",
  "=?UTF-8?Q?Hello?=",
  "?Recall: x",
  " Recall: x",
  "Out",
  "",
];

test.each(SUBJECTS)("a machine or a person, by the subject %j", (subject) => {
  const headers = { subject: Buffer.from(subject).toString("latin1") };
  const reason = automaticReason({ headers, sender: "jo@x", subject: decodeHeaderValue(headers.subject) });
  expect(packed("jo@x", headers)).toBe(reason !== undefined);
});

test.each<[string, string | undefined, Headers | undefined]>([
  ["the null path", "", undefined],
  ["the null path, with header lines", "", { subject: "x" }],
  ["nothing known", undefined, undefined],
  ["a sender", "jo@x", undefined],
  ["Auto-Submitted", "jo@x", { "auto-submitted": "auto-replied" }],
  ["Auto-Submitted: no", "jo@x", { "auto-submitted": "no", subject: "Automatic reply: x" }],
  ["X-Autoreply", "jo@x", { "x-autoreply": "yes" }],
  ["X-Autorespond: no", "jo@x", { "x-autorespond": "no" }],
  ["Precedence: bulk", "jo@x", { precedence: "bulk" }],
  ["Precedence: bulk on a list", "jo@x", { precedence: "bulk", "list-id": "<l.x>" }],
])("the same answer as for a whole mail: %s", (_name, sender, headers) => {
  const reason = automaticReason({ headers, sender, subject: headers?.subject });
  expect(packed(sender, headers)).toBe(reason !== undefined);
});
