import { describe, expect, test } from "vitest";
import { rotationOf } from "./rotation-name.ts";

describe("a name beside mail.log", () => {
  test.each<[string, ReturnType<typeof rotationOf>]>([
    ["mail.log", undefined],
    ["mail.log.1", { number: 1 }],
    ["mail.log.0", { number: 0 }],
    ["mail.log.12.gz", { number: 12 }],
    ["mail.log.3.zst", { number: 3 }],
    ["mail.log.3.xz", { number: 3 }],
    ["mail.log-20261126", { date: "20261126" }],
    ["mail.log-20261126.gz", { date: "20261126" }],
    ["mail.log.2026-11-26", { date: "2026-11-26" }],
    ["mail.log-2026112617", { date: "2026112617" }],
    ["mail.log-20261126-1764176400", { date: "20261126-1764176400" }],
    ["mail-20261126.log", { date: "20261126" }],
    ["mail-20261126.log.gz", { date: "20261126" }],
    ["mail.1.log", { number: 1 }],
    ["mail.log.old", {}],
    ["mail.log~", {}],
    ["mail.log.1.old", {}],
    ["mail.log-12", { number: 12 }],
    ["mail.logger", undefined],
    ["mail.err", undefined],
    ["mail.err.1", undefined],
    ["mailman.log", undefined],
    ["mail-in.log", undefined],
    ["mail", undefined],
  ])("%s", (name, expected) => {
    expect(rotationOf(name, "mail.log")).toEqual(expected);
  });

  test("a log without an extension", () => {
    expect(rotationOf("maillog-20261126", "maillog")).toEqual({ date: "20261126" });
    expect(rotationOf("maillog.1", "maillog")).toEqual({ number: 1 });
    expect(rotationOf("maillogs", "maillog")).toBeUndefined();
  });
});
