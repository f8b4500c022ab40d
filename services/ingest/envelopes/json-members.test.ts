import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonMembers, type WalkOutcome } from "./json-members.ts";
import { unescapeLine } from "./json-text.ts";

const NAMES = ["message", "host", "log", "messagf", "ts", "stop"] as const;

interface Walked {
  readonly outcome: WalkOutcome;
  /** Text of strings, the bytes of other values. */
  readonly values: Readonly<Record<string, string>>;
}

function walk(text: string | Buffer): Walked {
  const line = Buffer.from(text);
  // Between other bytes, as in a chunk: a walk that leaves the line would find its brace there.
  const bytes = Buffer.concat([Buffer.from('"}\n'), line, Buffer.from('\n"message":"elsewhere"}')]);
  const members = new JsonMembers(NAMES, ["stop"]);
  const outcome = members.read(bytes, 3, 3 + line.length);
  const values: Record<string, string> = {};
  for (const [slot, name] of NAMES.entries()) {
    const bit = 1 << slot;
    if ((members.seen & bit) === 0) continue;
    const [from = 0, to = 0] = [members.from[slot], members.to[slot]];
    const room = Buffer.alloc(line.length + 1);
    const end = (members.escaped & bit) === 0 ? bytes.copy(room, 0, from, to) : unescapeLine(bytes, from, to, room, 0);
    values[name] = end < 0 ? "no escape" : room.toString("utf8", 0, end);
  }
  return { outcome, values };
}

