// Rights of a user on a real Kafka with ACLs -> the entries that kafkajs' admin takes.

import kafkajs, { type AclEntry } from "kafkajs";

// Node sees no names of these in the package's CommonJS.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const RESOURCES = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  "transactional-id": AclResourceTypes.TRANSACTIONAL_ID,
  cluster: AclResourceTypes.CLUSTER,
} as const;

const OPERATIONS = {
  all: AclOperationTypes.ALL,
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
  create: AclOperationTypes.CREATE,
  alter: AclOperationTypes.ALTER,
  describe: AclOperationTypes.DESCRIBE,
  "describe-configs": AclOperationTypes.DESCRIBE_CONFIGS,
  "alter-configs": AclOperationTypes.ALTER_CONFIGS,
  "idempotent-write": AclOperationTypes.IDEMPOTENT_WRITE,
} as const;

export interface Right {
  readonly on: keyof typeof RESOURCES;
  /** Of the resource; that of the cluster is `kafka-cluster`. With a `*` at its end: of all whose names begin so. */
  readonly name: string;
  readonly to: readonly (keyof typeof OPERATIONS)[];
}

export function aclEntries(user: string, rights: readonly Right[]): AclEntry[] {
  return rights.flatMap(({ on, name, to }) => {
    const isPrefix = name.endsWith("*") && name !== "*";
    return to.map((operation) => ({
      resourceType: RESOURCES[on],
      resourceName: isPrefix ? name.slice(0, -1) : name,
      resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
      principal: `User:${user}`,
      host: "*",
      operation: OPERATIONS[operation],
      permissionType: AclPermissionTypes.ALLOW,
    }));
  });
}
