// headers, sender and subject of a mail -> the reason why a machine must have sent it, or undefined.
// RFC 3834 (Auto-Submitted), RFC 5321 (null return path), and what mail programs do besides. X-Auto-Response-Suppress is not
// looked at: it asks that no machine should answer, which newsletters, tickets and people's mail do as well, and the
// out-of-office answers of Exchange that carry it carry Auto-Submitted too.

import type { AutomaticReason } from "../../shared/domain/mail-event.ts";
import type { Headers } from "../../shared/domain/mail-fragment.ts";

/** Subjects of out-of-office and read-receipt machines; believed only when no header says anything. */
const AUTOMATIC_SUBJECT =
  /^(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response|answer)|out of (?:the )?office|automatische antwort|abwesenheitsnotiz|abwesend|automatisch antwoord|afwezig|réponse automatique|absence du bureau|risposta automatica|fuori sede|respuesta automática|fuera de (?:la )?oficina|resposta automática|ausência|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|odpowiedź automatyczna|automatická odpověď|autoreply|автоответ|自動応答|自动答复|自動回覆|undeliverable|undelivered mail returned|delivery status notification|recall)\s*(?:[:：]|$)/iu;

export interface AutomaticEvidence {
  /** Header values as logged; undefined when the log has no header lines. */
  readonly headers: Headers | undefined;
  /** Envelope sender; "" is the null path. */
  readonly sender: string | undefined;
  /** Decoded. */
  readonly subject: string | undefined;
}

export function automaticReason({ headers, sender, subject }: AutomaticEvidence): AutomaticReason | undefined {
  const autoSubmitted = headers?.["auto-submitted"]?.trim().toLowerCase();
  if (autoSubmitted !== undefined && autoSubmitted !== "" && !/^no\b/.test(autoSubmitted)) return "auto-submitted";
  // X-Autorespond may hold the subject that is answered: only "no" alone is a no.
  for (const value of [headers?.["x-autoreply"], headers?.["x-autorespond"]]) {
    if (value !== undefined && !/^\s*no\s*$/i.test(value)) return "x-autoreply";
  }
  const precedence = headers?.precedence?.trim().toLowerCase();
  if (precedence === "auto_reply") return "precedence";
  // List managers set bulk or junk on people's mail.
  if ((precedence === "bulk" || precedence === "junk") && headers?.["list-id"] === undefined) return "precedence";
  if (sender === "") return "null-sender";
  // "Auto-Submitted: no" is a person's word for it, whatever the subject looks like.
  const isPlain = autoSubmitted === undefined || autoSubmitted === "";
  return isPlain && subject !== undefined && AUTOMATIC_SUBJECT.test(subject) ? "subject" : undefined;
}
