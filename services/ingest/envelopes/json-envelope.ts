// What a shipper's JSON object looks like: which members it has, and which of them hold what a line of a log says.

export interface JsonEnvelope {
  readonly name: string;
  /** Members by which it is known: an object that has them all is of this shape. */
  readonly knownBy: readonly string[];
  /** The member with the line, or with its message where the header's parts are members of their own. */
  readonly line: string;
  /** Members that the shipper took from the line's header. Without `tag` in the object the line is whole. */
  readonly header?: HeaderMembers;
}

/** Of each, the first counts that the object has. */
interface HeaderMembers {
  readonly stamp: readonly string[];
  readonly host: readonly string[];
  /** Program, or a tag whole ("postfix/qmgr[12]:"). */
  readonly tag: string;
  /** Where it is no part of the tag. */
  readonly processId?: string;
}
