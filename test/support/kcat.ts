// kcat beside a real Kafka: what a client of other people's writes and reads.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import type { RealKafka } from "./real-kafka.ts";
import { realPart } from "./real-part.ts";

export interface Kcat {
  /** Each file becomes a record of the partition. */
  readonly write: (place: KcatPlace, files: readonly string[], codec?: string) => Promise<void>;
  /** Each line of the file becomes a record, over the partitions as kcat likes. */
  readonly writeLines: (topic: string, file: string) => Promise<void>;
  /** Headers of all records of whole transactions. */
  readonly headers: (place: KcatPlace) => Promise<Readonly<Record<string, string>>[]>;
  /** All values of whole transactions, as they are. */
  readonly read: (place: KcatPlace) => Promise<Buffer[]>;
}

export interface KcatPlace {
  readonly topic: string;
  readonly partition: number;
}

const COMMITTED: readonly string[] = ["-X", "isolation.level=read_committed"];

/** `name=value,name=value`: for values without a comma. */
function headersOf(line: string): Readonly<Record<string, string>> {
  const pairs = line.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function at({ topic, partition }: KcatPlace): string[] {
  return ["-t", topic, "-p", String(partition)];
}

/** Where kcat is missing, the calling test is skipped, or fails when real parts are required. Without login. */
export function kcatOn({ brokers }: Pick<RealKafka, "brokers">, context: Pick<TestContext, "skip">): Kcat {
  const program = realPart("kcat", context);
  const run = async (args: readonly string[]): Promise<Buffer> => {
    const all = ["-b", brokers.join(","), ...args];
    const { stdout } = await promisify(execFile)(program, all, { encoding: "buffer", maxBuffer: 2 ** 28 });
    return stdout;
  };
  return {
    async write(place, files, codec = "none") {
      await run(["-P", ...at(place), "-z", codec, ...files]);
    },
    async writeLines(topic, file) {
      await run(["-P", "-t", topic, "-l", file]);
    },
    async headers(place) {
      const said = await run(["-C", ...at(place), ...COMMITTED, "-o", "beginning", "-e", "-q", "-f", "%h\n"]);
      return said.toString().split("\n").slice(0, -1).map(headersOf);
    },
    async read(place) {
      // Size, a colon, the value: so that a value may hold anything.
      const said = await run(["-C", ...at(place), ...COMMITTED, "-o", "beginning", "-e", "-q", "-f", "%S:%s"]);
      const values: Buffer[] = [];
      for (let from = 0; from < said.length;) {
        const colon = said.indexOf(":", from);
        const end = colon + 1 + Number(said.toString("latin1", from, colon));
        values.push(said.subarray(colon + 1, end));
        from = end;
      }
      return values;
    },
  };
}
