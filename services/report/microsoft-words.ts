// What Microsoft 365's default rule would have done -> what the report says of it, with what was assumed.

import { wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident, MicrosoftVerdict } from "./incident.ts";
import { microsoftDefaults } from "./microsoft-rule.ts";
import type { ReportClock } from "./report-clock.ts";
import { ordinal } from "./report-words.ts";

const { recipientsMin, replyAllsMin } = microsoftDefaults;

export function microsoftNotes(incident: Incident, clock: ReportClock): string[] {
  return [
    `Microsoft 365's default rule, as it is documented: ${wholeNumber(replyAllsMin)} reply-alls to one conversation of ${wholeNumber(recipientsMin)} recipients or more within 60 minutes. Assumed where the documents are silent: the 60 minutes end with each reply-all, mails of machines and of the one who began it do not count, a conversation is a thread as squall knows it.`,
    ...(incident.microsoft.kind === "never" ? [neverInFull(incident, incident.microsoft, clock)] : []),
  ];
}

type Acts = MicrosoftVerdict & { readonly kind: "acts" };
type Never = MicrosoftVerdict & { readonly kind: "never" };

/** `tenth reply-all`; the storm may have had others by then, which the rule does not count. */
export function itsReplyAll({ replyAll, stop }: Acts): string {
  return replyAll === stop.replyAlls ? `${ordinal(replyAll)} reply-all` : `${ordinal(replyAll)} reply-all it counts`;
}

/** As a clause. */
export function whyNever({ largestReach }: Incident): string {
  if (largestReach < recipientsMin) return `it begins at ${wholeNumber(recipientsMin)} recipients`;
  return `no thread was answered ${wholeNumber(replyAllsMin)} times within 60 minutes`;
}

function neverInFull({ largestReach }: Incident, { mostInAnHour, togetherAt }: Never, clock: ReportClock): string {
  if (largestReach < recipientsMin)
    return `It would not have acted: no mail of the storm went to ${wholeNumber(recipientsMin)} recipients, the largest to ${wholeNumber(largestReach)}.`;
  const counted = `It would not have acted: at most ${wholeNumber(mostInAnHour)} of the ${wholeNumber(replyAllsMin)} reply-alls it needs came to one thread within 60 minutes.`;
  if (togetherAt === undefined) return counted;
  return `${counted} Were all threads of the storm one conversation to it, it would have acted at ${clock.second(togetherAt)}.`;
}
