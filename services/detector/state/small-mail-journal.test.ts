import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyHash } from "../../../shared/domain/packed/key-hash.ts";
import { createMessageTable, type MessageTable } from "../message-table.ts";
import type { SmallMail } from "../small-mail.ts";
import { mail } from "../testing/conversation.ts";
import { EntryWriter } from "./entry-writer.ts";
import { restoreSmallMails, SmallMailJournal } from "./small-mail-journal.ts";
import { StoredObjects } from "./stored-objects.ts";
import { parseStateKey } from "./state-key.ts";

const PREFIX = "detector/corp/small/";
const NOTE = () => undefined;

class Kept {
  readonly table: MessageTable = createMessageTable({ keepsMails: true, note: NOTE, gone: NOTE });
  readonly journal = new SmallMailJournal();
  readonly stored = new Map<string, Buffer>();
  readonly told: string[] = [];
  private readonly writer = new EntryWriter();

  tell(): void {
    this.writer.begin((key, value) => {
      this.told.push(key);
      if (value === undefined) this.stored.delete(key);
      else this.stored.set(key, value);
    });
    this.journal.tell(this.table, this.writer, PREFIX);
  }

  put(id: string, revision: number): void {
    const event = mail({ seconds: revision, id, queueId: `Q${id}`, revision, subject: `Ünder ${id}`, recipients: 2 });
    const counts = {
      lastAt: event.at,
      start: 60_000,
      delivered: revision,
      more: revision > 2 ? [0, 1, 60_000, 1] : undefined,
      earlier: 0,
    };
    this.take(id);
    const entry = { event, key: id, hash: keyHash(id), counts };
    if (this.table.small.put(entry)) this.table.news?.kept(entry);
  }

  take(id: string): void {
    if (this.table.small.take(id, keyHash(id)) !== undefined) this.table.news?.gone(id);
  }

  rotate(): void {
    this.table.news?.rotate();
    this.table.small.rotate();
    this.table.generation += 1;
  }

  restored(): Kept {
    const again = new Kept();
    const objects = new StoredObjects("detector/nhs/");
    for (const [key, value] of [...this.stored].toReversed()) {
      again.stored.set(key, value);
      const place = parseStateKey(key);
      if (place !== undefined) objects.add(key, place, value);
    }
    again.table.generation = this.table.generation;
    restoreSmallMails(again.table, objects, again.journal);
    return again;
  }
}

/** Takes all mails out, the young ones marked. */
function taken({ table }: Kept, ids: readonly string[]): (readonly [young: boolean, SmallMail])[] {
  const young: string[] = [];
  table.small.eachYoung((small) => young.push(small.key));
  return ids.flatMap((id) => {
    const small = table.small.take(id, keyHash(id));
    return small === undefined ? [] : [[young.includes(id), small] as const];
  });
}

const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);

test("what is read back is what was kept, in both generations, whenever it was told and read back", () => {
  const step = fc.record({
    what: fc.constantFrom("put", "put", "put", "take", "tell", "rotate", "restart"),
    mail: fc.nat({ max: 29 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
      let kept = new Kept();
      steps.forEach(({ what, mail: number }, index) => {
        const id = ids[number] ?? "";
        if (what === "put") kept.put(id, index);
        else if (what === "take") kept.take(id);
        else if (what === "rotate") kept.rotate();
        else kept.tell();
        if (what === "restart") kept = kept.restored();
      });
      kept.tell();
      const again = kept.restored();
      expect(again.table.small.youngSize).toBe(kept.table.small.youngSize);
      expect(again.table.small.youngBytes).toBe(kept.table.small.youngBytes);
      expect(taken(again, ids)).toEqual(taken(kept, ids));
    }),
    { seed: 20_161_114, numRuns: 300 },
  );
});

describe("entries", () => {
  test("mail that trickles in fills an entry before it begins another", () => {
    const kept = new Kept();
    for (let index = 0; index < 200; index += 1) {
      kept.put(`m${index}`, 1);
      kept.tell();
    }
    const bytes = [...kept.stored.values()].reduce((sum, value) => sum + value.length, 0);
    expect(kept.stored.size).toBeLessThanOrEqual(Math.ceil(bytes / 4096) + 1);
    expect(kept.told).toHaveLength(200);
  });

  test("nothing new is told as nothing", () => {
    const kept = new Kept();
    kept.put("m", 1);
    kept.tell();
    kept.tell();
    expect(kept.told).toHaveLength(1);
  });

  test("much mail at once is told in entries of 32 KiB at most", () => {
    const kept = new Kept();
    for (let index = 0; index < 2000; index += 1) kept.put(`m${index}`, 1);
    kept.tell();
    for (const value of kept.stored.values()) expect(value.length).toBeLessThanOrEqual(32_768);
    expect(kept.restored().table.small.youngSize).toBe(2000);
  });

  test("a generation goes with all its entries, those from before a restart too", () => {
    const kept = new Kept();
    for (let index = 0; index < 500; index += 1) kept.put(`m${index}`, 1);
    kept.tell();
    const again = kept.restored();
    for (let index = 500; index < 600; index += 1) again.put(`m${index}`, 1);
    again.tell();
    again.rotate();
    again.tell();
    expect(again.stored.size).toBeGreaterThan(0);
    again.rotate();
    again.tell();
    expect(again.stored.size).toBe(0);
  });

  test("mails told over and over take a few times their room at most", () => {
    const kept = new Kept();
    let most = 0;
    for (let round = 1; round <= 60; round += 1) {
      for (let index = 0; index < 300; index += 1) kept.put(`m${index}`, round);
      kept.tell();
      const bytes = [...kept.stored.values()].reduce((sum, value) => sum + value.length, 0);
      most = Math.max(most, bytes);
    }
    const live = kept.table.small.youngBytes + kept.table.small.youngSize * 77;
    expect(most).toBeLessThanOrEqual(4 * live + 1_048_576 + live);
    expect(taken(kept.restored(), ids)).toEqual(taken(kept, ids));
  });
});
