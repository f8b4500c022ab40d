// How a mail system writes its log: the format, and what it makes of a mail to a list. Independent of what happens in a scenario.

export const LOG_FORMATS = ["postfix", "exchange"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How a Postfix system brings a mail to the members of a list, by name, with a line that says it. */
export const SET_UPS = {
  "virtual-alias": "one queue id for all members, orig_to= on every delivery",
  "include-alias": "an alias with :include: and an owner: local(8) forwards the mail as a second queue id",
  "list-manager": "a list manager on the same host takes the mail and sends it again, 500 members a queue id",
  "verp-pool": "a list manager sends every member a copy with a return path of its own, over two servers",
  downstream: "virtual alias, then a second Postfix that is handed 50 members at a time",
} as const;
export type SetUp = keyof typeof SET_UPS;

export const SET_UP_NAMES = Object.keys(SET_UPS).filter((name): name is SetUp => name in SET_UPS);

/** Microseconds and +00:00, or the classic style without year and zone (UTC too). */
export const STAMP_STYLES = ["rfc3164", "rfc3339"] as const;
export type StampStyle = (typeof STAMP_STYLES)[number];
