// A pod -> what of Kubernetes' pod security standard "restricted", and of what squall adds to it, does not hold.

import { containersOf, type Pod } from "./kube-objects.ts";

const VOLUMES = new Set(["configMap", "secret", "emptyDir", "projected", "downwardAPI", "csi", "ephemeral", "name"]);

export function opennessOf(pod: Pod): string[] {
  const { spec } = pod;
  const { securityContext: all } = spec;
  const forbidden = ["hostNetwork", "hostPID", "hostIPC"].filter((name) => name in spec);
  const user = "runAsUser" in all ? all["runAsUser"] : undefined;
  return [
    ...forbidden,
    ...(all.runAsNonRoot && user !== 0 ? [] : ["it may be root"]),
    ...(all.seccompProfile.type === "RuntimeDefault" ? [] : ["it has no seccomp profile"]),
    ...(spec.automountServiceAccountToken ? ["it has a token"] : []),
    // `SQUALL_CONSOLE_PORT` of a Service would be taken for a setting.
    ...(spec.enableServiceLinks ? ["variables of Services come in"] : []),
    ...spec.volumes.flatMap((volume) => Object.keys(volume).filter((kind) => !VOLUMES.has(kind))),
    ...spec.volumes.flatMap(({ name, secret }) =>
      secret === undefined || secret.defaultMode === 0o440 ? [] : [`others may read ${name}`],
    ),
    ...containersOf(pod).flatMap((container) => {
      const { securityContext: own, volumeMounts } = container;
      return [
        ...(own.allowPrivilegeEscalation ? ["it may gain rights"] : []),
        ...(own.readOnlyRootFilesystem ? [] : ["its root can be written to"]),
        ...(own.runAsNonRoot ? [] : ["it may be root"]),
        ...(own.capabilities.drop.includes("ALL") && own.capabilities.add.length === 0 ? [] : ["it has capabilities"]),
        ...("privileged" in own ? ["it is privileged"] : []),
        ...volumeMounts.flatMap(({ name, readOnly }) => (readOnly ? [] : [`${name} can be written to`])),
      ];
    }),
  ];
}
