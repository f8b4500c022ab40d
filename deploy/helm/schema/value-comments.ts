// values.yaml -> each value with its comment and default, in order. A comment that begins with `--` is of the value below it.

import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import { z } from "zod";

export interface ValueComment {
  readonly path: readonly string[];
  readonly comment: string;
  readonly value: unknown;
}

const map = z.record(z.string(), z.unknown());

export function valueComments(yaml: string): ValueComment[] {
  const document = parseDocument(yaml);
  const [fault] = document.errors;
  if (fault !== undefined) throw fault;
  if (!isMap(document.contents)) throw new Error("values.yaml is no map");
  return commentsIn(document.contents, { yaml, values: map.parse(document.toJS()), path: [] });
}

interface Place {
  readonly yaml: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
}

/** Throws for a value without a comment. */
function commentsIn({ items }: YAMLMap, { yaml, values, path }: Place): ValueComment[] {
  return items.flatMap(({ key, value: node }) => {
    if (!isScalar(key) || !Array.isArray(key.range)) throw new Error("values.yaml: a name is none");
    const name = String(key.value);
    const at = [...path, name];
    const comment = commentAbove(yaml, key.range[0]);
    const value = values[name];
    if (comment !== undefined) return [{ path: at, comment, value }];
    if (!isMap(node)) throw new Error(`values.yaml: ${at.join(".")} has no comment`);
    return commentsIn(node, { yaml, values: map.parse(value), path: at });
  });
}

/** The lines right above a place that are comments, from the one that begins with `--`. */
function commentAbove(yaml: string, offset: number): string | undefined {
  const lines = yaml.slice(0, offset).split("\n").slice(0, -1);
  const block = lines.slice(lines.findLastIndex((line) => !line.trimStart().startsWith("#")) + 1);
  const words = block.map((line) => line.trimStart().slice(2));
  const start = words.findIndex((line) => line.startsWith("-- "));
  return start === -1 ? undefined : words.slice(start).join(" ").slice(3);
}
