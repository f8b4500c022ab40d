// An alias of local(8) with :include: and an owner-: the list has one queue id with one recipient, its members a second one.

import { ANSWERS_MAX, LIST } from "./conversation.ts";
import type { SetUp } from "./set-up.ts";
import { DELIVERS, HOLDS, QUIET, USUAL_SETTINGS } from "./usual-settings.ts";

const [NAME = "", DOMAIN = ""] = LIST.split("@");

export const includeAlias: SetUp = {
  name: "include-alias",
  tag: "",
  answers: ANSWERS_MAX,
  machines: ({ members }) => [
    {
      name: "mx",
      postfix: {
        hostname: "mx.example.org",
        lists: QUIET,
        longQueueIds: true,
        settings: {
          ...USUAL_SETTINGS,
          ...HOLDS.settings,
          ...DELIVERS.settings,
          mydestination: DOMAIN,
          virtual_alias_domains: "",
          alias_maps: "texthash:$config_directory/aliases",
          local_recipient_maps: "",
        },
        files: {
          ...HOLDS.files,
          ...DELIVERS.files,
          aliases: `${NAME} :include:$config_directory/members\nowner-${NAME} postmaster@example.org\n`,
          members: members.map((address) => `${address}\n`).join(""),
        },
      },
    },
  ],
};
