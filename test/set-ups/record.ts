// Records test/testdata/set-ups/*.log.zst from the machine's Postfix: npm run record:set-ups [-- NAME…]
// Needs root and Postfix. Ten logs: each set-up with and without header lines.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";

import { MEMBERS, SEED, SET_UPS } from "./all-set-ups.ts";
import { stormConversation } from "./conversation.ts";
import { addressesOf } from "./people.ts";
import { playConversation } from "./real-site.ts";

const FOLDER = join(import.meta.dirname, "../testdata/set-ups");
const WINDOW_LOG = 23;

mkdirSync(FOLDER, { recursive: true });
const wanted = process.argv.slice(2);
for (const setUp of SET_UPS) {
  if (wanted.length > 0 && !wanted.includes(setUp.name)) continue;
  for (const headerChecks of [true, false]) {
    const members = addressesOf(0, MEMBERS);
    const { answers, tag } = setUp;
    const conversation = stormConversation({ seed: SEED, members: members.length, answers, tag, ordinaryMinutes: 1 });
    const began = performance.now();
    const log = await playConversation(setUp, conversation, { headerChecks, members });
    const name = `${setUp.name}${headerChecks ? "" : "-no-headers"}`;
    const packed = zstdCompressSync(log, {
      params: {
        [constants.ZSTD_c_compressionLevel]: 19,
        [constants.ZSTD_c_enableLongDistanceMatching]: 1,
        [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      },
    });
    writeFileSync(join(FOLDER, `${name}.log.zst`), packed);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `${name}: ${log.split("\n").length - 1} lines, ${log.length} bytes, ${packed.length} packed, ${seconds} s`,
    );
  }
}
