// The ways in which a Postfix carries a list of 3,000.

import { downstream } from "./downstream.ts";
import { includeAlias } from "./include-alias.ts";
import { includeMailboxes } from "./include-mailboxes.ts";
import { listManagerChunks } from "./list-manager-chunks.ts";
import type { SetUp } from "./set-up.ts";
import { verpPool } from "./verp-pool.ts";
import { virtualAlias } from "./virtual-alias.ts";

export const SET_UPS: readonly SetUp[] = [
  virtualAlias,
  includeAlias,
  includeMailboxes,
  listManagerChunks,
  verpPool,
  downstream,
];

export const MEMBERS = 3000;
export const SEED = 14;
