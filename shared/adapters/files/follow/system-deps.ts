// The clock, the timers and the file system of this machine, for following.

import type { FollowDeps, FollowNotice } from "./follow-settings.ts";
import { systemWatchFolder } from "./folder-watch.ts";

export function systemFollowDeps(onNotice: (notice: FollowNotice) => void): FollowDeps {
  return {
    onNotice,
    // Nobody sets this clock: a file does not seem to have been quiet for an hour.
    nowMs: () => performance.now(),
    every(intervalMs, callback) {
      const timer = setInterval(callback, intervalMs);
      return () => {
        clearInterval(timer);
      };
    },
    watchFolder: systemWatchFolder,
  };
}
