// One entry of `lists:` in the configuration -> a ListRule: what the lists of one glob set for themselves.

import { z } from "zod";
import type { ListRule, RuleThresholds } from "../../shared/domain/detector-settings.ts";
import { bound, count, duration, instant, name, score } from "./config-values.ts";

const thresholdsConfig = z
  .strictObject({
    repliersMin: bound.exactOptional(),
    cascadeScore: score.exactOptional(),
    paceScore: score.exactOptional(),
    paceColdScore: score.exactOptional(),
    burstPeople: bound.exactOptional(),
    burst: duration.exactOptional(),
    crowdPeople: bound.exactOptional(),
    crowd: duration.exactOptional(),
    listBurstFastPeople: bound.exactOptional(),
    listBurstFast: duration.exactOptional(),
    listBurstSlowPeople: bound.exactOptional(),
    listBurstSlow: duration.exactOptional(),
    automaticMails: bound.exactOptional(),
    automatic: duration.exactOptional(),
    watchScore: score.exactOptional(),
    criticalScore: score.exactOptional(),
    criticalPeople: bound.exactOptional(),
    criticalDeliveries: count.exactOptional(),
  })
  .transform(({ burst, crowd, listBurstFast, listBurstSlow, automatic, ...same }): Partial<RuleThresholds> => ({
    ...same,
    ...(burst === undefined ? {} : { burstMs: burst }),
    ...(crowd === undefined ? {} : { crowdMs: crowd }),
    ...(listBurstFast === undefined ? {} : { listBurstFastMs: listBurstFast }),
    ...(listBurstSlow === undefined ? {} : { listBurstSlowMs: listBurstSlow }),
    ...(automatic === undefined ? {} : { automaticMs: automatic }),
  }));

/** An address, or one with `*` and `?` in it. Written without "@" it would match nothing. */
const glob = name.refine((text) => text.includes("@") || text.includes("*"), {
  error: 'matches no list: write an address such as "all-staff@example.org" or a pattern such as "*@example.org"',
});

const DOMAIN = /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;
const domain = name.regex(DOMAIN, { error: 'is no domain: write it as "example.org"' });

export const listRuleConfig = z
  .strictObject({
    list: glob,
    audience: count.exactOptional(),
    priceGateDeliveries: count.exactOptional(),
    thresholds: thresholdsConfig.exactOptional(),
    exempt: z.boolean().exactOptional(),
    announceOnly: z.boolean().exactOptional(),
    expectedRepliesUntil: instant.exactOptional(),
    trustedDomains: z.array(domain).max(1000).exactOptional(),
  })
  .transform((rule): ListRule => rule);
