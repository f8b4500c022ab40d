// deliveries of a message's queue ids -> those of the hop with the largest reach, in the site's windows and in those of its
// thread, lists and storm. Two hops of one message deliver the same mail; which of them counts may change while it is told.
//
//   filter    hop A: 3,000 recipients, 3,000 delivered; hop B: the same, a second later          -> 3,000 of hop A
//   hub       hop A: 3,000; hop B: 50, 100 ... 3,000                                            -> hop A all the time
//   VERP      hop A: 1, the list; hop B: 1, 2 ... 3,000                                         -> hop A, from 2 on hop B

import {
  type AddDeliveries,
  addToSeries,
  createMinuteSeries,
  type MinuteSeries,
  repeatMinutes,
} from "./delivery-ledger.ts";
import { showDeliveries } from "./fan-out-windows.ts";
import type { HopSum, MailMessage } from "./mail-message.ts";
import type { SiteState } from "./site-state.ts";
import { siteRow } from "./thread-windows.ts";

export interface HopDeliveries {
  readonly hop: HopSum;
  readonly deliveries: MinuteSeries;
}

const NO_MORE: AddDeliveries = () => undefined;

/** What was counted of the message's queue ids, hop by hop. */
export function deliveriesByHop(message: MailMessage): HopDeliveries[] {
  const byHop: HopDeliveries[] = [];
  for (const slot of message.slots) {
    const series = seriesOf(byHop, slot.hop);
    repeatMinutes(slot, (minute, delivered) => addToSeries(series, minute, delivered));
  }
  return byHop;
}

/** Deliveries of a hop, made when it is new. */
export function seriesOf(byHop: HopDeliveries[], hop: HopSum | undefined): MinuteSeries {
  for (const known of byHop) if (known.hop === hop) return known.deliveries;
  const deliveries = createMinuteSeries();
  if (hop !== undefined) byHop.push({ hop, deliveries });
  return deliveries;
}

/** Where deliveries of one hop are to be added. */
export function deliveriesAt(site: SiteState, message: MailMessage, hop: HopSum): AddDeliveries {
  const { fanOut } = message;
  const counts = hop === message.leading;
  if (fanOut === undefined) return counts ? site.addDeliveries : NO_MORE;
  const series = seriesOf(fanOut.byHop, hop);
  return (minute, delivered) => {
    addToSeries(series, minute, delivered);
    if (!counts) return;
    site.addDeliveries(minute, delivered);
    showDeliveries(site, fanOut, minute, delivered);
  };
}

/** Another hop leads now: takes back what `former` delivered and adds what the leading one had delivered before. */
export function moveDeliveries(site: SiteState, message: MailMessage, former: HopSum | undefined): void {
  const { fanOut, leading } = message;
  if (fanOut === undefined) {
    eachCounted(message, former, (minute, delivered) => addToSite(site, minute, -delivered));
    eachCounted(message, leading, (minute, delivered) => addToSite(site, minute, delivered));
    return;
  }
  const series = seriesOf(fanOut.byHop, leading);
  eachMinute(fanOut.deliveries, (minute, delivered) => {
    addToSite(site, minute, -delivered);
    showDeliveries(site, fanOut, minute, -delivered);
  });
  fanOut.deliveries = series;
  eachMinute(series, (minute, delivered) => {
    addToSite(site, minute, delivered);
    showDeliveries(site, fanOut, minute, delivered);
  });
}

function eachCounted(message: MailMessage, hop: HopSum | undefined, add: AddDeliveries): void {
  for (const slot of message.slots) if (slot.hop === hop) repeatMinutes(slot, add);
}

function eachMinute(series: MinuteSeries, visit: AddDeliveries): void {
  series.starts.forEach((minute, index) => visit(minute, series.counts[index] ?? 0));
}

/** A minute that is no longer kept as a window has nothing to be moved. */
function addToSite(site: SiteState, minute: number, delivered: number): void {
  const row = siteRow(site.windows, site.site, minute, site.settings);
  if (row !== undefined) row.deliveries += delivered;
}
