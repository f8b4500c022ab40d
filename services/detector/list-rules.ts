// list address + settings -> what holds for this list. The first rule that matches and has a field decides that field.

import type { DetectorSettings, ListRule, RuleThresholds } from "../../shared/domain/detector-settings.ts";
import { matchesGlob } from "../../shared/domain/glob.ts";
import { registrableDomainOfAddress } from "../../shared/domain/registrable-domain.ts";

export interface RulesForList {
  /** Some rule names it. */
  readonly named: boolean;
  readonly thresholds: RuleThresholds;
  readonly priceGateDeliveries: number;
  readonly audience: number | undefined;
  readonly exempt: boolean;
  readonly announceOnly: boolean;
  /** Negative infinity when nothing is expected. */
  readonly expectedRepliesUntil: number;
  /** Registrable domains that may open a storm at list scope without authentication, the list's own first. */
  readonly trustedDomains: readonly string[];
}

export function rulesWithoutList(settings: DetectorSettings): RulesForList {
  return {
    named: false,
    thresholds: settings.thresholds,
    priceGateDeliveries: settings.priceGateDeliveries,
    audience: undefined,
    exempt: false,
    announceOnly: false,
    expectedRepliesUntil: Number.NEGATIVE_INFINITY,
    trustedDomains: [],
  };
}

export function rulesForList(settings: DetectorSettings, address: string): RulesForList {
  const rules = settings.listRules.filter((rule) => matchesGlob(rule.list, address));
  const own = registrableDomainOfAddress(address);
  return {
    named: rules.length > 0,
    thresholds: mergedThresholds(settings.thresholds, rules),
    priceGateDeliveries: firstOf(rules, (rule) => rule.priceGateDeliveries) ?? settings.priceGateDeliveries,
    audience: firstOf(rules, (rule) => rule.audience),
    exempt: firstOf(rules, (rule) => rule.exempt) ?? false,
    announceOnly: firstOf(rules, (rule) => rule.announceOnly) ?? false,
    expectedRepliesUntil: firstOf(rules, (rule) => rule.expectedRepliesUntil) ?? Number.NEGATIVE_INFINITY,
    trustedDomains: [
      ...(own === undefined ? [] : [own]),
      ...(firstOf(rules, (rule) => rule.trustedDomains) ?? []).map((domain) => domain.toLowerCase()),
    ],
  };
}

/** The same, remembered: patterns are not tried on every mail again. The addresses looked up longest ago are forgotten. */
export function rememberedRules(settings: DetectorSettings): (address: string) => RulesForList {
  let recent = new Map<string, RulesForList>();
  let before = new Map<string, RulesForList>();
  return (address) => {
    const known = recent.get(address);
    if (known !== undefined) return known;
    const rules = before.get(address) ?? rulesForList(settings, address);
    if (recent.size >= settings.bounds.listsMax) {
      before = recent;
      recent = new Map();
    }
    recent.set(address, rules);
    return rules;
  };
}

function firstOf<T>(rules: readonly ListRule[], field: (rule: ListRule) => T | undefined): T | undefined {
  for (const rule of rules) {
    const value = field(rule);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Thresholds are decided one by one, as the other fields are. */
function mergedThresholds(defaults: RuleThresholds, rules: readonly ListRule[]): RuleThresholds {
  // Most lists have no rule of their own: they share the defaults.
  if (rules.every((rule) => rule.thresholds === undefined)) return defaults;
  const merged = { ...defaults };
  for (const rule of rules.toReversed()) Object.assign(merged, rule.thresholds);
  return merged;
}
