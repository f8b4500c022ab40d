// The command lines of Kafka's own tools that mend what squall leaves alone.

import { printableText } from "../../../shared/domain/printable-text.ts";
import { posixQuote } from "../../detector/advice/shell-quote.ts";

export interface ToolContext {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** The brokers ask for TLS or a login: the tools need a file with both. */
  readonly isSecured: boolean;
}

/** As Kafka's archive names it; distributions leave out the `.sh`. */
function tool(name: string, { brokers, isSecured }: ToolContext): string {
  const secured = isSecured ? " --command-config admin.properties" : "";
  return `${name}.sh --bootstrap-server ${brokers.join(",")}${secured}`;
}

export interface NamedSetting {
  readonly name: string;
  readonly value: string;
}

export function alterSettings(topic: string, settings: readonly NamedSetting[], context: ToolContext): string {
  const added = settings.map(({ name, value }) => `${name}=${value}`).join(",");
  return `${tool("kafka-configs", context)} --alter --entity-type topics --entity-name ${topic} --add-config ${added}`;
}

export function addPartitions(topic: string, partitions: number, context: ToolContext): string {
  return `${tool("kafka-topics", context)} --alter --topic ${topic} --partitions ${partitions}`;
}

export interface Allowance {
  readonly on: "topic" | "group" | "transactional-id";
  /** The beginning of the names that it holds for. */
  readonly prefix: string;
  readonly operations: readonly ("Describe" | "DescribeConfigs" | "Read" | "Write")[];
}

/** `user`: undefined where brokers name clients by their certificates, or everybody alike. */
export function allow(allowance: Allowance, user: string | undefined, context: ToolContext): string {
  const { on, prefix, operations } = allowance;
  const principal = posixQuote(printableText(`User:${user ?? "NAME"}`));
  const asked = operations.map((operation) => `--operation ${operation}`).join(" ");
  return `${tool("kafka-acls", context)} --add --allow-principal ${principal} ${asked} --${on} ${prefix} --resource-pattern-type prefixed`;
}
