// A list manager on the mail server's own host: it takes mail by LMTP on loopback and gives it back 500 recipients at a time.

import { ANSWERS_MAX, LIST, MODERATED } from "./conversation.ts";
import type { ListManagerOptions } from "./list-manager.ts";
import type { Machine, SetUp, SiteFacts } from "./set-up.ts";
import { DELIVERS, QUIET, USUAL_SETTINGS } from "./usual-settings.ts";

/** Recipients that Mailman puts into one mail (SMTP_MAX_RCPTS, max_recipients). */
const CHUNK = 500;
export const TAG = "[All-Staff] ";

/** The list and its return paths go to the list manager, everything else its usual way. */
export function listServer(port: number): Machine {
  const [name = "", domain = ""] = LIST.split("@");
  const list = `/^${name}(-bounces.*)?@${domain.replaceAll(".", "\\.")}$/ lmtp:inet:127.0.0.1:${port}\n`;
  return {
    name: "lists",
    postfix: {
      hostname: "lists.example.org",
      lists: QUIET,
      settings: {
        ...USUAL_SETTINGS,
        virtual_alias_domains: "",
        transport_maps: `pcre:$config_directory/list_transport, ${DELIVERS.settings.transport_maps}`,
      },
      files: { ...DELIVERS.files, list_transport: list },
    },
  };
}

export function managedList({ members, port }: SiteFacts): Omit<ListManagerOptions, "servers" | "chunk"> {
  return { port: port("list manager"), list: LIST, members, tag: TAG, moderated: MODERATED.address };
}

export const listManagerChunks: SetUp = {
  name: "list-manager",
  tag: TAG,
  answers: ANSWERS_MAX,
  machines: ({ port }) => [listServer(port("list manager"))],
  listManager: (facts) => ({ ...managedList(facts), servers: [{ port: facts.port("lists") }], chunk: CHUNK }),
};
