// logins and their From addresses -> who wrote a message: the login, unless many share it; else From; else the envelope sender.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailMessage } from "./mail-message.ts";
import { type Changes, noteChange, noteGone, type Tracked, tracked } from "./tracked.ts";

/** From addresses seen under one login; only as many as decide whether it is shared. */
export interface LoginUse extends Tracked {
  readonly kind: "login";
  readonly login: string;
  readonly from: string[];
  /** Event time at which the deciding From address was first seen. */
  manyAt: number;
}

export interface PersonTable {
  readonly logins: Map<string, LoginUse>;
  readonly shared: ReadonlySet<string>;
  readonly changes: Changes | undefined;
}

/** Bounds the search for a login to forget. */
const SHARED_SKIPPED_MAX = 64;

export function createPersonTable(settings: DetectorSettings, changes?: Changes): PersonTable {
  // The assembler writes logins in lower case, systems of their own as they like.
  const shared = new Set(settings.sharedLogins.flatMap((login) => [login, login.toLowerCase()]));
  return { logins: new Map(), shared, changes };
}

/** One From address was seen under the login. */
export function createLogin(login: string, from: string, changes: Changes | undefined): LoginUse {
  return { kind: "login", ...tracked(changes), login, from: [from], manyAt: Number.POSITIVE_INFINITY };
}

/** Notes that `login` sent as `from`. Returns true when another login had to be forgotten. */
export function noteLogin(
  table: PersonTable,
  use: { readonly login: string; readonly from: string; readonly at: number },
  settings: DetectorSettings,
): boolean {
  const known = table.logins.get(use.login);
  if (known === undefined) {
    const login = createLogin(use.login, use.from, table.changes);
    table.logins.set(use.login, login);
    noteChange(login);
    return forgetLogin(table, settings.bounds.loginsMax);
  }
  if (known.from.length >= settings.sharedFromAddresses || known.from.includes(use.from)) return false;
  known.from.push(use.from);
  noteChange(known);
  if (known.from.length >= settings.sharedFromAddresses) known.manyAt = use.at;
  return false;
}

/** The person behind a message at its time; undefined when nothing of it is known. */
export function personOf(
  table: PersonTable,
  message: MailMessage,
  at: number,
  settings: DetectorSettings,
): string | undefined {
  if (message.login !== undefined && !isShared(table, message.login, at, settings)) return message.login;
  return message.from ?? message.sender ?? message.login;
}

function isShared(table: PersonTable, login: string, at: number, settings: DetectorSettings): boolean {
  if (table.shared.has(login)) return true;
  const use = table.logins.get(login);
  return use !== undefined && at >= use.manyAt + settings.sharedAfterMs;
}

/** Forgets the login first noted among those not known to be shared; a shared one only when all are. */
function forgetLogin(table: PersonTable, loginsMax: number): boolean {
  if (table.logins.size <= loginsMax) return false;
  let oldest: string | undefined;
  let looked = 0;
  for (const [login, use] of table.logins) {
    oldest ??= login;
    looked += 1;
    if (use.manyAt === Number.POSITIVE_INFINITY) {
      oldest = login;
      break;
    }
    if (looked >= SHARED_SKIPPED_MAX) break;
  }
  if (oldest === undefined) return false;
  const forgotten = table.logins.get(oldest);
  table.logins.delete(oldest);
  if (forgotten !== undefined) noteGone(forgotten);
  return true;
}
