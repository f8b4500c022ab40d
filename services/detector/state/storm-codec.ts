// Storm <-> `storm/ID`. Its members are the messages that name it, from `membersFrom` on.

import { SEVERITIES, STORM_REASONS } from "../../../shared/domain/storm-alert.ts";
import type { SiteState } from "../site-state.ts";
import type { Storm } from "../storm.ts";
import type { Changes } from "../tracked.ts";
import { tracked } from "../tracked.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";
import type { IdOf, Linked } from "./linked.ts";
import { readSeries, writeSeries } from "./series-codec.ts";

const SCOPES = ["thread", "list"] as const;

export function writeStorm(row: RowWriter, storm: Storm, site: SiteState, idOf: IdOf): void {
  row.text(storm.stormId);
  row.number(storm.revision);
  row.text(storm.scope);
  row.textList(storm.scopes);
  row.text(storm.threadKey);
  row.number(idOf(storm.first));
  row.time(storm.startedAt);
  row.time(storm.listSince);
  row.time(storm.detectedAt);
  row.text(storm.severity);
  row.flag(storm.opened);
  row.textList(storm.reasons);
  row.list([...storm.lists], (list) => row.number(idOf(list)));
  row.list([...storm.threads], (thread) => row.number(idOf(thread)));
  row.number(storm.audience);
  row.number(storm.dropped.replyAlls);
  row.number(storm.dropped.automatic);
  row.number(storm.dropped.notDelivered);
  writeSeries(row, storm.deliveries);
  row.time(storm.calmAt);
  row.flag(storm.ended);
  row.number(storm.replies);
  row.flag(storm.recount);
  row.number(storm.told.replyAlls);
  row.number(storm.told.deliveries);
  row.number(idOf(storm.shown));
  // Messages that it only counted may still name one that was forgotten.
  const forgotten = !site.storms.includes(storm);
  const [eldest] = forgotten ? [] : storm.members;
  row.flag(forgotten);
  row.flag(eldest !== undefined);
  if (eldest !== undefined) row.number(eldest.stormPlace);
}

export interface StormNames {
  readonly forgotten: boolean;
  /** Place of the eldest of its members; infinite: it has none. */
  readonly membersFrom: number;
}

/** A storm whose members are not linked yet. */
export function readStorm(
  row: RowReader,
  linked: Linked,
  changes: Changes | undefined,
): { readonly storm: Storm; readonly names: StormNames } {
  const storm: Storm = {
    kind: "storm",
    ...tracked(changes),
    stormId: row.text("stormId"),
    revision: row.number("revision"),
    scope: row.word("scope", SCOPES),
    scopes: row.list("scopes", () => row.word("scope", SCOPES)),
    threadKey: row.text("threadKey"),
    first: linked.fanOut(row, row.number("first")),
    startedAt: row.time("startedAt"),
    listSince: row.time("listSince", Number.POSITIVE_INFINITY),
    detectedAt: row.time("detectedAt"),
    severity: row.word("severity", SEVERITIES),
    opened: row.flag("opened"),
    reasons: row.list("reasons", () => row.word("reason", STORM_REASONS)),
    lists: new Set(row.list("lists", () => linked.list(row, row.number("list")))),
    threads: new Set(row.list("threads", () => linked.thread(row, row.number("thread")))),
    audience: row.number("audience"),
    members: [],
    dropped: {
      replyAlls: row.number("dropped replyAlls"),
      automatic: row.number("dropped automatic"),
      notDelivered: row.number("dropped notDelivered"),
    },
    deliveries: readSeries(row),
    calmAt: row.time("calmAt"),
    ended: row.flag("ended"),
    replies: row.number("replies"),
    recount: row.flag("recount"),
    told: { replyAlls: row.number("told replyAlls"), deliveries: row.number("told deliveries") },
    pending: undefined,
    shown: linked.thread(row, row.number("shown")),
  };
  const forgotten = row.flag("forgotten");
  const membersFrom = row.flag("members") ? row.number("membersFrom") : Number.POSITIVE_INFINITY;
  return { storm, names: { forgotten, membersFrom } };
}
