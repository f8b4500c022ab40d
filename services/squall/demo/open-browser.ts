// Shows a page in the browser of who sits before the terminal. Where there is none, nothing happens: the address was printed.

import { spawn } from "node:child_process";
import type { Environment } from "../../../shared/runtime/config-layers.ts";
import { browserCommand } from "./browser-command.ts";

export function openBrowser(url: string, env: Environment): void {
  const command = browserCommand(url, process.platform, env);
  if (command === undefined) return;
  const [program, ...args] = command;
  const browser = spawn(program, args, { stdio: "ignore", detached: true });
  browser.on("error", () => undefined);
  browser.unref();
}
