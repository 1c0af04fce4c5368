import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const SLOW = "test/slow/**/*.test.ts";

/** Where networks are computed and compared with others' figures. */
const NUMERIC = [
  "test/lib/{engine,evaluation,imaging,inference,model,training}/**/*.test.ts",
  "test/slow/keras*.test.ts",
];

/**
 * `npm test` runs everything but test/slow; `npm run test:slow` runs that (`--mode slow`). `npm run test:avx2` runs what
 * is numeric as a processor would that has AVX2 alone, by TensorFlow's kernels and by ours.
 */
const SUITES = {
  slow: { include: [SLOW] },
  avx2: { include: NUMERIC, env: { ONEDNN_MAX_CPU_ISA: "AVX2", HILUM_KERNELS: "avx2" } },
  test: { include: ["test/**/*.test.ts"], exclude: [SLOW] },
};

export default defineConfig(({ mode }) => ({
  test: {
    ...(SUITES[mode as keyof typeof SUITES] ?? SUITES.test),
    globalSetup: "test/global-setup.ts",
    setupFiles: "test/each-file.ts",
    pool: "forks",
    isolate: false,
    maxWorkers: Math.max(2, availableParallelism()),
    // Deadlines that only a hang passes, also on a busy machine.
    testTimeout: mode === "test" ? 600_000 : 900_000,
    hookTimeout: mode === "test" ? 600_000 : 900_000,
    expect: { poll: { timeout: 30_000 } },
  },
}));
