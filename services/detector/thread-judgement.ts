// a thread whose replies changed -> proposals: open a storm, raise a watch, nothing; and how near it came.
//
// N of a thread is the largest of its reach and its lists' audiences; the rules are those of its list with the largest audience;
// it is exempt when all its lists are. Announce-only: the first reply-all is a watch, reason `open-list`, whatever the audience.
// Open list: a first mail by a person without history there, to 25,000 or more; automatic mail does not count.

import type { StormReason } from "../../shared/domain/storm-alert.ts";
import type { FanOut } from "./fan-out.ts";
import { isWarm, type ListState } from "./list-table.ts";
import type { RulesForList } from "./list-rules.ts";
import { rulesWithoutList } from "./list-rules.ts";
import { noteCloseness } from "./nearest-threads.ts";
import type { Post } from "./post-history.ts";
import { distinctPeople, eligiblePeople } from "./post-people.ts";
import type { SiteState } from "./site-state.ts";
import { propose, type Proposal } from "./storm-lifecycle.ts";
import { threadAudience } from "./storm-members.ts";
import { judgeThread, type Judgement, type ThreadReading } from "./storm-rules.ts";
import type { Thread } from "./thread-table.ts";

/** Judges a thread at its replies from `index` on. `atLeast` is the event time of what made it worth a look. */
export function judgeReplies(site: SiteState, thread: Thread, index: number, atLeast: number): void {
  if (thread.replies.posts.length === 0) return;
  const rules = rulesOf(site, thread);
  if (rules.exempt) return;
  const audience = threadAudience(thread);
  for (let at = Math.max(0, index); at < thread.replies.posts.length; at += 1) {
    const post = thread.replies.posts[at];
    if (post?.after === undefined || post.at <= thread.calmSince) continue;
    const reading = readThread(site, thread, { post, at, audience });
    const judgement = judgeThread(reading, rules, site.settings);
    const { distinctRepliers } = reading;
    noteCloseness(site.nearest, thread, judgement, {
      audience,
      distinctRepliers,
      repliersMin: rules.thresholds.repliersMin,
    });
    proposeThread(site, thread, { judgement, rules, at: Math.max(post.at, atLeast) });
  }
}

/** The open-list rule for a thread's first message. */
export function judgeFirstMail(site: SiteState, fanOut: FanOut): void {
  const { thread, message } = fanOut;
  if (thread?.first !== fanOut || fanOut.hint !== "new" || message.automatic !== undefined) return;
  if (message.tied) return;
  if (fanOut.person === undefined || fanOut.watched) return;
  for (const { list, newcomer } of fanOut.lists) {
    if (!newcomer || list.rules.exempt || list.audience < site.settings.openListAudience) continue;
    fanOut.watched = true;
    propose(site, {
      ...threadProposal(thread),
      opens: false,
      reasons: ["open-list"],
      at: fanOut.at,
      critical: false,
    });
    return;
  }
}

function proposeThread(
  site: SiteState,
  thread: Thread,
  verdict: { readonly judgement: Judgement; readonly rules: RulesForList; readonly at: number },
): void {
  const { judgement, rules, at } = verdict;
  const held = judgement.rules.length > 0;
  const opens = held && judgement.gate.passed && at >= rules.expectedRepliesUntil;
  const reasons: StormReason[] = [...judgement.rules];
  if (held && !judgement.gate.passed) reasons.push("price-gate");
  if (!held && judgement.near) reasons.push("near");
  if (!held && rules.announceOnly) reasons.push("open-list");
  if (reasons.length === 0) return;
  propose(site, { ...threadProposal(thread), opens, reasons, at, critical: judgement.critical });
}

function threadProposal(
  thread: Thread,
): Pick<Proposal, "scope" | "thread" | "lists" | "first" | "startedAt" | "threads"> {
  return {
    scope: "thread",
    thread,
    lists: byAudience(thread.lists),
    first: thread.first,
    startedAt: thread.first.at,
    threads: () => [thread],
  };
}

function readThread(
  site: SiteState,
  thread: Thread,
  place: { readonly post: Post; readonly at: number; readonly audience: number },
): ThreadReading {
  const { settings } = site;
  const { post } = place;
  const people = (from: number): number => peopleSince(thread, place.at, from);
  const { thresholds } = rulesOf(site, thread);
  return {
    audience: place.audience,
    warm: thread.lists.some((list) => isWarm(list, post.at, settings)),
    score: post.after?.score ?? 0,
    scoreUnmarked: post.after?.scoreUnmarked ?? 0,
    distinctRepliers: people(post.at - settings.distinctMs + 1),
    recentRepliers: people(post.at - settings.recentMs + 1),
    burstPeople: people(post.at - thresholds.burstMs),
    crowdPeople: people(post.at - thresholds.crowdMs),
  };
}

/** After the end of a storm only new repliers can begin a second wave, or another storm. */
function peopleSince(thread: Thread, index: number, from: number): number {
  if (thread.calmSince < from) return distinctPeople(thread.replies, index, from);
  const within = { index, from: thread.calmSince + 1, enough: Number.POSITIVE_INFINITY };
  return eligiblePeople(thread.replies, within, (post) => post.distinct);
}

function rulesOf(site: SiteState, thread: Thread): RulesForList {
  const [largest] = byAudience(thread.lists.filter((list) => !list.rules.exempt));
  return (largest ?? thread.lists[0])?.rules ?? rulesWithoutList(site.settings);
}

function byAudience(lists: readonly ListState[]): ListState[] {
  return [...lists].sort((one, other) => other.audience - one.audience || (one.address < other.address ? -1 : 1));
}
