// ThreadWindow <-> one JSON line. What each field may hold is published in thread-window.schema.json.

import type { DecodeFault } from "./decode-fault.ts";
import { MINUTE_MS } from "./delivery-minutes.ts";
import type { ThreadWindow } from "./thread-window.ts";
import type { Mutable, TextLimits } from "./wire-fields.ts";
import {
  requiredChoice,
  requiredCount,
  requiredFlag,
  requiredNumber,
  requiredText,
  requiredTime,
  setPresent,
  textOf,
} from "./wire-fields.ts";
import type { WireObject } from "./wire-object.ts";
import { decodeLine, refuse } from "./wire-object.ts";
import { encodeWireTime } from "./wire-time.ts";

const WINDOW_SCOPES = ["thread", "list", "site"] as const;

const NAME: TextLimits = { max: 255 };
const ADDRESS: TextLimits = { max: 320 };
const KEY: TextLimits = { max: 998 };
const SCORES = { min: 0, max: Number.MAX_VALUE };

/** Writes a ThreadWindow as one JSON line without the line break; the same window gives the same bytes. */
export function encodeThreadWindow(window: ThreadWindow): string {
  return JSON.stringify({
    v: window.v,
    site: window.site,
    scope: window.scope,
    key: window.key,
    list: window.list,
    windowStart: encodeWireTime(window.windowStart),
    windowEnd: encodeWireTime(window.windowEnd),
    final: window.final,
    replyAlls: window.replyAlls,
    distinctRepliers: window.distinctRepliers,
    automatic: window.automatic,
    messages: window.messages,
    recipients: window.recipients,
    deliveries: window.deliveries,
    audience: window.audience,
    score: window.score,
  });
}

/** Reads one JSON line; anything that is not a whole ThreadWindow of version 1 is refused with a named reason. */
export function decodeThreadWindow(line: string): { readonly ok: true; readonly window: ThreadWindow } | DecodeFault {
  const decoded = decodeLine(line, readWindow);
  return decoded.ok ? { ok: true, window: decoded.value } : decoded;
}

function readWindow(object: WireObject): ThreadWindow {
  const window: Mutable<ThreadWindow> = {
    v: 1,
    site: requiredText(object, "site", NAME),
    scope: requiredChoice(object, "scope", WINDOW_SCOPES),
    key: requiredText(object, "key", KEY),
    windowStart: requiredTime(object, "windowStart"),
    windowEnd: requiredTime(object, "windowEnd"),
    final: requiredFlag(object, "final"),
    replyAlls: requiredCount(object, "replyAlls"),
    distinctRepliers: requiredCount(object, "distinctRepliers"),
    automatic: requiredCount(object, "automatic"),
    messages: requiredCount(object, "messages"),
    recipients: requiredCount(object, "recipients"),
    deliveries: requiredCount(object, "deliveries"),
    audience: requiredCount(object, "audience"),
    score: requiredNumber(object, "score", SCORES),
  };
  setPresent(window, "list", textOf(object, "list", ADDRESS));
  if (window.windowStart % MINUTE_MS !== 0) refuse(object, "out-of-range", "windowStart");
  if (window.windowEnd !== window.windowStart + MINUTE_MS) refuse(object, "out-of-range", "windowEnd");
  return window;
}
