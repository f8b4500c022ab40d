// a mail to a list -> the copy that reaches members under the list's own return path: from a list manager, or from an alias with an owner.

import type { Mail, Origin } from "../mail.ts";
import type { MailList } from "../mail-list.ts";

/** Bytes of the headers a list manager adds. */
const MANAGER_BYTES = 900;
const ALIAS_BYTES = 140;

/** What a list manager sends: its own return path, a subject tag, a List-Id. A digest is its own already. */
export function managedCopy(mail: Mail, list: MailList, origin: Origin): Mail {
  const { name, host } = partsOf(list);
  return {
    ...copyOf(mail),
    origin,
    sender: `${name}-bounces@${host}`,
    subject: mail.kind === "digest" ? mail.subject : tagged(name, mail.subject),
    sizeBytes: mail.sizeBytes + MANAGER_BYTES,
    listId: `<${name}.${host}>`,
    precedence: "list",
  };
}

/** The return path of one reader's copy, from which a bounce tells whom it did not reach. */
export function verpSender(list: MailList, reader: string): string {
  const { name, host } = partsOf(list);
  return `${name}-bounces+${reader.replace("@", "=")}@${host}`;
}

/** What local(8) forwards to the members of an alias that has an owner. */
export function forwardedCopy(mail: Mail, list: MailList): Mail {
  const { name, host } = partsOf(list);
  return { ...copyOf(mail), sender: `owner-${name}@${host}`, sizeBytes: mail.sizeBytes + ALIAS_BYTES };
}

/** A copy knows its readers only when it is told them. */
export function copyOf(mail: Mail): Mail {
  const { origin: _author, handedOn: _done, members: _members, ...rest } = mail;
  return { ...rest, kind: mail.kind === "digest" ? "digest" : "list-copy", recipients: [] };
}

function partsOf(list: MailList): { name: string; host: string } {
  const at = list.address.lastIndexOf("@");
  return { name: list.address.slice(0, at), host: list.address.slice(at + 1) };
}

function tagged(name: string, subject: string): string {
  const tag = `[${name}] `;
  if (subject.includes(tag)) return subject;
  const prefix = /^(re|aw|sv|antw|vs): /i.exec(subject)?.[0] ?? "";
  return `${prefix}${tag}${subject.slice(prefix.length)}`;
}
