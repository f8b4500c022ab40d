import { describe, expect, test } from "vitest";
import type { AutomaticReason } from "../../shared/domain/mail-event.ts";
import type { Headers } from "../../shared/domain/mail-fragment.ts";
import { automaticReason } from "./automatic.ts";

describe("a machine sent it", () => {
  test.each<[string, Headers | undefined, string | undefined, string | undefined, AutomaticReason]>([
    ["Auto-Submitted: auto-replied", { "auto-submitted": "auto-replied" }, "a@x", "Re: x", "auto-submitted"],
    [
      "Auto-Submitted with a parameter",
      { "auto-submitted": "Auto-Generated; type=x" },
      "a@x",
      undefined,
      "auto-submitted",
    ],
    ["Auto-Submitted before the null path", { "auto-submitted": "auto-replied" }, "", undefined, "auto-submitted"],
    ["Auto-Submitted that begins like no", { "auto-submitted": "notified" }, "a@x", undefined, "auto-submitted"],
    ["X-Autoreply", { "x-autoreply": "yes" }, "a@x", undefined, "x-autoreply"],
    ["X-Autoreply, empty", { "x-autoreply": "" }, "a@x", undefined, "x-autoreply"],
    ["X-Autorespond", { "x-autorespond": "Re: Test" }, "a@x", undefined, "x-autoreply"],
    [
      "X-Autorespond, to a subject that begins with no",
      { "x-autorespond": "No parking" },
      "a@x",
      "Re: x",
      "x-autoreply",
    ],
    ["Precedence: auto_reply", { precedence: "auto_reply" }, "a@x", undefined, "precedence"],
    [
      "Precedence: auto_reply on a list",
      { precedence: "auto_reply", "list-id": "<l.x>" },
      "a@x",
      undefined,
      "precedence",
    ],
    ["Precedence: bulk", { precedence: " Bulk " }, "a@x", undefined, "precedence"],
    ["Precedence: junk", { precedence: "junk" }, "a@x", undefined, "precedence"],
    ["the null path", {}, "", undefined, "null-sender"],
    ["the null path, without header lines", undefined, "", undefined, "null-sender"],
    ["Outlook's words", {}, "a@x", "Automatic reply: Test", "subject"],
    ["capitals", {}, "a@x", "OUT OF OFFICE: back on Monday", "subject"],
    ["words alone", {}, "a@x", "Out of the office", "subject"],
    ["German", {}, "a@x", "Automatische Antwort: Test", "subject"],
    ["German, of another program", {}, "a@x", "Abwesenheitsnotiz: Test", "subject"],
    ["French", {}, "a@x", "Réponse automatique : Test", "subject"],
    ["Spanish", {}, "a@x", "Respuesta automática: Test", "subject"],
    ["Swedish", {}, "a@x", "Autosvar: Test", "subject"],
    ["Chinese", {}, "a@x", "自动答复：Test", "subject"],
    ["a bounce", {}, "a@x", "Undeliverable: Test", "subject"],
    ["a recall", {}, "a@x", "Recall: Test", "subject"],
  ])("%s", (...[, headers, sender, subject, reason]) => {
    expect(automaticReason({ headers, sender, subject })).toBe(reason);
  });
});

describe("a person sent it", () => {
  test.each<[string, Headers | undefined, string | undefined, string | undefined]>([
    ["nothing known", undefined, undefined, undefined],
    ["an ordinary mail", { subject: "Test" }, "a@x", "Test"],
    ["Auto-Submitted: no", { "auto-submitted": "No" }, "a@x", undefined],
    ["Auto-Submitted: no, whatever the subject", { "auto-submitted": "no" }, "a@x", "Recall: faulty chargers"],
    ["Auto-Submitted: no, with a comment", { "auto-submitted": "no (really)" }, "a@x", undefined],
    ["Auto-Submitted, empty", { "auto-submitted": "" }, "a@x", undefined],
    ["X-Autoreply: no", { "x-autoreply": " no" }, "a@x", undefined],
    ["X-Autorespond: no", { "x-autorespond": "No" }, "a@x", undefined],
    ["Precedence: bulk from a list", { precedence: "bulk", "list-id": "<l.x>" }, "a@x", undefined],
    ["Precedence: list", { precedence: "list" }, "a@x", undefined],
    ["Precedence: first-class", { precedence: "first-class" }, "a@x", undefined],
    ["a reply to an automatic reply", {}, "a@x", "Re: Automatic reply: Test"],
    ["a mail about offices", {}, "a@x", "Out of office space again"],
    ["a mail about recalls", {}, "a@x", "Recall of the product"],
  ])("%s", (_name, headers, sender, subject) => {
    expect(automaticReason({ headers, sender, subject })).toBeUndefined();
  });
});
