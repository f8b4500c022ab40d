// ListState <-> `list/ID`: what is known of the list for good, all that `squall learn` keeps; and `list-now/ID`: its part in what is
// going on. Who has written before is `list/ID/N` (memory-codec.ts), its posts are a history of their own.

import type { DetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { LIST_EVIDENCE } from "../../../shared/domain/mail-event.ts";
import { createList, listAudience, type ListState } from "../list-table.ts";
import type { Changes } from "../tracked.ts";
import type { Fields } from "./entry-fields.ts";
import type { IdOf } from "./linked.ts";

export function storedList(list: ListState): Readonly<Record<string, unknown>> {
  return {
    address: list.address,
    via: list.via,
    messages: list.messages,
    replyAlls: list.replyAlls,
    repliedEnoughAt: list.repliedEnoughAt,
    firstAt: list.firstAt,
    lastAt: list.lastAt,
    reachByDay: list.reachByDay === undefined ? undefined : [...list.reachByDay],
    // The settings may change it, except for a list that was forgotten.
    audience: list.forgotten ? list.audience : undefined,
    mailedAlone: list.mailedAlone,
    forgotten: list.forgotten,
    used: list.used,
  };
}

export function readList(fields: Fields, settings: DetectorSettings, changes: Changes | undefined): ListState {
  const lastAt = fields.number("lastAt");
  const seen = { address: fields.text("address"), via: fields.word("via", LIST_EVIDENCE), at: lastAt };
  const list = createList(seen, settings, changes);
  list.messages = fields.number("messages");
  list.replyAlls = fields.number("replyAlls");
  list.repliedEnoughAt = fields.time("repliedEnoughAt", Number.POSITIVE_INFINITY);
  list.firstAt = fields.number("firstAt");
  list.mailedAlone = fields.flag("mailedAlone");
  list.forgotten = fields.flag("forgotten");
  list.used = fields.number("used");
  if (fields.has("reachByDay")) {
    list.reachByDay = new Map(fields.objects("reachByDay").map((row) => [row.number(0), row.number(1)]));
  }
  list.audience = fields.numberOrNone("audience") ?? listAudience(list);
  return list;
}

export function storedListNow(list: ListState, idOf: IdOf): Readonly<Record<string, unknown>> {
  return {
    automatic: list.automatic.map(idOf),
    automaticUntil: list.automaticUntil,
    lastPosterAt: list.lastPosterAt,
    storm: list.storm === undefined ? undefined : idOf(list.storm),
    episode: list.episode,
    calmSince: list.calmSince,
  };
}

/** Its storm and automatic mails are not linked yet. */
export function readListNow(fields: Fields, list: ListState): void {
  list.automaticUntil = fields.time("automaticUntil", Number.NEGATIVE_INFINITY);
  list.lastPosterAt = fields.time("lastPosterAt", Number.NEGATIVE_INFINITY);
  list.episode = fields.number("episode");
  list.calmSince = fields.time("calmSince", Number.NEGATIVE_INFINITY);
}
