// The scenarios by name, as the command line lists them; loaded without the simulator.

export const SCENARIO_SUMMARIES = {
  "nhs-2016": "14 Nov 2016: a test mail to 840,000 people, about 400 reply-alls in 75 minutes",
  "bedlam-1997": '14 Oct 1997: 13,000 people on one list say "me too" for an hour, until the servers fall over',
  "cisco-2013": "18 Sep 2013: 170 reply-alls of 94 KB to 23,570 people, up to 5 a second",
  university: "8 Oct 2014: somebody outside writes to 29,000 students; a wave at night, one in the morning",
  "recall-storm": "Sep 2006: a mail to 2,500 people is recalled, and 2,500 mailboxes report to all of them",
  "small-company": "300 people, 20 of whom answer: silent at the default price gate, a storm at 1,000",
  "two-lists": "3 Jan 2018: two big lists, a small one and single addresses in one To",
  "time-zones": "Dec 2015: 85,000 people all over the world, a wave in every zone that wakes up",
  congratulations: "no storm, but the shape of one: 15 kind words to 3,000 colleagues within an hour",
  "moderated-list": "answers to 5,000 people wait for the moderator, who lets them go all at once",
  "ordinary-day": "24 hours of busy mail with everything that looks like a storm and is none",
} as const;

export type ScenarioName = keyof typeof SCENARIO_SUMMARIES;
