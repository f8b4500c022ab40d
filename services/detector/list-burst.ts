// posts to a list -> list scope: many people at once whose messages share no thread, or many machines.
//
// Distinct posters, the first included: 4 in 5 min or 5 in 10 min. On a warm list newcomers count, whatever their thread; on a
// cold list only messages that no header ties to a thread, else several lively discussions on a new list add up. Mail that is
// neither authenticated nor from the list's own (or a trusted) domain counts for a watch only: `outside-senders`.
// Automatic mail: 20 to the list itself in 10 min, be they of one machine (a loop) or of many; outside ones make a watch.
// The price gate counts repliers (posters but the first), for automatic mail the mails.

import type { StormReason } from "../../shared/domain/storm-alert.ts";
import type { FanOut } from "./fan-out.ts";
import { notePosts } from "./list-post-room.ts";
import { isWarm, type ListState } from "./list-table.ts";
import type { Post } from "./post-history.ts";
import { eligiblePeople } from "./post-people.ts";
import type { SiteState } from "./site-state.ts";
import { propose, type Proposal } from "./storm-lifecycle.ts";
import { type PriceGate, priceGate } from "./storm-rules.ts";
import { isTied } from "./thread-resolution.ts";
import type { Thread } from "./thread-table.ts";
import { noteChange } from "./tracked.ts";

type Eligible = (post: Post) => boolean;

/** Judges a list at its posts from `index` on. `atLeast` is the event time of what made it worth a look. */
export function judgeListPosts(site: SiteState, list: ListState, index: number, atLeast: number): void {
  if (list.rules.exempt || list.posters.posts.length < list.rules.thresholds.listBurstFastPeople) return;
  for (let at = index; at < list.posters.posts.length; at += 1) {
    const post = list.posters.posts[at];
    if (post === undefined || post.at <= list.calmSince) continue;
    const warm = isWarm(list, post.at, site.settings);
    const eligible: Eligible = (other) => isEligible(list, other, warm);
    if (!eligible(post)) continue;
    const trusted: Eligible = (other) => eligible(other) && isTrusted(list, other.fanOut);
    const from = burstStart(list, at, trusted);
    if (from !== undefined) proposeBurst(site, list, { at, from, atLeast, eligible: trusted, trusted: true });
    else {
      const outside = burstStart(list, at, eligible);
      if (outside !== undefined) proposeBurst(site, list, { at, from: outside, atLeast, eligible, trusted: false });
    }
  }
}

/** Notes a machine's mail to a list. */
export function noteAutomatic(site: SiteState, list: ListState, fanOut: FanOut): void {
  let index = list.automatic.length;
  while (index > 0 && (list.automatic[index - 1]?.at ?? 0) > fanOut.at) index -= 1;
  list.automatic.splice(index, 0, fanOut);
  const surplus = list.automatic.length > site.settings.bounds.repliesPerThreadMax;
  if (surplus) list.automatic.shift();
  notePosts(site.lists, list, surplus ? 0 : 1, site);
}

/** Judges a list at its latest automatic mail. `atLeast` is the event time of what made it worth a look. */
export function judgeAutomatic(site: SiteState, list: ListState, atLeast: number): void {
  const { thresholds } = list.rules;
  const latest = list.automatic.at(-1);
  if (list.rules.exempt || latest === undefined || latest.at <= list.calmSince) return;
  const recent = mailsSince(list, latest.at - thresholds.automaticMs);
  const first = list.automatic.at(-recent);
  if (recent < thresholds.automaticMails || first?.thread === undefined) return;
  list.automaticUntil = Math.max(list.automaticUntil, latest.at);
  noteChange(list);
  const trusted = hasTrusted(list, recent, thresholds.automaticMails);
  const hour = mailsSince(list, latest.at - site.settings.distinctMs + 1);
  const gate = priceGate(list.audience, hour + mailsSince(list, latest.at - site.settings.recentMs + 1), list.rules);
  const reasons: StormReason[] = ["automatic"];
  if (!trusted) reasons.push("outside-senders");
  propose(site, {
    ...listProposal(list, first, first.thread),
    ...listVerdict(list, { gate, trusted, reasons, at: Math.max(latest.at, atLeast) }),
    critical: list.audience * hour > thresholds.criticalDeliveries,
    threads: () => threadsOf(list.automatic.slice(-recent)),
  });
}

/** Automatic mails at `from` or later: the last so many. */
function mailsSince(list: ListState, from: number): number {
  let count = 0;
  while ((list.automatic.at(-1 - count)?.at ?? Number.NEGATIVE_INFINITY) >= from) count += 1;
  return count;
}

