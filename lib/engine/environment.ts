/**
 * What TensorFlow reads from the process's environment when it is first loaded. A variable that is set already wins.
 *
 * TensorFlow reads the real environment, which a worker thread does not have: a thread that starts TensorFlow is made
 * with `new Worker(file, { env: SHARE_ENV })`, or its parent calls this first.
 */
const DEFAULTS = {
  /** Silent: its notes about CPU features would mix with ours on stderr. */
  TF_CPP_MIN_LOG_LEVEL: "3",
  /** Off by default on some CPUs; training is about 1.7 times as fast with it. */
  TF_ENABLE_ONEDNN_OPTS: "1",
  /** Without it the first process takes all of a GPU's memory. */
  TF_FORCE_GPU_ALLOW_GROWTH: "true",
} as const;

export function applyEngineEnvironment(): void {
  for (const [name, value] of Object.entries(DEFAULTS)) process.env[name] ??= value;
}
