// The people of the recorded conversations, by number: names and addresses are made up, domains reserved.

import type { SmtpClient } from "../support/smtp-client.ts";

export interface Person {
  readonly name: string;
  readonly address: string;
  /** Their machine, as the mail server sees it; most log in. */
  readonly client: SmtpClient;
}

const FIRST = (
  "anna bert cleo dora emil fritz greta hanna ines jonas klara lukas mara nora oskar paula quirin rosa selma tilda " +
  "udo vera willi xaver yara zita"
).split(" ");
const LAST = "ahrens böhm conrad dreyer engel faber gross huber imhof jäger krug lorenz meyer noll otto peters".split(
  " ",
);
/** Every so many people write through a gateway of the house that knows no logins. */
const WITHOUT_LOGIN_EVERY = 3;

export const DOMAIN = "example.org";

/** The person of a number; no two numbers below 10,000 share an address. */
export function personAt(number: number): Person {
  const first = FIRST[number % FIRST.length] ?? "";
  const last = LAST[Math.floor(number / FIRST.length) % LAST.length] ?? "";
  const local = `${first}.${last}${number}`.replaceAll("ö", "oe").replaceAll("ä", "ae");
  const address = `${local}@${DOMAIN}`;
  const host = { name: `pc${number}.${DOMAIN}`, address: `10.1.${Math.floor(number / 200)}.${1 + (number % 200)}` };
  return {
    name: `${capital(first)} ${capital(last)}`,
    address,
    client: number % WITHOUT_LOGIN_EVERY === 2 ? host : { ...host, login: address },
  };
}

export function addressesOf(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => personAt(from + index).address);
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
