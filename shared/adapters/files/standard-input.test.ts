import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { pollUntil } from "../../../test/support/poll.ts";
import { streamed } from "./input-stream.ts";
import { StandardInput } from "./standard-input.ts";

interface Piped {
  readonly pipe: PassThrough;
  readonly input: StandardInput;
  readonly faults: string[];
  readonly woken: () => number;
}

async function piped(): Promise<Piped> {
  const pipe = new PassThrough({ highWaterMark: 65_536 });
  const faults: string[] = [];
  let woken = 0;
  const input = new StandardInput({
    onFault: (message) => faults.push(message),
    open: (signal) => streamed("standard input", pipe, { sizeBytes: undefined, signal, chunkBytes: 65_536 }),
  });
  await input.start(() => (woken += 1));
  return { pipe, input, faults, woken: () => woken };
}

const deadline = (what: string): { readonly deadlineMs: number; readonly what: string } => ({
  deadlineMs: 20_000,
  what,
});

function drained(input: StandardInput): string {
  let text = "";
  for (let chunk = input.take(); chunk !== undefined; chunk = input.take()) {
    expect(chunk.begins).toBe(false);
    text += chunk.bytes.toString();
  }
  return text;
}

describe("standard input", () => {
  test("gives what came, wakes its reader, and tells its end once all was taken", async () => {
    const { pipe, input, woken } = await piped();
    expect(input.take()).toBeUndefined();
    expect(input.position()).toBeUndefined();
    pipe.write("line 1\nli");
    await pollUntil(() => woken() === 1, deadline("the first bytes"));
    expect(drained(input)).toBe("line 1\nli");
    pipe.end("ne 2\n");
    await pollUntil(() => woken() === 3, deadline("the end"));
    expect(input.ended).toBe(false);
    expect(drained(input)).toBe("ne 2\n");
    expect(input.ended).toBe(true);
    expect(input.counters.bytesRead).toBe(14);
    await input.close();
  });

  test("keeps its writer waiting when what it wrote is not taken, and loses nothing", async () => {
    const { pipe, input } = await piped();
    const line = `${"x".repeat(9_999)}\n`;
    let written = 0;
    const write = (): void => {
      while (written < 1_000) {
        written += 1;
        if (!pipe.write(line)) break;
      }
    };
    pipe.on("drain", write);
    write();
    await pollUntil(() => input.counters.pauses > 0, deadline("a pause"));
    // 1 MiB waits here, and what the pipe itself holds.
    expect(written).toBeLessThan(200);
    let bytes = 0;
    await pollUntil(() => {
      bytes += drained(input).length;
      return bytes === 10_000_000;
    }, deadline("all of it"));
    expect(written).toBe(1_000);
    pipe.end();
    await pollUntil(() => input.ended, deadline("the end"));
    await input.close();
  });

  test("is inflated when it is compressed", async () => {
    const { pipe, input } = await piped();
    pipe.end(gzipSync("line\n"));
    let text = "";
    await pollUntil(() => {
      text += drained(input);
      return input.ended;
    }, deadline("the end"));
    expect(text).toBe("line\n");
    await input.close();
  });

  test("that breaks off has ended, and is told", async () => {
    const { pipe, input, faults } = await piped();
    pipe.write("line\n");
    await pollUntil(() => drained(input) === "line\n", deadline("a line"));
    pipe.destroy(Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }));
    await pollUntil(() => input.ended, deadline("the end"));
    expect(faults).toEqual(["standard input: i/o error (EIO)"]);
    await input.close();
  });

  test("can be closed while nothing comes, and while its writer waits", async () => {
    const quiet = await piped();
    await quiet.input.close();
    expect(quiet.input.ended).toBe(true);
    const { pipe, input } = await piped();
    pipe.write("x".repeat(3_000_000));
    await pollUntil(() => input.counters.pauses > 0, deadline("a pause"));
    await input.close();
  });
});
