// time and file number -> queue id, in both kinds Postfix makes. One server uses one kind.

export type QueueIdKind = "long" | "short";

const LONG_ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
const LONG_BASE = 52;
/** The file number leaves out the last letter, which marks where it begins. */
const INODE_BASE = 51;
const SECONDS_DIGITS = 6;
const MICROSECONDS_DIGITS = 4;
const MICROS = 1_000_000;
const FIRST_INODE = 1_310_721;
/** Files of the queue directory that are used again and again. */
const INODES = 400_000;
/** Steps through INODES without a pattern; shares no factor with it. */
const INODE_STEP = 7_919;

/** A maker of queue ids; ids of the short kind come again after a while, as on a real server. */
export function createQueueIds(kind: QueueIdKind): (atMicros: number) => string {
  let used = 0;
  return (atMicros) => {
    used += 1;
    const inode = FIRST_INODE + ((used * INODE_STEP) % INODES);
    return kind === "long" ? longQueueId(atMicros, inode) : shortQueueId(atMicros, inode);
  };
}

/** Six digits of seconds, four of microseconds, "z", the file number. */
function longQueueId(atMicros: number, inode: number): string {
  const seconds = Math.floor(atMicros / MICROS);
  return (
    digits(seconds, LONG_BASE).padStart(SECONDS_DIGITS, "0") +
    digits(atMicros - seconds * MICROS, LONG_BASE).padStart(MICROSECONDS_DIGITS, "0") +
    "z" +
    digits(inode, INODE_BASE)
  );
}

/** Five hexadecimal digits of microseconds, then the file number. */
function shortQueueId(atMicros: number, inode: number): string {
  return ((atMicros % MICROS).toString(16).padStart(5, "0") + inode.toString(16)).toUpperCase();
}

function digits(value: number, base: number): string {
  let text = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / base)) text = LONG_ALPHABET.charAt(rest % base) + text;
  return text === "" ? "0" : text;
}
