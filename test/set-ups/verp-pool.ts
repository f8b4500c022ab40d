// A list manager that gives each recipient a mail of its own (VERP), over a pool of two servers that see it under its address.

import { listServer, managedList, TAG } from "./list-manager-chunks.ts";
import type { Machine, SetUp } from "./set-up.ts";
import { DELIVERS, USUAL_SETTINGS } from "./usual-settings.ts";

const LIST_MACHINE = { name: "lists.example.org", address: "10.0.0.5" };

function outgoing(name: string): Machine {
  return {
    name,
    postfix: {
      hostname: `${name}.example.org`,
      settings: { ...USUAL_SETTINGS, ...DELIVERS.settings },
      files: DELIVERS.files,
    },
  };
}

export const verpPool: SetUp = {
  name: "verp-pool",
  tag: TAG,
  answers: 6,
  machines: ({ port }) => [listServer(port("list manager")), outgoing("out1"), outgoing("out2")],
  listManager: (facts) => ({
    ...managedList(facts),
    servers: [{ port: facts.port("out1") }, { port: facts.port("out2") }],
    client: LIST_MACHINE,
    chunk: 1,
  }),
};
