// `npm run bench [-- --scale 0.1 --repetitions 3]`: what a log line costs `squall replay`, beside `grep -c` and pflogsumm on the
// same files in the same run. Prints Markdown. One core; times are medians (min-max); the cost of a line is the slope between
// two files, so that no program's start counts: between the first two (the engine still compiles), and between the last two.

import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { SHIPPERS } from "../support/shippers.ts";
import { compressedFile, logFile, type LogFile } from "./log-files.ts";
import type { MailLogSettings } from "./mail-log.ts";
import { medianSeconds, peakMiB, seconds, table } from "./markdown.ts";
import { nanosecondsALine, runByTurns, slopes, SQUALL, type Tool } from "./slopes.ts";

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    repetitions: { type: "string", default: "5" },
  },
});
const SCALE = Number(values.scale);
const REPETITIONS = Number(values.repetitions);

const DELIVERIES: MailLogSettings = {
  lines: 8_800_000 * SCALE,
  recipients: () => 25_000,
  live: 4,
  headerLines: true,
  toList: true,
  linesPerSecond: 2000,
};

const SHORT_MAILS: MailLogSettings = {
  lines: 6_800_000 * SCALE,
  recipients: (mail) => 1 + (mail % 3),
  live: 16,
  headerLines: false,
  toList: false,
  linesPerSecond: 100,
};

/** The same number of lines in logs that differ in one thing: what it costs when that grows. */
function growth(
  what: string,
  logs: readonly (readonly [label: string, name: string, settings: MailLogSettings])[],
): string {
  const rows = logs.map(([label, name, settings]) => {
    const [grep = [], squall = []] = runByTurns([logFile(name, settings)], REPETITIONS).map((bySize) => bySize.flat());
    const ratio = (medianSeconds(squall) / medianSeconds(grep)).toFixed(1);
    return [label, seconds(grep), seconds(squall), ratio, peakMiB(squall)];
  });
  return table([[what, "grep -c, s", "squall replay, s", "x grep, start included", "peak MiB"], ...rows]);
}

const LIST_LINES = Math.round(DELIVERIES.lines / 8);

function audienceGrowth(): string {
  return growth(
    "audience",
    [2500, 25_000, 250_000].map((audience) => [
      audience.toLocaleString("en"),
      `audience-${audience}`,
      { ...DELIVERIES, lines: LIST_LINES, recipients: () => audience },
    ]),
  );
}

function threadGrowth(): string {
  return growth(
    "threads at a time",
    [10, 100, 1000, 10_000].map((threads) => [
      threads.toLocaleString("en"),
      `threads-${threads}`,
      { ...DELIVERIES, lines: LIST_LINES, recipients: () => 40, live: 16, linesPerSecond: 500, threads },
    ]),
  );
}

/** The same log as shippers put it into JSON, beside the log as it is. Without the start: the slope between two sizes. */
function shipped(name: string, settings: MailLogSettings): string {
  const shippers = [["as it is", undefined], ...Object.entries(SHIPPERS)] as const;
  const rows = shippers.map(([label, shipper]) => {
    const own = shipper === undefined ? settings : { ...settings, shipper };
    const files = [16, 4].map((part) =>
      logFile(`${name} ${label}`.replaceAll(/\W+/g, "-"), { ...own, lines: Math.round(settings.lines / part) }),
    );
    const runs = runByTurns(files, REPETITIONS);
    const [grep = 0, squall = 0] = runs.map((bySize) => nanosecondsALine(files, bySize, 0));
    const costs = [grep.toFixed(0), squall.toFixed(0), (1000 / squall).toFixed(2), (squall / grep).toFixed(1)];
    return [label, ...costs, peakMiB(runs[1]?.flat() ?? [])];
  });
  return table([
    ["shipped by", "grep -c, ns a line", "squall replay, ns a line", "M lines/s", "x grep", "peak MiB"],
    ...rows,
  ]);
}

/** Compressed logs, beside what only inflates them. */
function compressed(name: string, file: LogFile): string {
  const kinds = [
    { suffix: "gz", compress: ["gzip", "-kf"], inflate: { name: "zcat", command: ["zcat"], output: "ignore" } },
    { suffix: "zst", compress: ["zstd", "-qkf"], inflate: { name: "zstdcat", command: ["zstdcat"], output: "ignore" } },
  ] as const;
  const rows = kinds.flatMap(({ suffix, compress, inflate }) => {
    const tools: readonly Tool[] = [inflate, SQUALL];
    const packed = compressedFile(file, suffix, compress);
    const [alone = [], squall = []] = runByTurns([packed], REPETITIONS, tools).map((bySize) => bySize.flat());
    const ratio = (medianSeconds(squall) / medianSeconds(alone)).toFixed(1);
    return [[`${name}.${suffix}`, inflate.name, seconds(alone), seconds(squall), ratio, peakMiB(squall)]];
  });
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function compressedLogs(): string {
  const lines = Math.round(DELIVERIES.lines / 4);
  const head = table([["log", "peer", "peer, s", "squall replay, s", "x peer, start included", "peak MiB"]]);
  const shortLines = Math.round(SHORT_MAILS.lines / 4);
  return (
    head +
    compressed("deliveries", logFile("deliveries", { ...DELIVERIES, lines })) +
    compressed("short mails", logFile("short", { ...SHORT_MAILS, lines: shortLines }))
  );
}

const MIXED: MailLogSettings = { ...SHORT_MAILS, live: 20_000, linesPerSecond: 1000 };
/** 20 s of event time, of the 30 s by which a line may be late. */
const SHUFFLED: MailLogSettings = { ...SHORT_MAILS, linesPerSecond: 1000, shuffledLines: 20_000 };

const EXCHANGE: MailLogSettings = { ...SHORT_MAILS, system: "exchange", lines: SHORT_MAILS.lines / 4 };
const EXCHANGE_STORM: MailLogSettings = { ...EXCHANGE, toList: true, recipients: () => 2500, linesPerSecond: 500 };

console.log(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown CPU"}, one core, ${REPETITIONS} repetitions.`,
);
const section = (title: string, text: string): void => {
  console.log(`\n${title}\n\n${text}`);
};
const sloped = (title: string, name: string, settings: MailLogSettings): void => {
  section(title, slopes(name, settings, REPETITIONS));
};
sloped("Delivery-heavy: a storm on a list of 25,000", "deliveries", DELIVERIES);
sloped("Short mails, 1-3 recipients, no header lines", "short", SHORT_MAILS);
sloped("Short mails, header lines logged", "short-headers", { ...SHORT_MAILS, headerLines: true });
sloped("Short mails, 20,000 of them mixed line by line", "short-mixed", MIXED);
sloped("Short mails, all lines shuffled, 20 s of them at a time", "short-shuffled", SHUFFLED);
sloped("Exchange message tracking, short mails, 1-3 recipients", "exchange", EXCHANGE);
sloped("Exchange message tracking, a storm on a group of 2,500", "exchange-storm", EXCHANGE_STORM);
section("Lines in the JSON of shippers: short mails", shipped("shipped short", SHORT_MAILS));
section("Lines in the JSON of shippers: a storm on a list of 25,000", shipped("shipped deliveries", DELIVERIES));
section("Compressed", compressedLogs());
section("Growth: the same number of lines, other audiences", audienceGrowth());
section("Growth: the same number of lines on a list of 40, other numbers of threads", threadGrowth());
