import { defineConfig } from "vitest/config";

const SLOW = "test/slow/**/*.test.ts";

/** `npm test` runs everything but test/slow; `npm run test:slow` runs that (`--mode slow`). */
export default defineConfig(({ mode }) => ({
  test: {
    ...(mode === "slow" ? { include: [SLOW] } : { include: ["test/**/*.test.ts"], exclude: [SLOW] }),
    globalSetup: "test/temporary-folder.ts",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: mode === "slow" ? 900_000 : 120_000,
    hookTimeout: mode === "slow" ? 900_000 : 120_000,
  },
}));
