// What people write in subject lines.

export const TEST_SUBJECTS: readonly string[] = ["Test", "test", "Test email", "test mail - please ignore", "TEST"];

/** New subjects of people who answer a storm to everybody. */
export const STORM_SUBJECTS: readonly string[] = [
  "Please remove me from this list",
  "PLEASE STOP REPLYING TO ALL",
  "Stop using reply all!!!",
  "Unsubscribe",
  "Why am I receiving this?",
  "Remove me please",
  "DO NOT REPLY TO ALL",
  "Wrong person",
  "Who is this?",
  "This is clogging up the system",
  "Reply to sender only, NOT to all",
  "Please take me off this distribution list",
  "I don't know who you are",
  "=?utf-8?Q?Please_stop_=E2=80=93_clinical_mail_is_not_getting_through?=",
];

/** What people wrote to Bedlam DL3, as those who were there tell it. */
export const BEDLAM_SUBJECTS: readonly string[] = [
  "Me too!",
  "Why am I on this list?",
  "Please take me off too",
  "Stop using Reply All",
  "What is Bedlam DL3?",
  "Me too",
  "STOP IT",
  "Please remove me from this DL",
];

/** What students make of it: jokes more than complaints. */
export const STUDENT_SUBJECTS: readonly string[] = [
  "Does anyone have a spare charger?",
  "Bello!",
  "Looking for a flatmate",
  "Please stop",
  "Unsubscribe",
  "Best mail of the year",
  "Who wants to go to the pub?",
  "Stop replying to all",
  "Selling my bike",
  "My lecture starts in six hours",
];

export const SIGN_UP_SUBJECTS: readonly string[] = [
  "Please confirm your subscription",
  "Welcome to our newsletter",
  "Activate your account",
  "Your free trial has started",
  "Thanks for signing up!",
  "Confirm your e-mail address",
];

export const CONGRATULATION_SUBJECTS: readonly string[] = [
  "Welcome, Anna!",
  "Congratulations to Anna",
  "Please welcome Anna",
];

export const LIST_SUBJECTS: readonly string[] = [
  "Rota for week 47",
  "New parking arrangements",
  "Clinical audit: first draft",
  "Which printer driver works with the new build?",
  "Discharge summaries - proposal",
  "Room booking for Thursday",
  "Change freeze over Christmas",
  "Feedback on the handover form",
  "Flu clinic staffing",
  "Backup window moved to 02:00",
  "Journal club: paper for November",
  "Reading of the new guideline",
  "Lost property at reception",
  "On-call phone does not ring",
  "Minutes of the last meeting",
  "Ward moves next Monday",
];

export const ORDINARY_SUBJECTS: readonly string[] = [
  "Referral letter",
  "Meeting tomorrow",
  "Invoice 20161108",
  "Appointment letters",
  "Re: annual leave",
  "Shift swap",
  "FW: Discharge summary",
  "Bed state 07:00",
  "Query about order 88213",
  "Minutes attached",
  "Timesheet",
  "Training record",
  "Lab results - please call",
  "Purchase order",
  "Quick question",
  "Interview panel",
];

export const NEWSLETTER_SUBJECTS: readonly string[] = [
  "Staff Bulletin, week 45",
  "Chief Executive's update",
  "Health and wellbeing news",
  "Estates newsletter",
];

export const ANNOUNCEMENT_SUBJECTS: readonly string[] = [
  "New head of nursing appointed",
  "System maintenance completed",
  "Thank you for a busy weekend",
];

export const SPAM_SUBJECTS: readonly string[] = [
  "Your parcel could not be delivered",
  "Invoice overdue",
  "You have (1) new voicemail",
  "Cheap toner cartridges",
  "Account verification required",
  "Congratulations, you were selected",
  "Scanned document from printer",
  "Payment advice",
  "Re: your request",
  "Loan approved today",
  "Update your details now",
  "Final notice",
];

export const PATCH_SUBJECTS: readonly string[] = [
  "pas: move the bed board to the new schema",
  "hl7: stop losing the third segment",
  "portal: faster patient search",
  "print: queue labels per ward",
];
