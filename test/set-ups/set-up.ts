// What a set-up is: the machines of one mail system, each a Postfix of its own on loopback, and a list manager where there is one.

import type { RealPostfixOptions } from "../support/real-postfix.ts";
import type { ListManagerOptions } from "./list-manager.ts";

/** One Postfix; `address` is its own on loopback where other machines hand mail to it or take mail from it. */
export interface Machine {
  readonly name: string;
  readonly postfix: Omit<RealPostfixOptions, "headerChecks">;
  /** Where the log shows its loopback address it is to show this name and address, as on a machine of its own. */
  readonly shownAs?: { readonly name: string; readonly address: string };
}

/** What a set-up is built around. */
export interface SiteFacts {
  readonly members: readonly string[];
  /** A free port for each name. */
  readonly port: (name: string) => number;
}

export interface SetUp {
  readonly name: string;
  /** In the order in which mail passes them; the first takes in what people send, or the first two in turn. */
  readonly machines: (facts: SiteFacts) => readonly Machine[];
  readonly listManager?: (facts: SiteFacts) => ListManagerOptions;
  /** What the list manager puts before subjects. */
  readonly tag: string;
  /** Answers to all in the recorded conversation; fewer where each mail is thousands of queue ids. */
  readonly answers: number;
}
