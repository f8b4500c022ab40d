// `npm run eval [-- --audience 3000 --threads references|in-reply-to]`: the false alarms of squall in real mail, beside those of
// Microsoft 365's rule. Prints Markdown. Exits 1 when they are more than the mark, 2 on a wrong option.

import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";

import { loadConfiguration } from "../../services/squall/configuration.ts";
import { evalReport, isWithinMark } from "./eval-report.ts";
import { countFalseAlarms } from "./false-alarms.ts";
import { readListMessages } from "./real-threads.ts";
import { type MailOptions, TIES } from "./thread-mail.ts";

const EXIT_TOO_MANY = 1;
const EXIT_USAGE = 2;

/** The options, or what is wrong with them. */
function mailOptions(): MailOptions | string {
  try {
    const { values } = parseArgs({
      options: { audience: { type: "string", default: "3000" }, threads: { type: "string", default: "references" } },
    });
    const audience = Number(values.audience);
    const tie = TIES.find((name) => name === values.threads);
    if (!Number.isSafeInteger(audience) || audience < 1) return "--audience takes a number of people";
    return tie === undefined ? `--threads takes ${TIES.join(" or ")}` : { audience, tie };
  } catch (error) {
    // What parseArgs says of an unknown option is for people.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

async function run(options: MailOptions): Promise<void> {
  const startedAt = performance.now();
  // Defaults alone: what the environment of whoever runs it sets would change the figures.
  const config = await loadConfiguration({ emitWindows: false }, {});
  const found = await countFalseAlarms(readListMessages(), options, config);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? "unknown CPU"}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  console.log(`Node ${process.versions.node}, ${machine}, ${seconds} s. ${evalReport(found)}`);
  process.exitCode = isWithinMark(found) ? 0 : EXIT_TOO_MANY;
}

const options = mailOptions();
if (typeof options === "string") {
  console.error(`eval: ${options}`);
  process.exitCode = EXIT_USAGE;
} else await run(options);
