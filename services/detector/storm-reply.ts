// a message of a storm -> does it count among the storm's reply-alls?

import type { FanOut } from "./fan-out.ts";
import type { Storm } from "./storm.ts";

/** A message by somebody other than the starter: a reply-all, at list scope any post of a person. */
export function isReply(storm: Storm, fanOut: FanOut): boolean {
  if (fanOut === storm.first || fanOut.person === undefined || fanOut.message.automatic !== undefined) return false;
  if (fanOut.replyAll) return fanOut.person !== storm.first.person || !storm.scopes.includes("list");
  return storm.scopes.includes("list") && fanOut.person !== storm.first.person && fanOut.lists.length > 0;
}
