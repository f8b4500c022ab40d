// person number -> name and address. A hospital's directory that is computed, never stored.

import { itemAt } from "./random.ts";

export const DOMAIN = "nhs.example";

const FIRST_NAMES = (
  "aaron abigail adam aisha alan alice amanda amir amy andrew angela anita anna anthony asif barbara ben beth brian carol " +
  "catherine charles chloe chris claire colin craig daniel david dawn deborah denise diane donna edward elaine elizabeth emily " +
  "emma eric fatima fiona frances gareth gemma george graham grace hannah harpreet heather helen ian imran jack jacob james jane " +
  "janet jason jennifer john joseph joyce julie karen kate keith kelly kevin laura leah linda lisa lucy margaret maria mark " +
  "martin mary megan michael mohammed natalie nicola nina olivia owen patricia paul peter priya rachel rebecca"
).split(" ");

const LAST_NAMES = (
  "adams ahmed akhtar ali allen anderson andrews armstrong atkinson bailey baker ball barker barnes begum bell bennett berry " +
  "bradley brooks brown burton butler campbell carr carter chapman clark clarke coleman collins cook cooper cox cunningham davies " +
  "davis dawson dixon dunn edwards elliott ellis evans fisher ford foster fox francis gibson gill gordon graham grant gray green " +
  "griffiths hall hamilton harper harris harrison hart harvey henderson hill holmes howard hudson hughes hunt hunter hussain jackson " +
  "james jenkins johnson johnston jones kaur kelly kennedy khan king knight lawrence lee lewis lloyd macdonald marshall martin mason " +
  "matthews mcdonald miller mills mitchell moore morgan morris murphy murray nelson obrien owen palmer parker patel payne pearson " +
  "phillips powell price reid reynolds richards richardson roberts robertson robinson rogers rose russell ryan"
).split(" ");

const TRUSTS: readonly string[] = [
  "NORTHMERE HOSPITALS TRUST",
  "ST ALDHELM HEALTH SERVICES TRUST",
  "EAST BRADWELL CLINICAL COMMISSIONING GROUP",
  "RIVERSIDE COMMUNITY HEALTH TRUST",
  "WESTHAVEN AMBULANCE SERVICE",
  "HOLLOWAY AND MARSH MENTAL HEALTH TRUST",
];

const FIRST_COUNT = FIRST_NAMES.length;
const PAIR_COUNT = FIRST_COUNT * LAST_NAMES.length;
/** People with one name pair, told apart by a number. */
const NAMESAKES = 100;
/** Number of people in the directory; person numbers are in [0, DIRECTORY_SIZE). */
export const DIRECTORY_SIZE = PAIR_COUNT * NAMESAKES;

const FIRST_BYTES = FIRST_NAMES.map((name) => Buffer.from(`${name}.`, "latin1"));
const LAST_BYTES = LAST_NAMES.map((name) => Buffer.from(name, "latin1"));
const NUMBER_BYTES = Array.from({ length: NAMESAKES }, (_, n) =>
  Buffer.from(`${n === 0 ? "" : n + 1}@${DOMAIN}`, "latin1"),
);

export interface Person {
  readonly number: number;
  readonly address: string;
  readonly first: string;
  readonly last: string;
  /** As a From header shows it, without the address. */
  readonly display: string;
  readonly trust: string;
}

/** The person of a number in [0, DIRECTORY_SIZE). */
export function personAt(number: number): Person {
  const first = capitalised(itemAt(FIRST_NAMES, number % FIRST_COUNT));
  const last = capitalised(itemAt(LAST_NAMES, Math.floor(number / FIRST_COUNT) % LAST_NAMES.length));
  const trust = itemAt(TRUSTS, (number * 7) % TRUSTS.length);
  return { number, address: addressAt(number), first, last, display: `"${last}, ${first} (${trust})"`, trust };
}

export function addressAt(number: number): string {
  const bytes = Buffer.alloc(80);
  return bytes.toString("latin1", 0, writeAddress(bytes, 0, number));
}

/** Writes the address of a person into `bytes` at `at`; returns the end. Called for every delivery line: no string is made. */
export function writeAddress(bytes: Uint8Array, at: number, number: number): number {
  const pair = (number / PAIR_COUNT) | 0;
  const inPair = number - pair * PAIR_COUNT;
  const last = (inPair / FIRST_COUNT) | 0;
  let end = writeBytes(bytes, at, FIRST_BYTES[inPair - last * FIRST_COUNT]);
  end = writeBytes(bytes, end, LAST_BYTES[last]);
  return writeBytes(bytes, end, NUMBER_BYTES[pair]);
}

function writeBytes(target: Uint8Array, at: number, source: Uint8Array | undefined): number {
  if (source === undefined) throw new RangeError("no such person");
  const length = source.length;
  for (let i = 0; i < length; i += 1) target[at + i] = source[i] ?? 0;
  return at + length;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
