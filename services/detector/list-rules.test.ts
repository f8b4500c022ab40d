import { describe, expect, test, vi } from "vitest";
import { defaultDetectorSettings, type ListRule } from "../../shared/domain/detector-settings.ts";
import { rememberedRules, rulesForList } from "./list-rules.ts";

describe("the rules of a list", () => {
  const listRules: readonly ListRule[] = [
    { list: "all@*", audience: 100, thresholds: { crowdPeople: 4 } },
    {
      list: "*@corp.example",
      audience: 200,
      exempt: true,
      thresholds: { crowdPeople: 5, burstPeople: 3 },
      trustedDomains: ["Partner.example"],
    },
  ];
  const settings = { ...defaultDetectorSettings, listRules };

  test("the first rule that matches and has a field decides it", () => {
    const rules = rulesForList(settings, "all@corp.example");
    expect(rules).toMatchObject({ audience: 100, exempt: true, announceOnly: false, priceGateDeliveries: 10_000 });
    expect(rules.thresholds).toMatchObject({ crowdPeople: 4, burstPeople: 3, repliersMin: 3 });
    expect(rules.trustedDomains).toEqual(["corp.example", "partner.example"]);
  });

  test("no rule: the defaults, and the list's own registrable domain", () => {
    const rules = rulesForList(settings, "staff@lists.other.co.uk");
    expect(rules).toMatchObject({ audience: undefined, exempt: false, trustedDomains: ["other.co.uk"] });
    expect(rules.thresholds).toEqual(defaultDetectorSettings.thresholds);
  });
});

test("rules are looked up once an address, until so many others were", () => {
  const tried = vi.fn<() => string>(() => "*@corp.example");
  const rule = {
    audience: 500,
    get list(): string {
      return tried();
    },
  };
  const bounds = { ...defaultDetectorSettings.bounds, listsMax: 10 };
  const rulesOf = rememberedRules({ ...defaultDetectorSettings, bounds, listRules: [rule] });
  for (let round = 0; round < 100; round += 1) expect(rulesOf("staff@corp.example").audience).toBe(500);
  expect(tried).toHaveBeenCalledTimes(1);
  for (let index = 0; index < 30; index += 1) rulesOf(`l${index}@corp.example`);
  expect(rulesOf("staff@corp.example").audience).toBe(500);
  expect(tried).toHaveBeenCalledTimes(32);
});
