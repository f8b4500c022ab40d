// what changed of a message that reached many -> rows of its thread, its lists and the site.

import { addToSeries } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import type { ListState } from "./list-table.ts";
import type { SiteState } from "./site-state.ts";
import { noteChange } from "./tracked.ts";
import { siteRow, windowRow } from "./thread-windows.ts";
import { addReplier, type WindowRow } from "./window-row.ts";
import type { Thread } from "./thread-table.ts";
import { threadAudience } from "./storm-members.ts";

/** Counts the message itself, and what was delivered of it so far, in the thread's windows. */
export function showInThread(site: SiteState, fanOut: FanOut, thread: Thread): void {
  showMessage(threadRow(site, thread, fanOut.at), fanOut);
  eachDelivery(fanOut, (minute, delivered) => deliver(threadRow(site, thread, minute), delivered));
}

/** The same for a list that became known. */
export function showInList(site: SiteState, fanOut: FanOut, list: ListState): void {
  showMessage(listRow(site, list, fanOut.at), fanOut);
  eachDelivery(fanOut, (minute, delivered) => deliver(listRow(site, list, minute), delivered));
}

/** Adds grown reach to the rows the message is already counted in. */
export function showReach(site: SiteState, fanOut: FanOut, growth: number): void {
  for (const row of rowsOf(site, fanOut, fanOut.at)) row.recipients += growth;
}

/** Adds deliveries to the storm and to the rows of the thread and lists. */
export function showDeliveries(site: SiteState, fanOut: FanOut, minute: number, delivered: number): void {
  const { storm } = fanOut;
  if (storm !== undefined) {
    addToSeries(storm.deliveries, minute, delivered);
    noteChange(storm);
  }
  for (const row of rowsOf(site, fanOut, minute)) row.deliveries += delivered;
}

export function showReplyAll(site: SiteState, fanOut: FanOut): void {
  const identity = fanOut.post?.identity ?? fanOut.person;
  const score = fanOut.post?.after?.score ?? 0;
  const rows = rowsOf(site, fanOut, fanOut.at);
  const whole = siteRow(site.windows, site.site, fanOut.at, site.settings);
  if (whole !== undefined) rows.push(whole);
  for (const row of rows) {
    row.replyAlls += 1;
    row.score = Math.max(row.score, score);
    if (identity !== undefined) addReplier(row, identity);
  }
}

function rowsOf(site: SiteState, fanOut: FanOut, at: number): WindowRow[] {
  const rows: WindowRow[] = [];
  const own = fanOut.thread === undefined ? undefined : threadRow(site, fanOut.thread, at);
  if (own !== undefined) rows.push(own);
  for (const { list } of fanOut.lists) {
    const row = listRow(site, list, at);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function threadRow(site: SiteState, thread: Thread, at: number): WindowRow | undefined {
  const row = windowRow(site.windows, { scope: "thread", key: thread.key, at }, site.settings);
  if (row === undefined) return counted(site);
  row.list = thread.lists[0]?.address;
  row.audience = Math.max(row.audience, threadAudience(thread));
  return row;
}

function listRow(site: SiteState, list: ListState, at: number): WindowRow | undefined {
  const row = windowRow(site.windows, { scope: "list", key: list.address, at }, site.settings);
  if (row === undefined) return counted(site);
  row.audience = Math.max(row.audience, list.audience);
  return row;
}

function counted(site: SiteState): undefined {
  site.counters.windowsDropped += 1;
  return undefined;
}

function showMessage(row: WindowRow | undefined, fanOut: FanOut): void {
  if (row === undefined) return;
  row.messages += 1;
  row.recipients += fanOut.reach;
  if (fanOut.message.automatic !== undefined) row.automatic += 1;
}

function deliver(row: WindowRow | undefined, delivered: number): void {
  if (row !== undefined) row.deliveries += delivered;
}

function eachDelivery(fanOut: FanOut, visit: (minute: number, delivered: number) => void): void {
  fanOut.deliveries.starts.forEach((minute, index) => visit(minute, fanOut.deliveries.counts[index] ?? 0));
}
