// When kafkajs began to ask its nodes -> since when nothing that a member may read has gone unread. A node that has
// answered is asked again only when all that it brought has been given: so what stood in its partitions when that ask began has been read.

/** One that is asked no more, since another leads its partitions now, is waited for no longer than this. */
const GONE_MS = 30_000;

interface NodeTimes {
  askedAtMs: number;
  isAnswered: boolean;
  /** Start of the last ask of which all was given. */
  readToMs: number;
}

export class ReadTimes {
  private readonly nodes = new Map<string, NodeTimes>();

  /** What was asked for until now may have been thrown away: kafkajs does so with what comes while a group finds itself anew. */
  forget(): void {
    this.nodes.clear();
  }

  /** A fetch from a node begins. */
  asks(node: string, nowMs: number): void {
    const known = this.nodes.get(node);
    const readToMs = known?.isAnswered === true ? known.askedAtMs : known?.readToMs;
    this.nodes.set(node, { askedAtMs: nowMs, isAnswered: false, readToMs: readToMs ?? Number.NEGATIVE_INFINITY });
  }

  /** What was asked for has come, if it be nothing. */
  answers(node: string): void {
    const known = this.nodes.get(node);
    if (known !== undefined) known.isAnswered = true;
  }

  /** How long ago the eldest of the nodes' last whole reads began, ms; infinite where none is known. */
  sinceMs(nowMs: number): number {
    let readToMs = Number.POSITIVE_INFINITY;
    for (const { askedAtMs, readToMs: ofNode } of this.nodes.values()) {
      if (nowMs - askedAtMs <= GONE_MS) readToMs = Math.min(readToMs, ofNode);
    }
    return readToMs === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : nowMs - readToMs;
  }
}
