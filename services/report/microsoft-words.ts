// What Microsoft 365's default rule would have done -> what the report says of it, with what was assumed.

import { wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident, MicrosoftVerdict } from "./incident.ts";
import { microsoftDefaults } from "./microsoft-rule.ts";
import type { ReportClock } from "./report-clock.ts";

const { recipientsMin, replyAllsMin } = microsoftDefaults;

export function microsoftNotes({ microsoft }: Incident, clock: ReportClock): string[] {
  return [
    `Microsoft 365's default rule, as it is documented: ${wholeNumber(replyAllsMin)} reply-alls to one conversation of ${wholeNumber(recipientsMin)} recipients or more within 60 minutes. Assumed where the documents are silent: the 60 minutes end with each reply-all, mails of machines and of the one who began it do not count, a conversation is a thread as squall knows it.`,
    ...(microsoft.kind === "never" ? [neverInFull(microsoft, clock)] : []),
  ];
}

type Never = MicrosoftVerdict & { readonly kind: "never" };

/** As a clause. */
export function whyNever({ largestReach }: Never): string {
  if (largestReach < recipientsMin) return `it begins at ${wholeNumber(recipientsMin)} recipients`;
  return `no thread was answered ${wholeNumber(replyAllsMin)} times within 60 minutes`;
}

function neverInFull(verdict: Never, clock: ReportClock): string {
  const { largestReach, mostInAnHour, togetherAt } = verdict;
  if (largestReach < recipientsMin)
    return `It would not have acted: no mail of the storm went to ${wholeNumber(recipientsMin)} recipients, the largest to ${wholeNumber(largestReach)}.`;
  const counted = `It would not have acted: at most ${wholeNumber(mostInAnHour)} of the ${wholeNumber(replyAllsMin)} reply-alls it needs came to one thread within 60 minutes.`;
  if (togetherAt === undefined) return counted;
  return `${counted} Were all threads of the storm one conversation to it, it would have acted at ${clock.second(togetherAt)}.`;
}
