// Tests against real programs: where the program is missing, the test says so and is skipped; .ci/run sets
// SQUALL_REQUIRE_REAL_PARTS=1, and there a missing program fails the test instead.

import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import type { TestContext } from "vitest";

interface RealPart {
  /** Where its program may stand, in order; of some it is the folder of what belongs to them. */
  readonly programs: readonly string[];
  /** The Debian packages that bring it. Undefined: only the script does. */
  readonly packages: string | undefined;
  /** Only the full run has it. */
  readonly isOfFullRun?: boolean;
  /** It changes to another user, or makes containers. */
  readonly needsRoot: boolean;
}

// Where .ci/install-real-parts puts what Debian has not, or not new enough.
const CACHE = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "squall-real-parts");

const REAL_PARTS = {
  postfix: { programs: ["/usr/sbin/postfix"], packages: "postfix postfix-pcre", needsRoot: true },
  pflogsumm: { programs: ["/usr/sbin/pflogsumm", "/usr/bin/pflogsumm"], packages: "pflogsumm", needsRoot: false },
  rsyslogd: { programs: ["/usr/sbin/rsyslogd"], packages: "rsyslog", needsRoot: false },
  openssl: { programs: ["/usr/bin/openssl"], packages: "openssl", needsRoot: false },
  prometheus: { programs: ["/usr/bin/prometheus"], packages: "prometheus", needsRoot: false },
  promtool: { programs: ["/usr/bin/promtool"], packages: "prometheus", needsRoot: false },
  "systemd-analyze": { programs: ["/usr/bin/systemd-analyze"], packages: "systemd", needsRoot: false },
  journalctl: { programs: ["/usr/bin/journalctl"], packages: "systemd", needsRoot: false },
  java: { programs: ["/usr/bin/java"], packages: "default-jre-headless", needsRoot: false },
  kafka: { programs: [join(CACHE, "kafka-4.3.1")], packages: undefined, needsRoot: false },
  influxd: { programs: [join(CACHE, "influxd-1.8.10/influxd")], packages: undefined, needsRoot: false },
  "influxd 2": ofFullRun("influxd-2.7.11/influxd"),
  kubernetes: ofFullRun("kubernetes-1.35.4"),
  etcd: ofFullRun("etcd-3.6.16/etcd"),
  kwok: ofFullRun("kwok-0.8.0"),
  "docker-compose": {
    programs: [join(CACHE, "docker-compose-2.40.3/docker-compose")],
    packages: undefined,
    needsRoot: false,
  },
  helm: { programs: [join(CACHE, "helm-4.3.1/helm")], packages: undefined, needsRoot: false },
  "helm 3": { programs: [join(CACHE, "helm-3.19.0/helm")], packages: undefined, needsRoot: false },
  kubectl: { programs: [join(CACHE, "kubectl-1.37.1/kubectl")], packages: undefined, needsRoot: false },
  kubeconform: { programs: [join(CACHE, "kubeconform-0.8.0/kubeconform")], packages: undefined, needsRoot: false },
  "kubernetes schemas": {
    programs: [join(CACHE, "kubernetes-schemas-1.35.4-2.21.0-0.85.0")],
    packages: undefined,
    needsRoot: false,
  },
  hadolint: { programs: [join(CACHE, "hadolint-2.15.1/hadolint")], packages: undefined, needsRoot: false },
  amtool: { programs: ["/usr/bin/amtool"], packages: "prometheus-alertmanager", needsRoot: false },
  alertmanager: {
    programs: ["/usr/bin/prometheus-alertmanager"],
    packages: "prometheus-alertmanager",
    needsRoot: false,
  },
  buildah: { programs: ["/usr/bin/buildah"], packages: "buildah", needsRoot: true, isOfFullRun: true },
  umoci: { programs: ["/usr/bin/umoci"], packages: "umoci", needsRoot: true, isOfFullRun: true },
  runc: { programs: ["/usr/sbin/runc", "/usr/bin/runc"], packages: "runc", needsRoot: true, isOfFullRun: true },
  "image-roots": { programs: [join(CACHE, "image-roots")], packages: undefined, needsRoot: true, isOfFullRun: true },
  chromium: { programs: ["/usr/bin/chromium"], packages: "chromium", needsRoot: false },
  mandoc: { programs: ["/usr/bin/mandoc"], packages: "mandoc", needsRoot: false },
  zsh: { programs: ["/usr/bin/zsh"], packages: "zsh", needsRoot: false },
  fish: { programs: ["/usr/bin/fish"], packages: "fish", needsRoot: false },
  kcat: { programs: ["/usr/bin/kcat"], packages: "kcat", needsRoot: false },
  omkafka: {
    programs: ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/rsyslog/omkafka.so`),
    packages: "rsyslog-kafka",
    needsRoot: false,
  },
  exim: { programs: [join(CACHE, "exim/usr/sbin/exim4")], packages: undefined, needsRoot: true },
  "syslog-ng": { programs: [join(CACHE, "syslog-ng/syslog-ng")], packages: undefined, needsRoot: false },
} as const satisfies Record<string, RealPart>;

function ofFullRun(path: string): RealPart {
  return { programs: [join(CACHE, path)], packages: undefined, needsRoot: false, isOfFullRun: true };
}

type RealPartName = keyof typeof REAL_PARTS;

/** Path of the program, or undefined where it is not installed. */
export function findRealPart(name: RealPartName): string | undefined {
  return REAL_PARTS[name].programs.find(isUsable);
}

/** Path of the program. Where it cannot run the calling test is skipped, or fails when real parts are required. */
export function realPart(name: RealPartName, context: Pick<TestContext, "skip">): string {
  const program = findRealPart(name);
  const { needsRoot, packages, isOfFullRun = false }: RealPart = REAL_PARTS[name];
  if (program !== undefined && (!needsRoot || process.getuid?.() === 0)) return program;
  const script = `${isOfFullRun ? "SQUALL_FULL=1 " : ""}.ci/install-real-parts`;
  const mend = `${packages === undefined ? "" : `apt-get install ${packages}, or `}run ${script}`;
  const why = program === undefined ? `${name} is not installed here: ${mend}` : `${name} can only be started by root`;
  if (process.env["SQUALL_REQUIRE_REAL_PARTS"] === "1") throw new Error(why);
  return context.skip(why);
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, path.endsWith(".so") ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