/** Are `enough` of the last `recent` automatic mails trusted? */
function hasTrusted(list: ListState, recent: number, enough: number): boolean {
  let trusted = 0;
  for (let back = 1; back <= recent && trusted < enough; back += 1) {
    const mail = list.automatic.at(-back);
    if (mail !== undefined && isTrusted(list, mail)) trusted += 1;
  }
  return trusted >= enough;
}

interface Burst {
  readonly at: number;
  /** Event time of the burst's first post. */
  readonly from: number;
  readonly atLeast: number;
  readonly eligible: Eligible;
  readonly trusted: boolean;
}

function proposeBurst(site: SiteState, list: ListState, burst: Burst): void {
  const { settings } = site;
  const posts = list.posters.posts;
  const deciding = posts[burst.at];
  const first = firstOf(posts, burst);
  if (deciding === undefined || first === undefined || first.fanOut.thread === undefined) return;
  const repliers = (windowMs: number): number => {
    const within = { index: burst.at, from: deciding.at - windowMs + 1, enough: Number.POSITIVE_INFINITY };
    return Math.max(0, eligiblePeople(list.posters, within, burst.eligible) - 1);
  };
  const hour = repliers(settings.distinctMs);
  const gate = priceGate(list.audience, hour + repliers(settings.recentMs), list.rules);
  const reasons: StormReason[] = ["list-burst"];
  if (!burst.trusted) reasons.push("outside-senders");
  propose(site, {
    ...listProposal(list, first.fanOut, first.fanOut.thread),
    ...listVerdict(list, { gate, trusted: burst.trusted, reasons, at: Math.max(deciding.at, burst.atLeast) }),
    critical: list.audience * hour > list.rules.thresholds.criticalDeliveries,
    threads: () => {
      const evidence = posts.slice(0, burst.at + 1).filter((post) => post.at >= burst.from && burst.eligible(post));
      return threadsOf(evidence.map((post) => post.fanOut));
    },
  });
}

function firstOf(posts: readonly Post[], burst: Burst): Post | undefined {
  let first: Post | undefined;
  for (let index = burst.at; index >= 0; index -= 1) {
    const post = posts[index];
    if (post === undefined || post.at < burst.from) break;
    if (burst.eligible(post)) first = post;
  }
  return first;
}

function listProposal(
  list: ListState,
  first: FanOut,
  thread: Thread,
): Pick<Proposal, "scope" | "thread" | "lists" | "first" | "startedAt"> {
  return { scope: "list", thread, lists: [list], first, startedAt: first.at };
}

function listVerdict(
  list: ListState,
  found: { readonly gate: PriceGate; readonly trusted: boolean; readonly reasons: StormReason[]; readonly at: number },
): Pick<Proposal, "opens" | "reasons" | "at"> {
  const expected = found.at < list.rules.expectedRepliesUntil;
  const reasons = found.gate.passed ? found.reasons : [...found.reasons, "price-gate" as const];
  return { opens: found.gate.passed && found.trusted && !expected, reasons, at: found.at };
}

/** Event time of the first post of a burst that ends at `index`; undefined when there is none. */
function burstStart(list: ListState, index: number, eligible: Eligible): number | undefined {
  const { thresholds } = list.rules;
  const at = list.posters.posts[index]?.at ?? 0;
  const slow = at - thresholds.listBurstSlowMs;
  const fast = at - thresholds.listBurstFastMs;
  const reaches = (from: number, enough: number): boolean =>
    eligiblePeople(list.posters, { index, from, enough }, eligible) >= enough;
  if (reaches(slow, thresholds.listBurstSlowPeople)) return slow;
  return reaches(fast, thresholds.listBurstFastPeople) ? fast : undefined;
}

function isEligible(list: ListState, post: Post, warm: boolean): boolean {
  if (!warm) return !isTied(post.fanOut);
  return post.fanOut.lists.some((entry) => entry.list === list && entry.newcomer);
}

function isTrusted(list: ListState, fanOut: FanOut): boolean {
  const { authenticated, senderDomain } = fanOut.message;
  return authenticated || (senderDomain !== undefined && list.rules.trustedDomains.includes(senderDomain));
}

function threadsOf(messages: readonly FanOut[]): Thread[] {
  const threads = new Set<Thread>();
  for (const { thread } of messages) if (thread !== undefined) threads.add(thread);
  return [...threads];
}
