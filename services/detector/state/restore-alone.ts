// entries of what names no other object: windows, logins, machines -> their tables, as they were.

import type { SiteState } from "../site-state.ts";
import { numbered } from "./linked.ts";
import { readClient, readLogin } from "./people-codec.ts";
import { StateEntryError } from "./state-entry-error.ts";
import type { StoredObjects } from "./stored-objects.ts";
import { readMinute, readRow } from "./window-codec.ts";

export function restoreWindows({ windows, settings, changes }: SiteState, stored: StoredObjects): void {
  for (const [id, fields] of stored.inOrder("minute")) numbered(readMinute(fields, windows, settings), id);
  for (const [id, fields] of stored.inOrder("row")) {
    const row = numbered(readRow(fields, changes), id);
    const minute = windows.minutes.get(row.windowStart);
    if (minute === undefined) throw new StateEntryError("missing-entry", fields.key, `minute ${row.windowStart}`);
    minute.rows.set(`${row.scope} ${row.key}`, row);
    windows.rowCount += 1;
    if (row.changed) windows.changed.push(row);
  }
}

export function restorePeople({ persons, clients, changes }: SiteState, stored: StoredObjects): void {
  for (const [id, fields] of stored.inOrder("login")) {
    const login = numbered(readLogin(fields, changes), id);
    persons.logins.set(login.login, login);
  }
  for (const [id, fields] of stored.inOrder("client")) {
    const client = numbered(readClient(fields, clients), id);
    clients.clients.set(client.key, client);
  }
}
