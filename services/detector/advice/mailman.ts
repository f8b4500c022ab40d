// What is known of a storm -> how to hold its list in Mailman 3 and Mailman 2.

import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { CommandAddress } from "./advice-request.ts";
import { REFUSED_ADDRESS } from "./advice-request.ts";
import { posixQuote } from "./shell-quote.ts";

export function mailmanAdvice(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  if (list.kind !== "plain") return [{ system: "mailman", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const name = list.address.slice(0, list.address.lastIndexOf("@"));
  const after = "What Mailman has already handed on is cleared in the mail server.";
  return [
    {
      system: "mailman",
      text:
        "Mailman 3: emergency moderation holds everything that is sent to the list, as the user that runs Mailman. " +
        `Undo: the same with False. ${after}`,
      command: `printf '%s\\n' 'm.emergency = True' 'commit()' | mailman shell -l ${posixQuote(list.address)}`,
    },
    {
      system: "mailman",
      text:
        "Mailman 2: the same, in Mailman's bin directory or with Debian's commands on the path, as root. " +
        `Undo: emergency = 0. ${after}`,
      command: `printf '%s\\n' 'emergency = 1' | config_list -i /dev/stdin ${posixQuote(name)}`,
    },
  ];
}
