// `squall health`: asks the squall that runs here whether it is ready, for images that have neither a shell nor curl.

import { get } from "node:http";
import { listenAddressText, parseListenAddress, type ListenAddress } from "../../../shared/runtime/listen-address.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

export interface HealthFlags {
  readonly metrics?: string;
  readonly alive?: boolean;
}

const DEFAULT_ADDRESS = "127.0.0.1:9464";
const PATIENCE_MS = 3_000;
const ANSWER_CHARS_MAX = 1_000;
/** Every address of the machine is none that can be called. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** Says the answer in one line: on standard output where it is yes, else on standard error. */
export async function healthCommand({ metrics, alive = false }: HealthFlags, terminal: Terminal): Promise<ExitCode> {
  const given = metrics ?? (terminal.env["SQUALL_METRICS_ADDRESS"] || DEFAULT_ADDRESS);
  const address = parseListenAddress(given);
  if (address === undefined) {
    terminal.err(`squall: ${given} is no address to ask: give that of the metrics, as --metrics 127.0.0.1:9464\n`);
    return EXIT.usage;
  }
  try {
    const { status, text } = await ask(address, alive ? "/healthz" : "/readyz");
    const isYes = status === 200;
    (isYes ? terminal.out : terminal.err)(`${text}\n`);
    return isYes ? EXIT.done : EXIT.failed;
  } catch (error) {
    terminal.err(
      `squall: nobody answers at ${listenAddressText(address)}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return EXIT.unavailable;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** By node:http: what fetch needs would take as long to load as all the rest. */
function ask({ host, port }: ListenAddress, path: string): Promise<Answer> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return new Promise((resolve, reject) => {
    const request = get({ host: LOOPBACK_OF[host] ?? host, port, path, signal, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text = `${text}${part}`.slice(0, ANSWER_CHARS_MAX)));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
    });
    request.on("error", reject);
  });
}
