// LoginUse <-> `login/ID`; Client <-> `client/ID`, and what is counted of all clients <-> `clients`.

import { type Client, type ClientTable, clientOfKey, type HourlyCount } from "../clients.ts";
import { createLogin, type LoginUse } from "../persons.ts";
import type { Changes } from "../tracked.ts";
import type { Fields } from "./entry-fields.ts";

export function storedLogin({ login, from, manyAt }: LoginUse): Readonly<Record<string, unknown>> {
  return { login, from, manyAt };
}

export function readLogin(fields: Fields, changes: Changes | undefined): LoginUse {
  const login = createLogin(fields.text("login"), "", changes);
  login.from.splice(0, 1, ...fields.texts("from"));
  login.manyAt = fields.time("manyAt", Number.POSITIVE_INFINITY);
  return login;
}

export function storedClient({ key, mails, senders, manyAt }: Client): Readonly<Record<string, unknown>> {
  return { key, mails: storedCount(mails), senders, manyAt };
}

export function readClient(fields: Fields, table: ClientTable): Client {
  const client = clientOfKey(table, fields.text("key"));
  readCount(fields.object("mails"), client.mails);
  client.senders = fields.texts("senders");
  client.manyAt = fields.time("manyAt", Number.POSITIVE_INFINITY);
  return client;
}

export function storedClients({ all, since }: ClientTable): Readonly<Record<string, unknown>> {
  return { all: storedCount(all), since };
}

export function readClients(fields: Fields, table: ClientTable): void {
  readCount(fields.object("all"), table.all);
  table.since = fields.time("since", Number.POSITIVE_INFINITY);
}

function storedCount({ count, before, hour }: HourlyCount): object {
  return [count, before, hour];
}

function readCount(row: Fields, counted: HourlyCount): void {
  counted.count = row.number(0);
  counted.before = row.number(1);
  counted.hour = row.time(2, Number.NEGATIVE_INFINITY);
}
