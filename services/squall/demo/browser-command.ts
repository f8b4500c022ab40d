// How a page is shown in the browser of who sits before this machine.

import type { Environment } from "../../../shared/runtime/config-layers.ts";

type Command = readonly [program: string, ...args: string[]];

/** Undefined: nobody could see it. */
export function browserCommand(url: string, platform: NodeJS.Platform, env: Environment): Command | undefined {
  if (platform === "darwin") return ["open", url];
  if (platform === "win32") return ["explorer.exe", url];
  const hasScreen = (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== "";
  return hasScreen ? ["xdg-open", url] : undefined;
}
