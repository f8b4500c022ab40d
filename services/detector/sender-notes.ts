// what a mail tells of those behind it, beyond the mail itself: whose login and From go together, and what machines hand over.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { type Client, noteClient } from "./clients.ts";
import { noteLogin } from "./persons.ts";
import type { SiteState } from "./site-state.ts";

export function noteSender(site: SiteState, event: MailEvent): void {
  const { login, from } = event;
  if (login === undefined || from === undefined || login === from) return;
  if (noteLogin(site.persons, { login, from, at: event.at }, site.settings)) site.counters.loginsEvicted += 1;
}

/** Returns what is known of the machine that handed the mail over. */
export function noteHandOver(site: SiteState, event: MailEvent, isNewMessage: boolean): Client {
  const { client, evicted } = noteClient(site.clients, event, isNewMessage, site.settings);
  if (evicted) site.counters.clientsEvicted += 1;
  return client;
}
