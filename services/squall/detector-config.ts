// `detector:` of the configuration -> DetectorSettings. Names are those of the settings; a time is written as a duration,
// so its name has no Ms at the end.

import { z } from "zod";
import type {
  DetectorBounds,
  DetectorSettings,
  RuleThresholds,
  ScoreKernel,
} from "../../shared/domain/detector-settings.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { bound, count, duration, durationOr, name, score } from "./config-values.ts";

const defaults = defaultDetectorSettings;
const { thresholds, kernel, bounds } = defaults;

const thresholdsConfig = z
  .strictObject({
    repliersMin: bound.default(thresholds.repliersMin),
    cascadeScore: score.default(thresholds.cascadeScore),
    paceScore: score.default(thresholds.paceScore),
    paceColdScore: score.default(thresholds.paceColdScore),
    burstPeople: bound.default(thresholds.burstPeople),
    burst: durationOr(thresholds.burstMs),
    crowdPeople: bound.default(thresholds.crowdPeople),
    crowd: durationOr(thresholds.crowdMs),
    listBurstFastPeople: bound.default(thresholds.listBurstFastPeople),
    listBurstFast: durationOr(thresholds.listBurstFastMs),
    listBurstSlowPeople: bound.default(thresholds.listBurstSlowPeople),
    listBurstSlow: durationOr(thresholds.listBurstSlowMs),
    automaticMails: bound.default(thresholds.automaticMails),
    automatic: durationOr(thresholds.automaticMs),
    watchScore: score.default(thresholds.watchScore),
    criticalScore: score.default(thresholds.criticalScore),
    criticalPeople: bound.default(thresholds.criticalPeople),
    criticalDeliveries: count.default(thresholds.criticalDeliveries),
  })
  .prefault({})
  .transform(({ burst, crowd, listBurstFast, listBurstSlow, automatic, ...same }): RuleThresholds => ({
    ...same,
    burstMs: burst,
    crowdMs: crowd,
    listBurstFastMs: listBurstFast,
    listBurstSlowMs: listBurstSlow,
    automaticMs: automatic,
  }));

const positive = z.number().min(0.000_001).max(1_000_000);
const mark = z.number().min(-100).max(100);
const [fast, middle, slow] = kernel.talkDelaysMs;

const kernelConfig = z
  .strictObject({
    stormReplies: positive.default(kernel.stormReplies),
    stormDelay: durationOr(kernel.stormDelayMs),
    talkReplies: positive.default(kernel.talkReplies),
    talkWeights: z.tuple([positive, positive, positive]).default([...kernel.talkWeights]),
    talkDelays: z.tuple([duration, duration, duration]).prefault([`${fast}ms`, `${middle}ms`, `${slow}ms`]),
    newcomerMark: mark.default(kernel.newcomerMark),
    knownMark: mark.default(kernel.knownMark),
  })
  .prefault({})
  .transform(({ stormDelay, talkDelays, ...same }): ScoreKernel => ({
    ...same,
    stormDelayMs: stormDelay,
    talkDelaysMs: talkDelays,
  }));

const boundsConfig = z
  .strictObject({
    sitesMax: bound.default(bounds.sitesMax),
    messagesMax: bound.default(bounds.messagesMax),
    fanOutsMax: bound.default(bounds.fanOutsMax),
    queueIdsPerHopMax: bound.default(bounds.queueIdsPerHopMax),
    queueIdsMax: bound.default(bounds.queueIdsMax),
    variantsPerMessageIdMax: bound.default(bounds.variantsPerMessageIdMax),
    hopsPerMessageMax: bound.default(bounds.hopsPerMessageMax),
    listsPerMessageMax: bound.default(bounds.listsPerMessageMax),
    referencesMax: bound.default(bounds.referencesMax),
    threadsMax: bound.default(bounds.threadsMax),
    threadIdsMax: bound.default(bounds.threadIdsMax),
    idsPerThreadMax: bound.default(bounds.idsPerThreadMax),
    messagesPerThreadMax: bound.default(bounds.messagesPerThreadMax),
    threadMessagesMax: bound.default(bounds.threadMessagesMax),
    repliesPerThreadMax: bound.default(bounds.repliesPerThreadMax),
    listsMax: bound.default(bounds.listsMax),
    listPostsMax: bound.default(bounds.listPostsMax),
    knownPersonsMax: bound.default(bounds.knownPersonsMax),
    knownPersonsPerListMax: bound.default(bounds.knownPersonsPerListMax),
    loginsMax: bound.default(bounds.loginsMax),
    stormsMax: bound.default(bounds.stormsMax),
    messagesPerStormMax: bound.default(bounds.messagesPerStormMax),
    stormMessagesMax: bound.default(bounds.stormMessagesMax),
    threadsPerStormMax: bound.default(bounds.threadsPerStormMax),
    queueIdsPerAdviceMax: bound.default(bounds.queueIdsPerAdviceMax),
    windowsMax: bound.default(bounds.windowsMax),
  })
  .prefault({})
  .transform((same): DetectorBounds => same);

