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
  "reply",
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
  "fs",
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
  "răsp",
  "răspuns",
  // Polish, Czech, Slovak, Hungarian, Estonian, Lithuanian, Turkish, Vietnamese, Indonesian
  "odp",
  "odpověď",
  "odpoveď",
  "pd",
  "přep",
  "továbbítás",
  "továbbitás",
  "edasi",
  "atb",
  "ats",
  "pers",
  "per",
  "ynt",
  "yml",
  "yan",
  "ilt",
  "i\u0307lt",
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
  "відповідь",
  "отг",
  "пп",
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
  "回信",
  "답장",
  "회신",
  "전달",
  // Hebrew, Arabic, Thai
  "הע",
  "השב",
  "תשובה",
  "הועבר",
  "رد",
  "ردّ",
  "إعادة توجيه",
  "ตอบ",
  "ตอบกลับ",
]);

/** "Re:", "RE[2]:", "Re^3:", "Re(2):", "RE2:", full-width colon; a space before the colon as the French have it. */
const PREFIX =
  /^([\p{L}\p{M}]{1,10}(?: [\p{L}\p{M}]{1,10})?)\.?(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4}|\d{1,3})?[ \u00a0]{0,2}[:：]/u;
/** Marks that mail programs put before a prefix to turn the direction of writing, and other invisible ones. */
const MARKS = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
/** "[list-tag]", "[EXT]", "(Fwd)", "*SPAM*"-like marks in front. */
const TAG = /^(?:\[[^\]]{0,60}\]|\((?:fwd|ext|external)\)|\*{3}[^*]{0,40}\*{3}|(?:external|extern)[ ]?:)/iu;

/** Logs cut a header at 200 bytes; the keys of a long subject must agree before and after "Re: " moved the cut. */
const KEY_CHARS_MAX = 60;
/** The same in bytes as an encoded word has them, between base64 (4/3 of UTF-8) and quoted-printable (3 times). */
const KEY_BYTES_MAX = 90;
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
  let rest = subject.slice(0, SUBJECT_CHARS_MAX).normalize("NFC").replaceAll(MARKS, "").trim();
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
    .replaceAll(/[?\s]+/gu, " ")
    .trim();
  return { key: key.slice(0, keyLength(key)).trimEnd(), isReply };
}

/** UTF-16 units of a key that are sure to come through a log, whole characters. */
function keyLength(key: string): number {
  let bytes = 0;
  let length = 0;
  for (const char of key) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 4 : code < 0x1_0000 ? 6 : 8;
    if (bytes > KEY_BYTES_MAX || length + char.length > KEY_CHARS_MAX) break;
    length += char.length;
  }
  return length;
}
