// One entry of `lists:` in the configuration -> a ListRule: what the lists of one glob set for themselves.

import { z } from "zod";
import type { ListRule, RuleThresholds } from "../../shared/domain/detector-settings.ts";
import { count, instant, name, whole } from "./config-values.ts";
import { thresholdKinds as kinds } from "./threshold-config.ts";

const thresholdsConfig = z
  .strictObject({
    repliersMin: kinds.repliersMin.exactOptional(),
    cascadeScore: kinds.cascadeScore.exactOptional(),
    paceScore: kinds.paceScore.exactOptional(),
    paceColdScore: kinds.paceColdScore.exactOptional(),
    burstPeople: kinds.burstPeople.exactOptional(),
    burst: kinds.burst.exactOptional(),
    crowdPeople: kinds.crowdPeople.exactOptional(),
    crowd: kinds.crowd.exactOptional(),
    listBurstFastPeople: kinds.listBurstFastPeople.exactOptional(),
    listBurstFast: kinds.listBurstFast.exactOptional(),
    listBurstSlowPeople: kinds.listBurstSlowPeople.exactOptional(),
    listBurstSlow: kinds.listBurstSlow.exactOptional(),
    automaticMails: kinds.automaticMails.exactOptional(),
    automatic: kinds.automatic.exactOptional(),
    watchScore: kinds.watchScore.exactOptional(),
    criticalScore: kinds.criticalScore.exactOptional(),
    criticalPeople: kinds.criticalPeople.exactOptional(),
    criticalDeliveries: kinds.criticalDeliveries.exactOptional(),
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
    audience: whole(1, 1_000_000_000).exactOptional(),
    priceGateDeliveries: count.exactOptional(),
    thresholds: thresholdsConfig.exactOptional(),
    exempt: z.boolean().exactOptional(),
    announceOnly: z.boolean().exactOptional(),
    expectedRepliesUntil: instant.exactOptional(),
    trustedDomains: z.array(domain).max(1000).exactOptional(),
  })
  .transform((rule): ListRule => rule);
