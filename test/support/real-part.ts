// Tests against real programs: where the program is missing, the test says so and is skipped; .ci/run sets
// SQUALL_REQUIRE_REAL_PARTS=1, and there a missing program fails the test instead.

import { accessSync, constants } from "node:fs";

import type { TestContext } from "vitest";

interface RealPart {
  /** Where its program may stand, in order. */
  readonly programs: readonly string[];
  /** The Debian packages that bring it. */
  readonly packages: string;
  /** Its daemons change to a user of their own. */
  readonly needsRoot: boolean;
}

const REAL_PARTS = {
  postfix: { programs: ["/usr/sbin/postfix"], packages: "postfix postfix-pcre", needsRoot: true },
  pflogsumm: { programs: ["/usr/sbin/pflogsumm", "/usr/bin/pflogsumm"], packages: "pflogsumm", needsRoot: false },
  rsyslogd: { programs: ["/usr/sbin/rsyslogd"], packages: "rsyslog", needsRoot: false },
  openssl: { programs: ["/usr/bin/openssl"], packages: "openssl", needsRoot: false },
  prometheus: { programs: ["/usr/bin/prometheus"], packages: "prometheus", needsRoot: false },
  promtool: { programs: ["/usr/bin/promtool"], packages: "prometheus", needsRoot: false },
  "systemd-analyze": { programs: ["/usr/bin/systemd-analyze"], packages: "systemd", needsRoot: false },
  journalctl: { programs: ["/usr/bin/journalctl"], packages: "systemd", needsRoot: false },
} as const satisfies Record<string, RealPart>;

type RealPartName = keyof typeof REAL_PARTS;

/** Path of the program, or undefined where it is not installed. */
export function findRealPart(name: RealPartName): string | undefined {
  return REAL_PARTS[name].programs.find(isExecutable);
}

/** Path of the program. Where it cannot run the calling test is skipped, or fails when real parts are required. */
export function realPart(name: RealPartName, context: Pick<TestContext, "skip">): string {
  const program = findRealPart(name);
  const { needsRoot, packages } = REAL_PARTS[name];
  if (program !== undefined && (!needsRoot || process.getuid?.() === 0)) return program;
  const why =
    program === undefined
      ? `${name} is not installed here: apt-get install ${packages}, or run .ci/install-real-parts`
      : `${name} can only be started by root`;
  if (process.env["SQUALL_REQUIRE_REAL_PARTS"] === "1") throw new Error(why);
  return context.skip(why);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
