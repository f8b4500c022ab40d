// a site -> the messages, threads, lists and storms that its tables lead to. What was evicted stays as long as others name it, as it
// stays in memory: a thread that was given up may still be the thread of a message in a list.

import type { SiteState } from "../site-state.ts";
import type { Storm } from "../storm.ts";
import type { NamedObject } from "./site-changes.ts";

export function reachableObjects(site: SiteState): Set<NamedObject> {
  const found = new Set<NamedObject>();
  const open: NamedObject[] = [];
  const storms = new Set(site.storms);
  const add = (object: NamedObject | undefined): void => {
    if (object === undefined || found.has(object)) return;
    found.add(object);
    open.push(object);
  };
  for (const group of site.messages.fanOuts.values()) for (const { fanOut } of group.variants) add(fanOut);
  for (const thread of site.threads.threads.values()) add(thread);
  for (const list of site.lists.lists.values()) add(list);
  for (const storm of site.storms) add(storm);
  for (let next = open.pop(); next !== undefined; next = open.pop()) eachNamed(next, storms, add);
  return found;
}

/** The objects that one names. */
function eachNamed(
  object: NamedObject,
  storms: ReadonlySet<Storm>,
  visit: (named: NamedObject | undefined) => void,
): void {
  if (object.kind !== "storm") visit(object.storm);
  switch (object.kind) {
    case "fan-out":
      visit(object.thread);
      for (const { list } of object.lists) visit(list);
      return;
    case "list":
      for (const post of object.posters.posts) visit(post.fanOut);
      for (const mail of object.automatic) visit(mail);
      return;
    case "thread":
      visit(object.first);
      for (const list of object.lists) visit(list);
      for (const message of object.messages) visit(message);
      for (const post of object.replies.posts) visit(post.fanOut);
      return;
    case "storm":
      visit(object.first);
      visit(object.shown);
      for (const list of object.lists) visit(list);
      for (const thread of object.threads) visit(thread);
      // One that was forgotten holds no messages any more; those that it only counted may name it.
      if (storms.has(object)) for (const member of object.members) visit(member);
  }
}