/** All of DetectorSettings but what stands elsewhere in the file: the list rules and whether subjects may be shown. */
export type DetectorConfig = Omit<DetectorSettings, "listRules" | "allowSubject">;

export const detectorConfig = z
  .strictObject({
    allowedLateness: durationOr(defaults.allowedLatenessMs),
    expiredAfter: durationOr(defaults.expiredAfterMs),
    replyAllReach: bound.default(defaults.replyAllReach),
    smallMessageKeep: durationOr(defaults.smallMessageKeepMs),
    fanOutKeep: durationOr(defaults.fanOutKeepMs),
    distinct: durationOr(defaults.distinctMs),
    recent: durationOr(defaults.recentMs),
    newcomer: durationOr(defaults.newcomerMs),
    warmReplies: bound.default(defaults.warmReplies),
    warmAfterReplies: durationOr(defaults.warmAfterRepliesMs),
    warmAge: durationOr(defaults.warmAgeMs),
    warmPersons: bound.default(defaults.warmPersons),
    audienceDays: bound.max(366).default(defaults.audienceDays),
    subjectKeep: durationOr(defaults.subjectKeepMs),
    sharedLogins: z
      .array(name)
      .max(10_000)
      .default([...defaults.sharedLogins]),
    sharedFromAddresses: bound.default(defaults.sharedFromAddresses),
    sharedAfter: durationOr(defaults.sharedAfterMs),
    priceGateDeliveries: count.default(defaults.priceGateDeliveries),
    hugeAudience: bound.default(defaults.hugeAudience),
    hugeScoreRelief: score.default(defaults.hugeScoreRelief),
    hugeRepliersMin: bound.default(defaults.hugeRepliersMin),
    openListAudience: bound.default(defaults.openListAudience),
    calm: durationOr(defaults.calmMs),
    hysteresis: durationOr(defaults.hysteresisMs),
    provisionalEvery: durationOr(defaults.provisionalEveryMs),
    emitWindows: z.boolean().default(defaults.emitWindows),
    nearestThreads: count.max(1000).default(defaults.nearestThreads),
    thresholds: thresholdsConfig,
    kernel: kernelConfig,
    bounds: boundsConfig,
  })
  .prefault({})
  .transform((given): DetectorConfig => {
    const { allowedLateness, expiredAfter, smallMessageKeep, fanOutKeep, distinct, recent, newcomer, ...rest } = given;
    const { warmAfterReplies, warmAge, subjectKeep, sharedAfter, calm, hysteresis, provisionalEvery, ...same } = rest;
    return {
      ...same,
      allowedLatenessMs: allowedLateness,
      expiredAfterMs: expiredAfter,
      smallMessageKeepMs: smallMessageKeep,
      fanOutKeepMs: fanOutKeep,
      distinctMs: distinct,
      recentMs: recent,
      newcomerMs: newcomer,
      warmAfterRepliesMs: warmAfterReplies,
      warmAgeMs: warmAge,
      subjectKeepMs: subjectKeep,
      sharedAfterMs: sharedAfter,
      calmMs: calm,
      hysteresisMs: hysteresis,
      provisionalEveryMs: provisionalEvery,
    };
  });
