// a site -> all that it holds, field by field, in a form that can be compared: objects that others name stand as their numbers. So a
// field that is not stored shows, whatever follows from it. Small mails have a test of their own (small-mail-journal.test.ts).

import type { SiteState } from "../site-state.ts";
import { reachableObjects } from "../state/reachable.ts";

/** Account of what was told, and what is looked up or worked out again. */
const LEFT_OUT = new Set([
  "changes",
  "noted",
  "stored",
  "chunksTold",
  "chunksChanged",
  "touched",
  "nearest",
  "slots",
  "news",
]);

export function sitePicture(site: SiteState): Map<string, unknown> {
  const { messages, threads, lists, windows, persons, clients, totals } = site;
  const picture = new Map<string, unknown>();
  for (const object of reachableObjects(site)) picture.set(`${object.kind}/${object.id}`, fieldsOf(object));
  for (const storm of site.storms) picture.set(`members of storm/${storm.id}`, storm.members.map(valueOf));
  const groups = [messages.fanOuts, messages.young, messages.old].flatMap((map) => [...map.values()]);
  const rows = [...windows.minutes.values()].flatMap((minute) => [minute, ...minute.rows.values()]);
  const others = [...groups, ...rows, ...persons.logins.values(), ...clients.clients.values()];
  for (const object of others) picture.set(nameOf(object), fieldsOf(object));
  for (const { message } of [...reachableObjects(site)].filter((object) => object.kind === "fan-out")) {
    picture.set(`queue ids of ${message.id} ${message.fanOut?.id ?? 0}`, message.slots.map(valueOf));
  }
  // Tables whose order decides what goes first.
  const ordered = { lists: lists.lists, fanOuts: messages.fanOuts, logins: persons.logins, clients: clients.clients };
  for (const [name, map] of Object.entries(ordered)) picture.set(name, [...map.keys()]);
  picture.set(
    "large",
    [...messages.large].map(([message, group]) => [message.id, valueOf(group)]),
  );
  picture.set("storms", site.storms.map(valueOf));
  const sorted = { threads: threads.threads, young: messages.young, old: messages.old, ids: threads.ids };
  for (const [name, map] of Object.entries(sorted)) {
    picture.set(
      name,
      new Map([...map].map(([key, object]) => [key, valueOf("kind" in object ? object : object.thread)])),
    );
  }
  picture.set("recent", new Set([...threads.recent].map(valueOf)));
  picture.set("waiting windows", new Set(windows.changed.map(valueOf)));
  const numbers = [messages, threads, lists, windows, clients, site, totals].map(numbersOf);
  picture.set("numbers", numbers);
  picture.set("hourly", valueOf(clients.all));
  return picture;
}

function numbersOf(table: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => typeof value === "number"));
}

function fieldsOf(object: object): Record<string, unknown> {
  const fields = Object.entries(object).filter(([name, value]) => !LEFT_OUT.has(name) && typeof value !== "function");
  // Members of a storm that was forgotten are nobody's; a group that stands with its message has no number.
  const leftOut = "stormId" in object ? "members" : "variants" in object ? "id" : undefined;
  return Object.fromEntries(fields.filter(([name]) => name !== leftOut).map(([name, value]) => [name, valueOf(value)]));
}

function nameOf(object: { readonly kind: unknown; readonly id: unknown }): string {
  return `${String(object.kind)}/${String("variants" in object && "key" in object ? object.key : object.id)}`;
}

function valueOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if ("kind" in value && "id" in value) return nameOf(value);
  if (Array.isArray(value)) return value.map(valueOf);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, valueOf(item)]));
  if (value instanceof Set) return new Set([...value].map(valueOf));
  return fieldsOf(value);
}
