// Starts group-member.ts, and kills it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KilledMember } from "../../contract/topic-reader.ts";
import { RealProcess } from "../real-process.ts";

const PROGRAM = fileURLToPath(new URL("group-member.ts", import.meta.url));

export interface GroupMemberPlace {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
}

export function startGroupMember({ brokers, topic, group }: GroupMemberPlace): KilledMember {
  const folder = mkdtempSync(join(tmpdir(), "squall-member-"));
  const args = [PROGRAM, brokers.join(","), topic, group];
  const member = new RealProcess({ program: process.execPath, args, logFile: join(folder, "said") });
  let said: string[] = [];
  const values = (): string[] => {
    if (member.hasEnded()) return said;
    member.expectRunning();
    said = member.log().split("\n").slice(0, -1);
    return said;
  };
  return {
    values,
    async kill() {
      values();
      await member.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