describe("members of a JSON object", () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    ["none", "{}", {}],
    ["white space everywhere", ' { "host" : "a" ,\t"message": "b" } \r'.trimStart(), { host: "a", message: "b" }],
    ["in any order, others in between", '{"x":1,"message":"b","y":[{}],"host":"a"}', { host: "a", message: "b" }],
    [
      "a number, a literal, an object",
      '{"host":-1.5e+9,"log":{"message":"x"},"ts":null}',
      { host: "-1.5e+9", log: '{"message":"x"}', ts: "null" },
    ],
    ["escapes", String.raw`{"message":"\"\\\/\b\f\n\r\té\ud83d\ude00"}`, { message: '"\\/\b\f \r\té\u{1f600}' }],
    ["half pairs", String.raw`{"message":"\ud800x\udc00\ud800\u0041"}`, { message: "\ufffdx\ufffd\ufffdA" }],
    ["a newline at the end, as some shippers leave it", String.raw`{"message":"a\r\n\n"}`, { message: "a" }],
    ["newlines and NULs within", String.raw`{"message":"a\nb\u0000c\u000ad"}`, { message: "a b c d" }],
    [
      "a name that is there twice: the first counts",
      '{"message":"a","message":"b","host":1,"host":"x"}',
      { message: "a", host: "1" },
    ],
    [
      "a name that is nearly another",
      '{"Message":"x","messag":"y","messages":"z","messagf":"w","":"v"}',
      { messagf: "w" },
    ],
    ["a name with an escape is not known", String.raw`{"mess\u0061ge":"x","h\u006fst":"y"}`, {}],
    ["a name within a string", String.raw`{"x":"\"message\":\"forged\"","y":"{\"message\":\"forged\"}"}`, {}],
    ["a name within a value", '{"x":{"message":"y"},"z":["message",{"message":"w"}]}', {}],
    [
      "a backslash before the closing quote",
      String.raw`{"x":"\\","message":"a\\\\","host":"\\\""}`,
      { message: "a\\\\", host: '\\"' },
    ],
    [
      "long strings with quotes far in",
      `{"x":"${"y".repeat(90)}\\"${"y".repeat(90)}\\\\","message":"${"z".repeat(99)}"}`,
      { message: "z".repeat(99) },
    ],
  ])("%s", (_name, text, values) => {
    expect(walk(text)).toEqual({ outcome: "whole", values });
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test.each([
    "{",
    "{,}",
    '{"message"}',
    '{"message":}',
    '{"message":"a"',
    '{"message":"a",}',
    '{"message":"a"}x',
    '{"message":"a"}}',
    '{"message":"a" "host":"b"}',
    "{message:1}",
    '{"message":"a\\"}',
    '{"message":"a}',
    "{'message':'a'}",
    '{"x":[1,]}',
    '{"x":{"a"}}',
    '{"x":[}',
    '{"x":{]}',
    '{"x":01}',
    '{"x":1.}',
    '{"x":.5}',
    '{"x":-}',
    '{"x":1e}',
    '{"x":+1}',
    '{"x":tru}',
    '{"x":nullx}',
    '{"x":NaN}',
    '{"x":1 2}',
    "{1:2}",
    '{"x":"a"b}',
    '{"x":{"a":1,}}',
    '{"x":',
    '{"',
    '{"x',
    '{"x":"\\',
  ])("are none in %s", (text) => {
    expect(walk(text).outcome).toBe("malformed");
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test("are not read behind one that says enough", () => {
    expect(walk('{"host":"a","stop":1,"message":"b"}')).toEqual({
      outcome: "stopped",
      values: { host: "a", stop: "1" },
    });
    expect(walk('{"x":{"stop":1},"message":"b"}').outcome).toBe("whole");
  });

  test("deeper than any log line are not read", () => {
    const deep = (depth: number): string => `{"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(walk(deep(31)).outcome).toBe("whole");
    expect(walk(deep(32)).outcome).toBe("too-deep");
    expect(walk(`{"x":${'{"a":'.repeat(100_000)}`).outcome).toBe("too-deep");
  });

  test.each([String.raw`\q`, String.raw`\u12g4`, String.raw`\u12`, String.raw`\ud83d\ud`])(
    "with an escape that is none are found, and told when they are read: %s",
    (escape) => {
      expect(walk(`{"message":"a${escape}"}`)).toEqual({ outcome: "whole", values: { message: "no escape" } });
    },
  );
});

const name = fc.oneof(fc.constantFrom(...NAMES.slice(0, 5)), fc.string({ maxLength: 4 }));
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom('"message":"forged"', '","message":"forged', "\\", '\\"', "a".repeat(70), "/\\/"),
);

/** What a string says as a line: half a pair has no bytes of its own, newlines and NULs are no part of a line. */
function lineOf(said: string): string {
  const trimmed = said.includes("\n") ? said.replace(/[\r\n]+$/, "") : said;
  return Buffer.from(trimmed.replaceAll(/[\n\0]/g, " ")).toString();
}

describe("whatever the object", () => {
  const object = fc.dictionary(name, fc.oneof({ weight: 3, arbitrary: text }, fc.jsonValue({ maxDepth: 4 })), {
    maxKeys: 8,
  });

  test("its members are those that JSON.parse finds", () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1), (value, indent) => {
        const { stop: _stop, ...rest } = value;
        // White space between all tokens, but newlines: those end a line.
        const json = JSON.stringify(rest, undefined, indent).replaceAll("\n", " ");
        const parsed = JSON.parse(json) as Record<string, unknown>;
        const { outcome, values } = walk(json);
        expect(outcome).toBe("whole");
        expect(Object.keys(values).toSorted()).toEqual(
          NAMES.filter((known) => Object.hasOwn(parsed, known)).toSorted(),
        );
        for (const [known, found] of Object.entries(values)) {
          const said = parsed[known];
          const [is, should] = typeof said === "string" ? [found, lineOf(said)] : [JSON.parse(found) as unknown, said];
          expect(is).toEqual(should);
        }
      }),
      { seed: 7, numRuns: 1500 },
    );
  });

  test("damaged, it is taken only where JSON.parse takes it: escapes and control characters in strings apart", () => {
    const place = fc.noBias(fc.nat());
    let refused = 0;
    fc.assert(
      fc.property(
        object,
        place,
        place,
        fc.constantFrom("", '"', "{", "}", "]", ":", ",", "0", "-", "x", " "),
        (value, from, length, put) => {
          const json = JSON.stringify(value);
          const at = from % json.length;
          const damaged = `{${json.slice(1, at + 1)}${put}${json.slice(at + 1 + (length % 3))}`;
          const isPlain = !/\\/.test(damaged) && !/"stop"/.test(damaged) && Buffer.from(damaged).toString() === damaged;
          if (!isPlain) return;
          let isJson = true;
          try {
            JSON.parse(damaged);
          } catch {
            isJson = false;
          }
          if (Buffer.from(damaged).some((byte) => byte < 32)) return;
          if (!isJson) refused += 1;
          expect(walk(damaged).outcome).toBe(isJson ? "whole" : "malformed");
        },
      ),
      { seed: 8, numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test("any bytes have an outcome", () => {
    const piece = fc.oneof(
      fc.constantFrom("{", "}", "[", "]", ":", ",", '"', "\\", " ", "\\u", '"message":', '"host"', "1", "true"),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.uint8Array({ maxLength: 4 }), (pieces, bytes) => {
        const { outcome, values } = walk(Buffer.concat([Buffer.from(`{${pieces.join("")}`), bytes]));
        expect(["whole", "malformed", "stopped"]).toContain(outcome);
        expect(values["message"] ?? "").not.toContain("elsewhere");
      }),
      { seed: 9, numRuns: 3000 },
    );
  });
});
