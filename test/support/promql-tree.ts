// An expression of PromQL -> its tree. As much of the language as rules and dashboards of squall are written in: all else is thrown, not guessed.

interface Matcher {
  readonly label: string;
  readonly operator: string;
}

export type PromqlNode =
  | { readonly kind: "number" }
  | { readonly kind: "text"; readonly text: string }
  | PromqlSeries
  | PromqlCall
  | PromqlAggregation
  | PromqlOperation;

export interface PromqlSeries {
  readonly kind: "series";
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

export interface PromqlCall {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly PromqlNode[];
}

/** Without a word on labels it is by none. */
export interface PromqlAggregation {
  readonly kind: "aggregation";
  readonly keeps: "by" | "without";
  readonly labels: readonly string[];
  readonly of: PromqlNode;
}

export interface PromqlOperation {
  readonly kind: "operation";
  readonly operator: string;
  readonly left: PromqlNode;
  readonly right: PromqlNode;
  /** By which labels series of both sides are matched. Undefined: by all. */
  readonly on: readonly string[] | undefined;
  /** Of `group_left`: what the right side's series give to the left one's. Undefined: one series to one. */
  readonly brought: readonly string[] | undefined;
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\d+(?:\.\d+)?|[a-zA-Z_:][\w:]*|=~|!~|!=|==|<=|>=|[-+*/<>=(){},])/uy;
const NAME = /^[a-zA-Z_:]/u;
const AGGREGATIONS = new Set(["sum", "max", "min", "count", "group"]);
/** What binds loosest comes first. */
const OPERATORS = [["or"], ["and", "unless"], ["==", "!=", "<=", "<", ">=", ">"], ["+", "-"], ["*", "/"]];

interface Tokens {
  readonly all: readonly string[];
  at: number;
}

export function promqlTree(expression: string): PromqlNode {
  const tokens = { all: tokensOf(expression), at: 0 };
  const tree = operation(tokens, 0);
  if (tokens.at < tokens.all.length) throw new Error(`“${next(tokens)}” is not understood: ${expression}`);
  return tree;
}

function tokensOf(expression: string): string[] {
  const text = expression.trimEnd();
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`“${text.slice(from)}” is not understood`);
    tokens.push(token);
  }
  return tokens;
}

const peek = (tokens: Tokens): string => tokens.all[tokens.at] ?? "";

function next(tokens: Tokens): string {
  const token = peek(tokens);
  tokens.at += 1;
  return token;
}

function took(tokens: Tokens, token: string): boolean {
  const is = peek(tokens) === token;
  if (is) tokens.at += 1;
  return is;
}

function take(tokens: Tokens, token: string): void {
  const found = next(tokens);
  if (found !== token) throw new Error(`“${token}” is expected, not “${found}”: ${tokens.all.join(" ")}`);
}

function operation(tokens: Tokens, level: number): PromqlNode {
  const operators = OPERATORS[level];
  if (operators === undefined) return operand(tokens);
  let left = operation(tokens, level + 1);
  while (operators.includes(peek(tokens))) {
    const operator = next(tokens);
    const on = took(tokens, "on") ? labelList(tokens) : undefined;
    const brought = took(tokens, "group_left") ? labelList(tokens) : undefined;
    const right = operation(tokens, level + 1);
    left = { kind: "operation", operator, left, right, on, brought };
  }
  return left;
}

function operand(tokens: Tokens): PromqlNode {
  const token = next(tokens);
  if (token === "(") {
    const within = operation(tokens, 0);
    take(tokens, ")");
    return within;
  }
  if (token.startsWith('"')) return { kind: "text", text: token.slice(1, -1) };
  if (/^\d/u.test(token)) return { kind: "number" };
  if (!NAME.test(token)) throw new Error(`“${token}” is not understood: ${tokens.all.join(" ")}`);
  if (AGGREGATIONS.has(token)) return aggregation(tokens);
  if (peek(tokens) === "(") return { kind: "call", name: token, args: args(tokens) };
  return series(tokens, token);
}

function aggregation(tokens: Tokens): PromqlNode {
  const keeps = peek(tokens) === "without" ? "without" : "by";
  const labels = took(tokens, keeps) ? labelList(tokens) : [];
  const [of, ...more] = args(tokens);
  if (of === undefined || more.length > 0) throw new Error(`of one thing each: ${tokens.all.join(" ")}`);
  return { kind: "aggregation", keeps, labels, of };
}

function args(tokens: Tokens): PromqlNode[] {
  return list(tokens, "(", ")", () => operation(tokens, 0));
}

function labelList(tokens: Tokens): string[] {
  return list(tokens, "(", ")", () => next(tokens));
}

function series(tokens: Tokens, name: string): PromqlNode {
  const matcher = (): Matcher => {
    const [label, operator] = [next(tokens), next(tokens)];
    next(tokens);
    return { label, operator };
  };
  const matchers = peek(tokens) === "{" ? list(tokens, "{", "}", matcher) : [];
  if (peek(tokens).startsWith("[")) next(tokens);
  return { kind: "series", name, matchers };
}

function list<Item>(tokens: Tokens, from: string, to: string, item: () => Item): Item[] {
  const items: Item[] = [];
  take(tokens, from);
  while (!took(tokens, to)) {
    items.push(item());
    if (peek(tokens) !== to) take(tokens, ",");
  }
  return items;
}
