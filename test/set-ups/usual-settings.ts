// Settings and files that machines of several set-ups share.

import { MODERATED } from "./conversation.ts";
import { QUIET_LIST, QUIET_MEMBERS } from "./side-mails.ts";

/** No name service is asked, and everybody may hand mail over: clients come under made-up addresses. */
export const USUAL_SETTINGS = {
  smtpd_peername_lookup: "no",
  mynetworks: "0.0.0.0/0",
};

/** Members whose mailbox is gone. */
const GONE = ["bert.ahrens1@example.org", "klara.ahrens10@example.org", "quirin.ahrens16@example.org"] as const;

/** The machine that delivers knows who is gone. */
export const DELIVERS = {
  settings: { transport_maps: "texthash:$config_directory/transport" },
  files: { transport: GONE.map((address) => `${address} error:5.1.1 mailbox is gone\n`).join("") },
};

/** What the moderated person sends to the list stays in the queue until it is released. */
export const HOLDS = {
  settings: {
    smtpd_data_restrictions: "check_sender_access texthash:$config_directory/moderated",
    // What is released waits for the queue manager's next round: five minutes by default.
    queue_run_delay: "1s",
    minimal_backoff_time: "1s",
  },
  files: { moderated: `${MODERATED.address} HOLD\n` },
};

export const QUIET = { [QUIET_LIST]: QUIET_MEMBERS };
