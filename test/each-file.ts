import { afterAll, vi } from "vitest";

/** Files of tests run one after another in the same process, which loads its libraries once: each leaves it as it was. */
const { exitCode } = process;

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  process.exitCode = exitCode;
});
