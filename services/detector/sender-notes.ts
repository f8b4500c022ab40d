// what a mail tells of those behind it, beyond the mail itself: whose login and From go together, and what machines hand over.

import type { MailOrigin } from "../../shared/domain/mail-event.ts";
import { type Client, noteClient } from "./clients.ts";
import { noteLogin } from "./persons.ts";
import type { SiteState } from "./site-state.ts";

export function noteSender(site: SiteState, mail: MailOrigin): void {
  const { login, from } = mail;
  if (login === undefined || from === undefined || login === from) return;
  if (noteLogin(site.persons, { login, from, at: mail.at }, site.settings)) site.counters.loginsEvicted += 1;
}

/** Returns what is known of the machine that handed the mail over. */
export function noteHandOver(site: SiteState, mail: MailOrigin, isNewMessage: boolean): Client {
  const { client, evicted } = noteClient(site.clients, mail, isNewMessage, site.settings);
  if (evicted) site.counters.clientsEvicted += 1;
  return client;
}
