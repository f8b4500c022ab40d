// An alias of local(8) with :include: and no owner-, its members mailboxes of the same host: one queue id with one recipient by the
// queue manager's count, and a delivery for each member under it.

import { LIST } from "./conversation.ts";
import { includeAlias } from "./include-alias.ts";
import type { SetUp } from "./set-up.ts";

const [NAME = ""] = LIST.split("@");

export const includeMailboxes: SetUp = {
  name: "include-mailboxes",
  tag: "",
  answers: 4,
  machines: (facts) =>
    includeAlias.machines(facts).map((machine) => ({
      ...machine,
      postfix: {
        ...machine.postfix,
        longQueueIds: false,
        settings: {
          ...machine.postfix.settings,
          mydestination: "lists.example.org, example.org",
          // Where Dovecot would be.
          fallback_transport: "discard:",
        },
        files: {
          ...machine.postfix.files,
          aliases: `${NAME} :include:$config_directory/members\n`,
        },
      },
    })),
};
