// YAML text -> its value as plain data, its faults with line and column, and where each setting stands.

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, YAMLError, YAMLMap } from "yaml";
import type { ConfigFault } from "./config-fault.ts";

export type SettingPath = readonly (string | number)[];

export interface YamlSource {
  readonly value: unknown;
  readonly faults: readonly ConfigFault[];
  /** False when the text is no whole document, so that its value must not be judged. */
  readonly isWhole: boolean;
  /** Position of the value at a path, or of the nearest thing around it. */
  readonly positionOf: (path: SettingPath) => Position;
  /** Position of a key of the map at a path. */
  readonly positionOfKey: (path: SettingPath, key: string) => Position;
}

/** `where` is `file:line:column`. */
export type Position = Pick<ConfigFault, "where" | "offset">;

export function readYaml(text: string, fileName: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { where: `${fileName}:${line}:${col}`, offset };
  };
  const faults: ConfigFault[] = [...document.errors, ...document.warnings].map((error) => ({
    ...position(error.pos[0]),
    message: syntaxMessage(error, text),
  }));
  let isWhole = document.errors.every((error) => error.code === "DUPLICATE_KEY");
  let value: unknown;
  const dangling = danglingAliases(document);
  for (const alias of dangling)
    faults.push({ ...position(offsetOf(alias)), message: "alias of an anchor that is not set" });
  if (isWhole && dangling.length === 0) {
    try {
      value = document.toJS() ?? {};
    } catch (error) {
      faults.push({ ...position(0), message: error instanceof Error ? lowerFirst(error.message) : "cannot be read" });
      isWhole = false;
    }
  } else {
    isWhole = false;
  }
  return {
    value,
    faults,
    isWhole,
    positionOf: (path) => position(offsetOf(nodeAt(document, path))),
    positionOfKey: (path, key) => position(keyOffset(nodeAt(document, path), key)),
  };
}

function danglingAliases(document: Document): Node[] {
  const dangling: Node[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) dangling.push(alias);
    },
  });
  return dangling;
}

/** The node at the path, or the last one on the way to it. */
function nodeAt(document: Document, path: SettingPath): Node | undefined {
  let node: unknown = document.contents;
  for (const step of path) {
    const within = isAlias(node) ? node.resolve(document) : node;
    const next: unknown = isMap(within)
      ? valueOfKey(within, String(step))
      : isSeq(within)
        ? within.items[Number(step)]
        : undefined;
    if (!isNode(next)) break;
    node = next;
  }
  return isNode(node) ? node : undefined;
}

function valueOfKey(map: YAMLMap, key: string): unknown {
  return map.items.find((pair) => keyText(pair.key) === key)?.value;
}

function keyOffset(node: Node | undefined, key: string): number {
  const pair = isMap(node) ? node.items.find((candidate) => keyText(candidate.key) === key) : undefined;
  return offsetOf(isNode(pair?.key) ? pair.key : node);
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function offsetOf(node: Node | undefined): number {
  return node?.range?.[0] ?? 0;
}

function syntaxMessage(error: YAMLError, text: string): string {
  if (error.code === "DUPLICATE_KEY") return `${wordAt(text, error.pos[0])} is set twice`;
  if (error.code === "MULTIPLE_DOCS") return "a second document begins here; only one is read";
  return lowerFirst(error.message);
}

function wordAt(text: string, offset: number): string {
  return `"${/^[^\s:]{0,64}/u.exec(text.slice(offset, offset + 200))?.[0] ?? ""}"`;
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
