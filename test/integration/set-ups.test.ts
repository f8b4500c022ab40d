// The set-ups of test/set-ups, live: the machine's Postfix carries a smaller list, and squall sees the same storm.
// All of them at full size are recorded by npm run record:set-ups and read by test/golden/set-ups.test.ts.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { temporaryFolder } from "../e2e/log-lines.ts";
import { SEED, SET_UPS } from "../set-ups/all-set-ups.ts";
import { stormConversation } from "../set-ups/conversation.ts";
import { expectStorm } from "../set-ups/expected-storm.ts";
import { addressesOf } from "../set-ups/people.ts";
import { playConversation } from "../set-ups/real-site.ts";
import { realPart } from "../support/real-part.ts";

const MEMBERS = 300;
const SLOW_MS = 180_000;
const folder = temporaryFolder();
const config = fileURLToPath(new URL("../testdata/small-lists-page.yaml", import.meta.url));

const runs = SET_UPS.map((setUp, index) => [setUp.name, index % 2 === 0, setUp] as const);

test.for(runs)("%s, header lines logged: %s", { timeout: SLOW_MS }, async ([name, headerChecks, setUp], context) => {
  realPart("postfix", context);
  const members = addressesOf(0, MEMBERS);
  const { answers, tag } = setUp;
  const conversation = stormConversation({ seed: SEED, members: MEMBERS, answers, tag, ordinaryMinutes: 5 });
  const log = join(folder, `${name}.log`);
  writeFileSync(log, await playConversation(setUp, conversation, { headerChecks, members }));
  await expectStorm(log, conversation.truth, config);
});
