// subject -> what two mails of one conversation have in common: without reply prefixes, list tags and case.

/** Reply and forward prefixes as mail programs write them, without the colon, in lower case. */
const PREFIXES = new Set([
  // English and what most programs keep whatever their language
  "re",
  "fw",
  "fwd",
  "rv",
  "ref",
  "res",
  "resp",
  // German, Dutch, Scandinavian
  "aw",
  "antw",
  "antwort",
  "wg",
  "betr",
  "vb",
  "doorst",
  "sv",
  "vs",
  "vl",
  "vá",
  "svar",
  "ang",
  "ilt",
  "st",
  // French, Italian, Spanish, Portuguese, Romanian, Catalan
  "tr",
  "réf",
  "rép",
  "rep",
  "rif",
  "r",
  "i",
  "inoltra",
  "enc",
  "rsp",
  "réponse",
  "renv",
  "recd",
  // Polish, Czech, Slovak, Hungarian, Estonian, Lithuanian, Turkish, Vietnamese, Indonesian
  "odp",
  "pd",
  "továbbítás",
  "továbbitás",
  "edasi",
  "atb",
  "per",
  "ynt",
  "yml",
  "yan",
  "trả lời",
  "bls",
  "trs",
  // Greek, Russian, Ukrainian, Bulgarian
  "απ",
  "σχετ",
  "πρθ",
  "πρ",
  "отв",
  "ответ",
  "на",
  "пересл",
  "відп",
  // Chinese, Japanese, Korean
  "答复",
  "答覆",
  "回复",
  "回覆",
  "转发",
  "轉寄",
  "轉發",
  "返信",
  "転送",
  "답장",
  "회신",
  "전달",
  // Hebrew, Arabic, Thai
  "הע",
  "השב",
  "תשובה",
  "رد",
  "ردّ",
  "إعادة توجيه",
  "ตอบ",
  "ตอบกลับ",
]);

/** "Re:", "RE[2]:", "Re^3:", "Re(2):", "RE2:", full-width colon; a space before the colon as the French have it. */
const PREFIX =
  /^([\p{L}\p{M}]{1,10}(?: [\p{L}\p{M}]{1,10})?)\.?(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4}|\d{1,3})?[ \u00a0]{0,2}[:：]/u;
/** "[list-tag]", "[EXT]", "(Fwd)", "*SPAM*"-like marks in front. */
const TAG = /^(?:\[[^\]]{0,60}\]|\((?:fwd|ext|external)\)|\*{3}[^*]{0,40}\*{3}|(?:external|extern)[ ]?:)/iu;

/** Logs cut a header at 200 bytes; the keys of a long subject must agree before and after "Re: " moved the cut. */
const KEY_CHARS_MAX = 60;
const SUBJECT_CHARS_MAX = 400;
const ROUNDS_MAX = 20;

export interface SubjectKey {
  /** Empty when nothing is left. */
  readonly key: string;
  /** There was a reply or forward prefix. */
  readonly isReply: boolean;
}

/** `subject`: decoded text. Linear in its length. */
export function subjectKey(subject: string): SubjectKey {
  let rest = subject.slice(0, SUBJECT_CHARS_MAX).trim();
  let isReply = false;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const prefix = PREFIX.exec(rest);
    if (prefix?.[1] !== undefined && PREFIXES.has(prefix[1].toLowerCase())) {
      isReply = true;
      rest = rest.slice(prefix[0].length).trimStart();
      continue;
    }
    const tag = TAG.exec(rest);
    if (tag === null) break;
    rest = rest.slice(tag[0].length).trimStart();
  }
  // "?" is what the mail server made of folds and control characters: it is no part of a key.
  const key = rest
    .toLowerCase()
    .normalize("NFC")
    .replaceAll(/[?\s]+/gu, " ")
    .trim();
  return { key: key.slice(0, KEY_CHARS_MAX).trimEnd(), isReply };
}
