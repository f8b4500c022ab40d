// (state, MailEvent | tick) -> StormAlerts and ThreadWindows. The detector: a pure fold, one state a process, one table set a site.
//
// Events alone open storms; a tick (the watermark) only closes windows, ends storms and forgets. Nothing here reads a clock or
// draws a number: the output is a function of the state and the input.
//
// What the design leaves open, decided as a postmaster would expect:
// - A message whose From is known on one hop and whose login on another is one message: only two known, different values part it.
// - Whether a machine sent a message is what its earliest hop with header lines says; list managers mark people's mail later.
// - N is the larger of what was measured and what is configured. A mail to several lists measures a list only until it is
//   mailed alone.
// - On several lists a person is a newcomer only if new to every list that knows its writers.
// - A mail whose writer is unknown on every hop (no login, From or envelope sender) is counted, but is nobody's reply-all.
// - A thread's lists are those of its first message and of its reply-alls.
// See thread-judgement.ts, list-burst.ts and storm-lifecycle.ts for what concerns the rules, list scope and the life of a storm.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import type { StormListener } from "../../shared/domain/storm-account.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { createDetectorCounters, type DetectorCounters } from "./detector-counters.ts";
import { type DetectorSurvey, surveySites } from "./detector-survey.ts";
import { stepEvent } from "./event-step.ts";
import { forgetOldPosts } from "./list-post-room.ts";
import { forgetOld } from "./message-table.ts";
import { stepPacked, stepPackedRemoved, type PackedReader } from "./packed-step.ts";
import { createSiteState, type SiteState } from "./site-state.ts";
import { tellOver } from "./storm-account.ts";
import type { Advise } from "./storm-evidence.ts";
import { ebb, takeAlerts } from "./storm-tide.ts";
import { forgetOldMessages } from "./thread-table.ts";
import { advanceWindows, windowOf } from "./thread-windows.ts";
import type { Changes } from "./tracked.ts";

export type { DetectorSurvey } from "./detector-survey.ts";

export type DetectorInput =
  | { readonly kind: "event"; readonly event: MailEvent }
  /** `site`: whose time it is; of all where none is named. */
  | { readonly kind: "tick"; readonly watermark: number; readonly site?: string };

export type DetectorOutput =
  | { readonly kind: "alert"; readonly alert: StormAlert }
  | { readonly kind: "window"; readonly window: ThreadWindow };

export interface DetectorDeps {
  /** How to stop a list and clear its queue; called once an alert. */
  readonly advise: Advise;
  /** Reads packed mails; without it none is taken. */
  readonly packed?: PackedReader;
  /** Hears the whole of every storm and watch that is let go of; of those still held when it is asked for (`tellHeldStorms`). */
  readonly listener?: StormListener;
  /** Keeps account of what changes of a site; without it nothing can be told of the state (state/detector-entries.ts). */
  readonly changes?: () => Changes;
}

export interface DetectorState {
  settings: DetectorSettings;
  readonly deps: DetectorDeps;
  readonly counters: DetectorCounters;
  readonly sites: Map<string, SiteState>;
  /** The site of the last event: nearly always that of the next. */
  site: SiteState | undefined;
}

const NOTHING: readonly DetectorOutput[] = [];

export function createDetectorState(settings: DetectorSettings, deps: DetectorDeps): DetectorState {
  return { settings, deps, counters: createDetectorCounters(), sites: new Map(), site: undefined };
}

/** Folds one input into the state, in place. Alerts come before windows; one shared empty array when there is nothing. */
export function step(state: DetectorState, input: DetectorInput): readonly DetectorOutput[] {
  return input.kind === "event" ? onEvent(state, input.event) : onTick(state, input.watermark, input.site);
}

/** Takes a small mail in as it is packed; false when it is wanted as an event. No alert comes of a small mail. */
export function takePackedMail(state: DetectorState, siteName: string, mails: PackedMails, mail: number): boolean {
  const site = state.site?.site === siteName ? state.site : siteOf(state, siteName);
  return site !== undefined && stepPacked(site, mails, mail);
}

/** The queue file of a mail that was taken packed is gone; false when that is wanted as a revision. */
export function takePackedRemoval(state: DetectorState, siteName: string, mails: PackedMails, mail: number): boolean {
  const site = state.site?.site === siteName ? state.site : siteOf(state, siteName);
  return site !== undefined && stepPackedRemoved(site, mails, mail);
}

/** What the detector has seen so far, for a summary. */
export function detectorSurvey(state: DetectorState): DetectorSurvey {
  return surveySites([...state.sites.values()], state.settings, state.counters);
}

/** The input has ended: tells the listener of the storms that are held. */
export function tellHeldStorms(state: DetectorState): void {
  for (const site of state.sites.values()) for (const storm of site.storms) tellOver(site, storm);
}

function onEvent(state: DetectorState, event: MailEvent): readonly DetectorOutput[] {
  state.counters.events += 1;
  const site = state.site?.site === event.site ? state.site : siteOf(state, event.site);
  if (site === undefined) {
    state.counters.sitesDropped += 1;
    return NOTHING;
  }
  stepEvent(site, event);
  if (site.touched.length === 0 && site.said.length === 0) return NOTHING;
  const outputs: DetectorOutput[] = [];
  takeAlerts(site, outputs);
  return outputs;
}

function onTick(state: DetectorState, watermark: number, only: string | undefined): readonly DetectorOutput[] {
  let outputs: DetectorOutput[] | undefined;
  for (const site of state.sites.values()) {
    if (watermark <= site.watermark || (only !== undefined && site.site !== only)) continue;
    site.watermark = watermark;
    if (forgetOld(site.messages, watermark, state)) {
      forgetOldMessages(site.threads, watermark, state);
      forgetOldPosts(site.lists, watermark, state.settings);
    }
    if (site.storms.length > 0) ebb(site, watermark);
    const rows = advanceWindows(site.windows, watermark, state.settings, state.counters);
    if (site.said.length === 0 && rows.length === 0) continue;
    outputs ??= [];
    takeAlerts(site, outputs);
    if (!state.settings.emitWindows) continue;
    for (const row of rows) outputs.push({ kind: "window", window: windowOf(site.windows, row, site.site) });
  }
  return outputs ?? NOTHING;
}

/** A site by its name, made when it is new; undefined when there are too many. */
export function siteOf(state: DetectorState, name: string): SiteState | undefined {
  let site = state.sites.get(name);
  if (site === undefined) {
    if (state.sites.size >= state.settings.bounds.sitesMax) return undefined;
    site = createSiteState(name, state.settings, {
      counters: state.counters,
      advise: state.deps.advise,
      packed: state.deps.packed,
      listener: state.deps.listener,
      changes: state.deps.changes?.(),
    });
    state.sites.set(name, site);
  }
  state.site = site;
  return site;
}
