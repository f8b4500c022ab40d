import { expect, test } from "vitest";
import { array, assert, boolean, constantFrom, integer, property, record } from "fast-check";
import { fragment } from "../../test/support/fragment.ts";
import { MailIndex } from "./mail-index.ts";
import { type OpenMail, openMail } from "./open-mail.ts";

test("finds what a Map would, whatever comes and goes", () => {
  const step = record({
    host: constantFrom("mx1", "mx2"),
    queueId: integer({ min: 0, max: 3000 }).map((number) => number.toString(16).toUpperCase().padStart(10, "0")),
    leaves: boolean(),
  });
  assert(
    property(array(step, { minLength: 500, maxLength: 4000, size: "max" }), (steps) => {
      const index = new MailIndex();
      const known = new Map<string, OpenMail>();
      for (const { host, queueId, leaves } of steps) {
        const key = `${host} ${queueId}`;
        expect(index.get(host, queueId)).toBe(known.get(key));
        if (leaves) {
          index.delete(host, queueId);
          known.delete(key);
        } else {
          const mail = openMail(fragment({ host, queueId }));
          index.set(mail);
          known.set(key, mail);
        }
        expect(index.size).toBe(known.size);
      }
      for (const [key, mail] of known) {
        const [host = "", queueId = ""] = key.split(" ");
        expect(index.get(host, queueId)).toBe(mail);
      }
    }),
    { seed: 20_261_124, numRuns: 30 },
  );
});
