// When kafkajs began to ask its nodes -> since when nothing that a member may read has gone unread. A node is asked again only when all
// that the ask before brought has been given: so what stood in its partitions when that ask began has been read.

/** One that is asked no more, since another leads its partitions now, is waited for no longer than this. */
const GONE_MS = 30_000;

interface NodeTimes {
  askedAtMs: number;
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
    if (known === undefined) this.nodes.set(node, { askedAtMs: nowMs, readToMs: Number.NEGATIVE_INFINITY });
    else {
      known.readToMs = known.askedAtMs;
      known.askedAtMs = nowMs;
    }
  }

  /** How long ago the eldest of the nodes' last whole reads began, ms; infinite where none is known. */
  sinceMs(nowMs: number): number {
    let readToMs = Number.POSITIVE_INFINITY;
    for (const [node, { askedAtMs, readToMs: ofNode }] of this.nodes) {
      if (nowMs - askedAtMs > GONE_MS) this.nodes.delete(node);
      else readToMs = Math.min(readToMs, ofNode);
    }
    return readToMs === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : nowMs - readToMs;
  }
}
