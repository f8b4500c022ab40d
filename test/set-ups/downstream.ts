// A virtual alias whose members are all behind a second Postfix: it is handed 50 recipients at a time, a queue id each.

import { ANSWERS_MAX, LIST } from "./conversation.ts";
import type { SetUp } from "./set-up.ts";
import { DELIVERS, HOLDS, QUIET, USUAL_SETTINGS } from "./usual-settings.ts";

const FRONT = "127.0.1.1";
const HUB = "127.0.1.2";

export const downstream: SetUp = {
  name: "downstream",
  tag: "",
  answers: ANSWERS_MAX,
  machines: ({ members, port }) => [
    {
      name: "mx",
      shownAs: { name: "mx.example.org", address: "10.0.0.1" },
      postfix: {
        hostname: "mx.example.org",
        address: FRONT,
        lists: { ...QUIET, [LIST]: members },
        settings: {
          ...USUAL_SETTINGS,
          ...HOLDS.settings,
          default_transport: "smtp",
          relayhost: `[${HUB}]:${port("hub")}`,
        },
        files: HOLDS.files,
      },
    },
    {
      name: "hub",
      shownAs: { name: "hub.example.org", address: "10.0.0.2" },
      postfix: {
        hostname: "hub.example.org",
        address: HUB,
        settings: { ...USUAL_SETTINGS, ...DELIVERS.settings },
        files: DELIVERS.files,
      },
    },
  ],
};
