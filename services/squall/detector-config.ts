// `detector:` of the configuration -> DetectorSettings. Names are those of the settings; a time is written as a duration,
// so its name has no Ms at the end.

import { z } from "zod";
import type { DetectorBounds } from "../../shared/domain/detector-bounds.ts";
import type { DetectorSettings, RuleThresholds, ScoreKernel } from "../../shared/domain/detector-settings.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import type { RelaySettings } from "../../shared/domain/relay-settings.ts";
import { count, duration, name, network, share, whole } from "./config-values.ts";
import { thresholdKinds as kinds } from "./threshold-config.ts";

const defaults = defaultDetectorSettings;
const { thresholds, kernel, relays, bounds } = defaults;

const thresholdsConfig = z
  .strictObject({
    repliersMin: kinds.repliersMin.default(thresholds.repliersMin),
    cascadeScore: kinds.cascadeScore.default(thresholds.cascadeScore),
    paceScore: kinds.paceScore.default(thresholds.paceScore),
    paceColdScore: kinds.paceColdScore.default(thresholds.paceColdScore),
    burstPeople: kinds.burstPeople.default(thresholds.burstPeople),
    burst: kinds.burst.prefault(formatDuration(thresholds.burstMs)),
    crowdPeople: kinds.crowdPeople.default(thresholds.crowdPeople),
    crowd: kinds.crowd.prefault(formatDuration(thresholds.crowdMs)),
    listBurstFastPeople: kinds.listBurstFastPeople.default(thresholds.listBurstFastPeople),
    listBurstFast: kinds.listBurstFast.prefault(formatDuration(thresholds.listBurstFastMs)),
    listBurstSlowPeople: kinds.listBurstSlowPeople.default(thresholds.listBurstSlowPeople),
    listBurstSlow: kinds.listBurstSlow.prefault(formatDuration(thresholds.listBurstSlowMs)),
    automaticMails: kinds.automaticMails.default(thresholds.automaticMails),
    automatic: kinds.automatic.prefault(formatDuration(thresholds.automaticMs)),
    watchScore: kinds.watchScore.default(thresholds.watchScore),
    criticalScore: kinds.criticalScore.default(thresholds.criticalScore),
    criticalPeople: kinds.criticalPeople.default(thresholds.criticalPeople),
    criticalDeliveries: kinds.criticalDeliveries.default(thresholds.criticalDeliveries),
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

/** Replies drawn by one reply. */
const draws = z.number().min(0.01).max(1000);
const weight = z.number().min(0.000_001).max(1);
const mark = z.number().min(-20).max(20);
const delay = duration("1s", "365d");
const [fast, middle, slow] = kernel.talkDelaysMs;

const kernelConfig = z
  .strictObject({
    stormReplies: draws.default(kernel.stormReplies),
    stormDelay: duration("1s", "30d").prefault(formatDuration(kernel.stormDelayMs)),
    talkReplies: draws.default(kernel.talkReplies),
    talkWeights: z.tuple([weight, weight, weight]).default([...kernel.talkWeights]),
    talkDelays: z.tuple([delay, delay, delay]).prefault([`${fast}ms`, `${middle}ms`, `${slow}ms`]),
    newcomerMark: mark.default(kernel.newcomerMark),
    knownMark: mark.default(kernel.knownMark),
  })
  .prefault({})
  .transform(({ stormDelay, talkDelays, ...same }): ScoreKernel => ({
    ...same,
    stormDelayMs: stormDelay,
    talkDelaysMs: talkDelays,
  }));

const relaysConfig = z
  .strictObject({
    trusted: z.array(network).max(10_000).exactOptional(),
    senders: whole(2, 1000).default(relays.senders),
    after: duration("1m", "7d").prefault(formatDuration(relays.afterMs)),
    share: share.default(relays.share),
    mailsMin: count.default(relays.mailsMin),
  })
  .prefault({})
  .transform(({ after, ...same }): RelaySettings => ({ ...same, afterMs: after }));

const boundsConfig = z
  .strictObject({
    sitesMax: whole(1, 10_000).default(bounds.sitesMax),
    messagesMax: whole(1000, 100_000_000).default(bounds.messagesMax),
    fanOutsMax: whole(100, 10_000_000).default(bounds.fanOutsMax),
    queueIdsPerHopMax: whole(100, 1_000_000).default(bounds.queueIdsPerHopMax),
    queueIdsMax: whole(1000, 100_000_000).default(bounds.queueIdsMax),
    variantsPerMessageIdMax: whole(1, 10_000).default(bounds.variantsPerMessageIdMax),
    hopsPerMessageMax: whole(1, 10_000).default(bounds.hopsPerMessageMax),
    listsPerMessageMax: whole(1, 50).default(bounds.listsPerMessageMax),
    referencesMax: whole(2, 1000).default(bounds.referencesMax),
    threadsMax: whole(100, 10_000_000).default(bounds.threadsMax),
    threadIdsMax: whole(1000, 100_000_000).default(bounds.threadIdsMax),
    idsPerThreadMax: whole(10, 1_000_000).default(bounds.idsPerThreadMax),
    messagesPerThreadMax: whole(10, 1_000_000).default(bounds.messagesPerThreadMax),
    threadMessagesMax: whole(100, 10_000_000).default(bounds.threadMessagesMax),
    repliesPerThreadMax: whole(32, 100_000).default(bounds.repliesPerThreadMax),
    listsMax: whole(10, 1_000_000).default(bounds.listsMax),
    listPostsMax: whole(100, 10_000_000).default(bounds.listPostsMax),
    knownPersonsMax: whole(1000, 100_000_000).default(bounds.knownPersonsMax),
    knownPersonsPerListMax: whole(100, 10_000_000).default(bounds.knownPersonsPerListMax),
    loginsMax: whole(100, 10_000_000).default(bounds.loginsMax),
    clientsMax: whole(100, 10_000_000).default(bounds.clientsMax),
    stormsMax: whole(10, 100_000).default(bounds.stormsMax),
    messagesPerStormMax: whole(10, 1_000_000).default(bounds.messagesPerStormMax),
    stormMessagesMax: whole(100, 10_000_000).default(bounds.stormMessagesMax),
    threadsPerStormMax: whole(10, 100_000).default(bounds.threadsPerStormMax),
    queueIdsPerAdviceMax: whole(1, 100_000).default(bounds.queueIdsPerAdviceMax),
    windowsMax: whole(1000, 100_000_000).default(bounds.windowsMax),
  })
  .prefault({})
  .transform((same): DetectorBounds => same);

/** All of DetectorSettings but what stands elsewhere: list rules, whether subjects may be shown, and whether windows are wanted. */
export type DetectorConfig = Omit<DetectorSettings, "listRules" | "allowSubject" | "emitWindows">;

export const detectorConfig = z
  .strictObject({
    allowedLateness: duration("1s", "1h").prefault(formatDuration(defaults.allowedLatenessMs)),
    expiredAfter: duration("1h", "30d").prefault(formatDuration(defaults.expiredAfterMs)),
    replyAllReach: whole(2, 1_000_000).default(defaults.replyAllReach),
    smallMessageKeep: duration("1m", "1d").prefault(formatDuration(defaults.smallMessageKeepMs)),
    fanOutKeep: duration("1h", "60d").prefault(formatDuration(defaults.fanOutKeepMs)),
    distinct: duration("1m", "1d").prefault(formatDuration(defaults.distinctMs)),
    recent: duration("1m", "1d").prefault(formatDuration(defaults.recentMs)),
    newcomer: duration("1m", "30d").prefault(formatDuration(defaults.newcomerMs)),
    warmReplies: whole(1, 1_000_000).default(defaults.warmReplies),
    warmAfterReplies: duration("1m", "365d").prefault(formatDuration(defaults.warmAfterRepliesMs)),
    warmAge: duration("1h", "365d").prefault(formatDuration(defaults.warmAgeMs)),
    warmPersons: whole(1, 1_000_000).default(defaults.warmPersons),
    audienceDays: whole(1, 366).default(defaults.audienceDays),
    subjectKeep: duration("1m", "60d").prefault(formatDuration(defaults.subjectKeepMs)),
    sharedLogins: z
      .array(name)
      .max(10_000)
      .default([...defaults.sharedLogins]),
    sharedFromAddresses: whole(2, 10_000).default(defaults.sharedFromAddresses),
    sharedAfter: duration("1m", "365d").prefault(formatDuration(defaults.sharedAfterMs)),
    priceGateDeliveries: count.default(defaults.priceGateDeliveries),
    hugeAudience: whole(100, 1_000_000_000).default(defaults.hugeAudience),
    hugeScoreRelief: z.number().min(0).max(100).default(defaults.hugeScoreRelief),
    hugeRepliersMin: whole(1, 10_000).default(defaults.hugeRepliersMin),
    openListAudience: whole(100, 1_000_000_000).default(defaults.openListAudience),
    calm: duration("1m", "7d").prefault(formatDuration(defaults.calmMs)),
    hysteresis: duration("1m", "30d").prefault(formatDuration(defaults.hysteresisMs)),
    provisionalEvery: duration("1s", "1h").prefault(formatDuration(defaults.provisionalEveryMs)),
    nearestThreads: whole(0, 100).default(defaults.nearestThreads),
    thresholds: thresholdsConfig,
    kernel: kernelConfig,
    relays: relaysConfig,
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
