// A virtual alias of 3,000 with the limits raised: one queue id, 3,000 recipients, the list in orig_to.

import { ANSWERS_MAX, LIST } from "./conversation.ts";
import type { SetUp } from "./set-up.ts";
import { DELIVERS, HOLDS, QUIET, USUAL_SETTINGS } from "./usual-settings.ts";

export const virtualAlias: SetUp = {
  name: "virtual-alias",
  tag: "",
  answers: ANSWERS_MAX,
  machines: ({ members }) => [
    {
      name: "mx",
      postfix: {
        hostname: "mx.example.org",
        lists: { ...QUIET, [LIST]: members },
        settings: { ...USUAL_SETTINGS, ...HOLDS.settings, ...DELIVERS.settings },
        files: { ...HOLDS.files, ...DELIVERS.files },
      },
    },
  ],
};
