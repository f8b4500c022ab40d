// Storm <-> `storm/ID`. Its members are the messages that name it, from `membersFrom` on.

import { SEVERITIES, STORM_REASONS } from "../../../shared/domain/storm-alert.ts";
import type { SiteState } from "../site-state.ts";
import type { Storm } from "../storm.ts";
import type { Changes } from "../tracked.ts";
import { tracked } from "../tracked.ts";
import type { Fields } from "./entry-fields.ts";
import type { IdOf, Linked } from "./linked.ts";
import { readSeries, storedSeries } from "./series-codec.ts";

const SCOPES = ["thread", "list"] as const;

export function storedStorm(storm: Storm, site: SiteState, idOf: IdOf): Readonly<Record<string, unknown>> {
  const {
    kind: _kind,
    changes: _changes,
    id: _id,
    noted: _noted,
    stored: _stored,
    pending: _pending,
    members,
    ...facts
  } = storm;
  const forgotten = !site.storms.includes(storm);
  return {
    ...facts,
    // Messages that it only counted may still name it.
    forgotten,
    first: idOf(storm.first),
    shown: idOf(storm.shown),
    lists: [...storm.lists].map(idOf),
    threads: [...storm.threads].map(idOf),
    deliveries: storedSeries(storm.deliveries),
    membersFrom: forgotten ? undefined : members[0]?.stormPlace,
  };
}

/** Its members are not linked yet. */
export function readStorm(fields: Fields, linked: Linked, changes: Changes | undefined): Storm {
  const dropped = fields.object("dropped");
  const told = fields.object("told");
  const reasons = fields.texts("reasons").map((_, index) => fields.object("reasons").word(index, STORM_REASONS));
  const scopes = fields.texts("scopes").map((_, index) => fields.object("scopes").word(index, SCOPES));
  return {
    kind: "storm",
    ...tracked(changes),
    stormId: fields.text("stormId"),
    revision: fields.number("revision"),
    scope: fields.word("scope", SCOPES),
    scopes,
    threadKey: fields.text("threadKey"),
    first: linked.fanOut(fields, fields.number("first")),
    startedAt: fields.number("startedAt"),
    listSince: fields.time("listSince", Number.POSITIVE_INFINITY),
    detectedAt: fields.number("detectedAt"),
    severity: fields.word("severity", SEVERITIES),
    opened: fields.flag("opened"),
    reasons,
    lists: new Set(fields.numbers("lists").map((id) => linked.list(fields, id))),
    threads: new Set(fields.numbers("threads").map((id) => linked.thread(fields, id))),
    audience: fields.number("audience"),
    members: [],
    dropped: {
      replyAlls: dropped.number("replyAlls"),
      automatic: dropped.number("automatic"),
      notDelivered: dropped.number("notDelivered"),
    },
    deliveries: readSeries(fields.object("deliveries")),
    calmAt: fields.number("calmAt"),
    ended: fields.flag("ended"),
    replies: fields.number("replies"),
    recount: fields.flag("recount"),
    told: { replyAlls: told.number("replyAlls"), deliveries: told.number("deliveries") },
    pending: undefined,
    shown: linked.thread(fields, fields.number("shown")),
  };
}
