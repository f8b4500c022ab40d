import { describe, expect, test } from "vitest";
import { registrableDomain, registrableDomainOfAddress } from "./registrable-domain.ts";

describe("the registrable domain", () => {
  test.each([
    ["corp.example.com", "example.com"],
    ["Mail.Corp.Example.CO.UK", "example.co.uk"],
    ["example.com", "example.com"],
    ["user.github.io", "github.io"],
    ["mailhost.local", "mailhost.local"],
    ["localhost", "localhost"],
  ])("of %s is %s", (domain, registrable) => {
    expect(registrableDomain(domain)).toBe(registrable);
  });

  test.each([
    ["all-staff@lists.corp.com", "corp.com"],
    ['"odd@local"@corp.com', "corp.com"],
    ["no-domain", undefined],
    ["empty@", undefined],
  ])("of the address %s is %s", (address, registrable) => {
    expect(registrableDomainOfAddress(address)).toBe(registrable);
  });
});
