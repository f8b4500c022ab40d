// The live page of the demo: what an operator would have seen, at the pace at which it is played.

import type { Environment } from "../../../shared/runtime/config-layers.ts";
import {
  isLoopback,
  ListenError,
  listenAddressText,
  parseListenAddress,
} from "../../../shared/runtime/listen-address.ts";
import { Console } from "../../console/console-shell.ts";
import type { HealthView } from "../../console/console-view.ts";
import { DEFAULT_CONSOLE_ADDRESS } from "../console-config.ts";

const HEALTH: readonly HealthView[] = [
  { name: "Demo", state: "well", words: "a simulated log of 14 November 2016, ten times as fast as it happened" },
];

export interface DemoPage {
  readonly console: Console;
  readonly url: string;
}

/**
 * `nowMs`: event time that is shown. It is on this machine alone; another port is taken where the usual one is in use. Undefined: the page is
 * off.
 */
export async function openDemoPage(
  env: Environment,
  timeZone: string,
  nowMs: () => number,
  say: (line: string) => void,
): Promise<DemoPage | undefined> {
  const text = env["SQUALL_CONSOLE_ADDRESS"] ?? "";
  if (text === "off") return undefined;
  const address = parseListenAddress(text === "" ? DEFAULT_CONSOLE_ADDRESS : text);
  if (address === undefined || !isLoopback(address)) return undefined;
  const open = (port: number): Promise<Console> => {
    const known = { health: () => HEALTH, isKnown: () => true, watchedFromMs: nowMs() };
    const options = { timeZone, nowMs, ...known, mend: "", say };
    return Console.open({ address: { ...address, port }, token: undefined, ...options });
  };
  let page: Console;
  try {
    page = await open(address.port);
  } catch (error) {
    if (!(error instanceof ListenError) || error.code !== "EADDRINUSE") throw error;
    page = await open(0);
  }
  return { console: page, url: `http://${listenAddressText(page.address)}/` };
}
