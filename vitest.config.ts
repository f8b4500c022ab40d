import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["services/**/*.test.ts", "shared/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", "./test/support/closing-line-reporter.ts"],
    // One worker a core: the default leaves a core idle on a machine of two.
    maxWorkers: "100%",
    // A guard against what hangs, not a measure of speed: a shared machine may be four times slower than it was yesterday.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
    restoreMocks: true,
    coverage: {
      provider: "v8",
      include: ["services/**/*.ts", "shared/**/*.ts"],
      exclude: ["**/*.test.ts"],
      reporter: ["text-summary", "html"],
    },
  },
});
