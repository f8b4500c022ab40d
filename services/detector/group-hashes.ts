// groups of a message table -> hashes of their keys, by which a packed mail is seen to be of none of them without its key.

import { keyHash } from "../../shared/domain/packed/key-hash.ts";

export interface HashedGroups {
  /** Hashes of the keys of all groups, and perhaps of some that are gone. */
  groupHashes: Set<number>;
  readonly young: ReadonlyMap<string, unknown>;
  readonly old: ReadonlyMap<string, unknown>;
  readonly fanOuts: ReadonlyMap<string, unknown>;
}

/** Hashes of groups that are gone are too few to matter below so many. */
const FEW_HASHES = 4096;

/** Enters the hash of a group; those of groups that are gone never outnumber the others by much. */
export function enterHash(table: HashedGroups, key: string): void {
  const { groupHashes, young, old, fanOuts } = table;
  groupHashes.add(keyHash(key));
  if (groupHashes.size > FEW_HASHES + 2 * (young.size + old.size + fanOuts.size)) renewHashes(table);
}

export function renewHashes(table: HashedGroups): void {
  table.groupHashes = new Set();
  for (const groups of [table.young, table.old, table.fanOuts]) {
    for (const key of groups.keys()) table.groupHashes.add(keyHash(key));
  }
}
