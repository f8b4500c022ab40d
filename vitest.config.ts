import { configDefaults, defineConfig } from "vitest/config";

const isFullRun = process.env["SQUALL_FULL"] === "1";

export default defineConfig({
  test: {
    include: ["services/**/*.test.ts", "shared/**/*.test.ts", "test/**/*.test.ts"],
    // What these run against takes too long to build for any other run: there they are not there, and so not skipped.
    exclude: [...configDefaults.exclude, ...(isFullRun ? [] : ["test/full/**"])],
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
