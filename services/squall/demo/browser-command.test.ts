import { expect, test } from "vitest";
import { browserCommand } from "./browser-command.ts";

const URL = "http://127.0.0.1:9465/";

test.each<[NodeJS.Platform, Record<string, string>, readonly string[] | undefined]>([
  ["darwin", {}, ["open", URL]],
  ["win32", {}, ["explorer.exe", URL]],
  ["linux", { DISPLAY: ":0" }, ["xdg-open", URL]],
  ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open", URL]],
  ["linux", { DISPLAY: "" }, undefined],
  ["linux", {}, undefined],
])("on %s with %o", (platform, env, command) => {
  expect(browserCommand(URL, platform, env)).toEqual(command);
});
